import { expect, test } from 'vitest'
import { comparisonFormats } from '../../../src/report/comparison/index.ts'
import { COMPARISON } from './compared.ts'

test('JSON is the comparison itself', () => {
  expect(JSON.parse(comparisonFormats.json(COMPARISON))).toEqual(COMPARISON)
})
