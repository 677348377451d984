import { expect, test } from 'vitest'
import { alphaAtLook, LOOKS } from '../../../src/compare/live/looks.ts'
import { createRandom } from '../../../src/random.ts'
import { normalQuantile } from '../../../src/statistics/normal.ts'

test('the bounds of five looks are those of O’Brien and Fleming', () => {
  const zs = [1, 2, 3, 4, 5].map((look) => normalQuantile(1 - alphaAtLook(look, 0.05) / 2))
  expect(zs.map((z) => z.toFixed(3))).toEqual(['4.562', '3.226', '2.634', '2.281', '2.040'])
})

test.each([0.05, 0.01])('all looks together are wrong as rarely as one with %d', (alpha) => {
  const random = createRandom('looks', String(alpha))
  let wrong = 0
  const tries = 40_000
  const limits = Array.from({ length: LOOKS }, (_, i) => normalQuantile(1 - alphaAtLook(i + 1, alpha) / 2))
  for (let i = 0; i < tries; i += 1) {
    let sum = 0
    const found = limits.some((limit, look) => {
      sum += random.normal(0, 1)
      return Math.abs(sum / Math.sqrt(look + 1)) > limit
    })
    if (found) wrong += 1
  }
  expect(wrong / tries).toBeLessThan(alpha * 1.1)
  expect(wrong / tries).toBeGreaterThan(alpha * 0.7)
})
