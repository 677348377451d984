import { expect, test } from 'vitest'
import { holm } from '../../src/statistics/multiplicity.ts'

const PS = [0.01, 0.04, 0.03, 0.005]

test('golden value 15: four probabilities, corrected', () => {
  expect(holm(PS).map((p) => p.toFixed(10))).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => p.toFixed(10)))
})

test('no probability exceeds 1', () => {
  expect(holm([0.6, 0.7])).toEqual([1, 1])
})
