import { expect, test } from 'vitest'
import { countIteration, NO_ITERATIONS } from '../../../src/metrics/counts/iterations.ts'

test.each([
  ['completed', { iterationsEnded: 1 }],
  ['failed', { iterationsEnded: 1, iterationsFailed: 1 }],
  ['expired', { iterationsEnded: 1, iterationsFailed: 1, iterationsExpired: 1 }],
  ['faulted', { iterationsEnded: 1, iterationsFailed: 1, iterationsFaulted: 1 }],
  ['cut', { iterationsCut: 1 }],
] as const)('%s', (outcome, expected) => {
  const counters = { ...NO_ITERATIONS }
  countIteration(counters, outcome)
  expect(counters).toEqual({ ...NO_ITERATIONS, ...expected })
})
