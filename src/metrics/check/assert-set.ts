import { clip, type Test } from './kinds/types.ts'
import type { ExpectItem, SetPart } from './schema.ts'

type SetSpec = NonNullable<ExpectItem['assert-set']>

/**
 * Compiles the `assert-set` check to a test that enough of its inner checks pass: the weights of those that pass, divided by the sum of all weights,
 * must be at least the threshold (default 1). An entry with several keys passes when all of them do. `testsOf` compiles the checks of one entry.
 */
export function assertSetTest(
  { assert, threshold = 1 }: SetSpec,
  testsOf: (part: Omit<SetPart, 'weight'>) => readonly Test[],
): Test {
  const parts = assert.map(({ weight = 1, ...part }) => ({ weight, tests: testsOf(part), label: clip(JSON.stringify(part)) }))
  const all = parts.reduce((sum, { weight }) => sum + weight, 0)
  return (reply) => {
    const failed = parts.filter(({ tests }) => !tests.every((test) => test(reply).passed))
    const share = 1 - failed.reduce((sum, { weight }) => sum + weight, 0) / all
    const without = failed.length === 0 ? '' : `, without ${failed.map(({ label }) => label).join(', ')}`
    return { passed: share >= threshold - Number.EPSILON, observed: `${(100 * share).toFixed(0)} %${without}` }
  }
}
