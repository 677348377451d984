import { expect, test } from 'vitest'
import { criticalDistance, kolmogorov } from '../../src/statistics/kolmogorov.ts'
import { A, B } from './golden.ts'

test('golden value 4: the distance of ten and ten values', () => {
  const { distance, p } = kolmogorov(A, B)
  expect(distance).toBeCloseTo(0.6, 12)
  expect(p).toBeCloseTo(0.0524475524, 9)
})

test('equal samples have no distance', () => {
  expect(kolmogorov([1, 2, 2], [1, 2, 2])).toEqual({ distance: 0, p: 1 })
})

test('the critical distance shrinks with the samples', () => {
  expect(criticalDistance(100, 100)).toBeCloseTo(1.358 * Math.sqrt(0.02), 12)
})
