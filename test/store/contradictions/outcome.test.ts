import { expect, test } from 'vitest'
import { outcomeContradictions } from '../../../src/store/contradictions/outcome.ts'
import { runScenario } from '../../support/run.ts'

/** No attempt is ok, by an injected fault alone: nothing is known of the target. */
const { result } = await runScenario({
  name: 'refused',
  target: { preset: 'openai-chat', url: 'mock:', model: 'demo' },
  load: [{ iterations: 4, users: 1 }],
  steps: [{ message: 'hello' }],
  faults: [{ status: 500, probability: '100%' }],
} as never)

test('a run in which all failures are injected has none', () => {
  expect(result.total.counters).toMatchObject({ failed: 4, injectedFailed: 4 })
  expect(result.exitCode).toBe(3)
  expect(result.reason).toBe('nothing succeeded: injected faults made every attempt fail')
  expect([...outcomeContradictions(result)]).toEqual([])
})

test('a run in which none was ok says that nothing could be tested', () => {
  const found = [
    ...outcomeContradictions({
      ...result,
      exitCodes: result.exitCodes.filter((code) => code !== 3),
      exitCode: 1,
      verdict: 'failed',
    }),
  ]
  expect(found).toContain('exitCodes: 3 is missing, but no attempt was ok')
})
