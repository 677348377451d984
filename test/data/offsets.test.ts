import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowOffsets } from '../../src/data/offsets.ts'

test('each offset comes back, over chunks and beyond 4 GiB', () => {
  const step = fc.integer({ min: 1, max: 1024 * 1024 })
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 50 }), fc.nat(2 ** 40), (steps, first) => {
      const offsets = new RowOffsets()
      const all: number[] = []
      for (let at = first, n = 0; n < 9000; n += 1) {
        all.push(at)
        offsets.push(at)
        at += steps[n % steps.length] ?? 1
      }
      expect(offsets.length).toBe(9000)
      for (const index of [0, 1, 4095, 4096, 4097, 8191, 8192, 8999]) expect(offsets.at(index)).toBe(all[index])
    }),
    { numRuns: 20 },
  )
})

test('a row that was never pushed has no offset', () => {
  const offsets = new RowOffsets()
  offsets.push(7)
  expect([offsets.at(0), offsets.at(4096)]).toEqual([7, Number.NaN])
})
