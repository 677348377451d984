import { expect, test } from 'vitest'
import { mcNemar, newcombe, wilson } from '../../src/statistics/rates.ts'

const digits = (bounds: { readonly low: number; readonly high: number }, n: number) => [
  bounds.low.toFixed(n),
  bounds.high.toFixed(n),
]

test('golden value 13: 5 errors of 100 and 15 of 100', () => {
  const [a, b] = [
    { part: 5, whole: 100 },
    { part: 15, whole: 100 },
  ] as const
  expect(digits(wilson(a), 7)).toEqual(['0.0215437', '0.1117505'])
  expect(digits(wilson(b), 7)).toEqual(['0.0930599', '0.2328356'])
  expect(digits(newcombe(a, b), 7)).toEqual(['0.0160042', '0.1875871'])
})

test('golden value 14: no error of 1,000 and 6 of 1,000', () => {
  const [a, b] = [
    { part: 0, whole: 1000 },
    { part: 6, whole: 1000 },
  ] as const
  expect(digits(newcombe(a, b), 7)).toEqual(['0.0009811', '0.0130282'])
})

test('golden value 17: pairs that held on one side only', () => {
  expect(mcNemar(2, 10)).toBeCloseTo(0.03857421875, 10)
  expect(mcNemar(0, 5)).toBeCloseTo(0.0625, 14)
  expect(mcNemar(0, 6)).toBeCloseTo(0.03125, 14)
  expect(mcNemar(0, 0)).toBe(1)
})
