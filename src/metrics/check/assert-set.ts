import { clip, type Test } from './kinds/types.ts'
import type { ExpectItem, SetPart } from './schema.ts'

type SetSpec = NonNullable<ExpectItem['assert-set']>

/**
 * Compiles the `assert-set` check, a list of weighted items, to a test that enough of them pass. The weights of those that pass must add up to at
 * least the fraction `threshold` (default 1) of all weights. An item can have several checks, which `testsOf` compiles; it passes when all of them
 * do.
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
