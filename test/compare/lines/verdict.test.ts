import { expect, test } from 'vitest'
import { overall, timesMore, verdictOn } from '../../../src/compare/lines/verdict.ts'

test.each([
  ['certain and above the tolerance', 0.08, 0.02, 0.14, 'WORSE'],
  ['certain and below it on the good side', -0.08, -0.14, -0.02, 'BETTER'],
  ['within the tolerance on both sides', 0.01, -0.02, 0.04, 'SAME'],
  ['certain, and within the tolerance', 0.03, 0.01, 0.04, 'SAME'],
  ['certain, too small to matter, and perhaps not', 0.04, 0.01, 0.07, 'SMALL'],
  ['large, and perhaps nothing', 0.08, -0.02, 0.18, 'UNCLEAR'],
  ['anything', 0, -0.2, 0.2, 'UNCLEAR'],
] as const)('a change that is %s', (_, estimate, low, high, verdict) => {
  expect(verdictOn({ estimate, low, high }, 1, 0.05)).toBe(verdict)
  const mirrored = { WORSE: 'BETTER', BETTER: 'WORSE' } as const
  const other = verdict === 'WORSE' || verdict === 'BETTER' ? mirrored[verdict] : verdict
  expect(verdictOn({ estimate, low, high }, -1, 0.05)).toBe(other)
})

test('an unclear change needs the square of how much too wide its bounds are', () => {
  expect(timesMore({ estimate: 0, low: -0.1, high: 0.1 }, 0.05)).toBeCloseTo(4, 12)
})

test('what is bad outweighs what is not known, and that what is good', () => {
  expect(overall(['SAME', 'BETTER', 'UNCLEAR', 'WORSE'])).toBe('WORSE')
  expect(overall(['SAME', 'BETTER', 'UNCLEAR'])).toBe('UNCLEAR')
  expect(overall(['SAME', 'BETTER', 'SMALL'])).toBe('BETTER')
  expect(overall(['SAME', 'SAME'])).toBe('SAME')
  expect(overall([])).toBe('UNCLEAR')
})
