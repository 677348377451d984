import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberOf, partOf, shareWithin } from '../../../src/statistics/parts/share.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

test('shares have together what there is, each floor(T/n) and one of the remainder while it lasts', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), (total, count) => {
      const parts = upTo(count).map((index) => partOf(total, { index, count }))
      expect(parts).toEqual(upTo(count).map((index) => Math.floor(total / count) + (index < total % count ? 1 : 0)))
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total)
    }),
  )
})

test('the numbers of all shares are those of the whole, each once', () => {
  const count = 3
  const numbers = upTo(count).flatMap((index) =>
    upTo(partOf(100, { index, count })).map((nth) => numberOf(nth, { index, count })),
  )
  expect(numbers.toSorted((a, b) => a - b)).toEqual(upTo(100))
})

test('a share can be divided again: its parts have its numbers, each once', () => {
  const share = { index: 2, count: 3 }
  const all = (of: typeof share) => upTo(partOf(100, of)).map((nth) => numberOf(nth, of))
  const divided = upTo(4).flatMap((nth) => all(shareWithin(share, nth, 4)))
  expect(divided.toSorted((a, b) => a - b)).toEqual(all(share))
})
