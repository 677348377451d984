import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, either, exactly, isExact, NOTHING, type Range, times } from '../../../src/cli/plan/range.ts'

const range = fc.tuple(fc.nat(100), fc.nat(100), fc.boolean(), fc.boolean()).map(([a, more, open, known]): Range => {
  const most = open ? Number.POSITIVE_INFINITY : a + more
  return { least: a, most, likely: known ? a : null }
})

test('sums and products hold whatever lies within, and nothing times anything is nothing', () => {
  fc.assert(
    fc.property(range, range, (a, b) => {
      for (const [x, y] of [
        [a.least, b.least],
        [Math.min(a.most, 1e6), Math.min(b.most, 1e6)],
      ] as const) {
        expect(add(a, b).least).toBeLessThanOrEqual(x + y)
        expect(add(a, b).most).toBeGreaterThanOrEqual(x + y)
        expect(times(a, b).least).toBeLessThanOrEqual(x * y)
        expect(times(a, b).most).toBeGreaterThanOrEqual(x * y)
      }
      expect(times(a, NOTHING)).toMatchObject({ least: 0, most: 0 })
      expect(add(a, NOTHING)).toMatchObject({ least: a.least, most: a.most })
      const both = either(a, b)
      expect([both.least, both.most]).toEqual([Math.min(a.least, b.least), Math.max(a.most, b.most)])
    }),
  )
})

test('what is not known of one part is not known of the whole', () => {
  const open: Range = { least: 1, most: 5, likely: null }
  expect([add(open, exactly(2)).likely, times(open, exactly(2)).likely, either(exactly(2), exactly(4)).likely]).toEqual([
    null,
    null,
    3,
  ])
  expect([isExact(exactly(2)), isExact(open)]).toEqual([true, false])
})
