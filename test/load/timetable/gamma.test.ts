import { expect, test } from 'vitest'
import { gammaShare } from '../../../src/load/timetable/gamma.ts'

// A shape of n ÷ 2 is half a chi-square distribution of n degrees; a whole shape n is a sum of n exponential gaps (Erlang).
const erlang = (n: number, x: number) => {
  let term = 1
  let sum = 1
  for (let k = 1; k < n; k += 1) {
    term *= x / k
    sum += term
  }
  return 1 - Math.exp(-x) * sum
}

test.each([1, 2, 5, 40])('a whole shape (%i) is a sum of exponential gaps', (shape) => {
  const share = gammaShare(shape)
  for (const gap of [0, 0.01, 0.3, 0.9, 1, 1.1, 2, 5])
    expect(share(gap)).toBeCloseTo(gap === 0 ? 0 : erlang(shape, gap * shape), 10)
})

// P(χ² ≤ 3.841459, 1 degree) = 0.95; P(χ² ≤ 7.814728, 3) = 0.95; P(χ² ≤ 0.0157908, 1) = 0.1 (tables of NIST/SEMATECH, 1.3.6.7.4)
test.each([
  [0.5, 3.841459, 0.95],
  [1.5, 7.814728, 0.95],
  [0.5, 0.0157908, 0.1],
])('shape %d: the table of chi-square has the same', (shape, chiSquare, expected) => {
  expect(gammaShare(shape)(chiSquare / 2 / shape)).toBeCloseTo(expected, 5)
})

test('it rises from 0 to 1, for the smallest and the largest shape', () => {
  for (const shape of [0.01, 1000]) {
    const share = gammaShare(shape)
    const values = Array.from({ length: 300 }, (_, i) => share(1.03 ** (i - 200)))
    expect(values).toEqual(values.toSorted((a, b) => a - b))
    expect([share(-1), share(0)]).toEqual([0, 0])
    expect(share(1000)).toBeCloseTo(1, 3)
  }
})
