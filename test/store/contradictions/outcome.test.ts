import { expect, test } from 'vitest'
import { outcomeContradictions } from '../../../src/store/contradictions/outcome.ts'
import { runScenario } from '../../support/run.ts'

/** No attempt is ok, by an injected fault alone: that is no word against the target, and the run passes. */
const { result } = await runScenario({
  name: 'refused',
  target: { preset: 'openai-chat', url: 'mock:', model: 'demo' },
  load: [{ iterations: 4, users: 1 }],
  steps: [{ message: 'hello' }],
  faults: [{ status: 500, probability: '100%' }],
} as never)

const withFailures = (injectedFailed: number, failedByLimit = 0) => ({
  ...result,
  total: { ...result.total, counters: { ...result.total.counters, injectedFailed, failedByLimit } },
})

test('a run in which all failures are injected has none', () => {
  expect(result.total.counters).toMatchObject({ failed: 4, injectedFailed: 4 })
  expect(result.exitCodes).not.toContain(3)
  expect([...outcomeContradictions(result)]).toEqual([])
})

test.each([
  [3, 0, true],
  [0, 4, true],
  [3, 1, false],
])('of 4 failures %i are injected and %i by rateLimit: whether its exit code is missing: %s', (injected, byLimit, isMissing) => {
  const found = [...outcomeContradictions(withFailures(injected, byLimit))]
  expect(found).toEqual(isMissing ? ['exitCodes: 3 is missing, but no attempt was ok'] : [])
})
