import * as z from 'zod'
import { ATTEMPT_DISTRIBUTIONS } from '../groups/catalogue.ts'
import { isObjective } from './bound.ts'
import { testOf } from './compile.ts'
import type { Check, CheckedReply, CheckVerdict, Test } from './kinds/types.ts'
import { checkLabel } from './label.ts'
import { checkItemSchema, type ExpectItem, lineSchema, NOT_CHECKS, ownForm } from './schema.ts'

export { compileJsonSchema, JsonSchemaError } from './kinds/json-schema.ts'
export type { Check, CheckedReply, CheckVerdict } from './kinds/types.ts'
export { checkLabel } from './label.ts'
export type { ExpectItem } from './schema.ts'
export { hasTemplate, statusMatcher } from './values.ts'

/**
 * The schema of an `expect` block, a list of checks. An item with several checks is split into one item for each, so that each check is counted
 * separately.
 */
export const expectSchema = z
  .array(checkItemSchema)
  .min(1, 'expected at least one check')
  .max(200)
  .transform((items) => items.flatMap((item) => splitKeys(ownForm(item))))
  .describe('What the reply must be; each line is counted, and a line on time or speed defines goodput')

function splitKeys(item: ExpectItem): ExpectItem[] {
  const beside = Object.fromEntries(Object.entries(item).filter(([key]) => NOT_CHECKS.includes(key)))
  return checksOf(item).map((key) => ({ ...beside, [key]: item[key] }))
}

/** Returns the keys of an `expect` line that are checks, as opposed to `name` or `countOnly`. */
function checksOf(item: ExpectItem): (keyof ExpectItem)[] {
  return (Object.keys(item) as (keyof ExpectItem)[]).filter((key) => !NOT_CHECKS.includes(key)) // a strict object has no other keys
}

const OBJECTIVES: ReadonlySet<string> = new Set(['latency', ...ATTEMPT_DISTRIBUTIONS.filter(isObjective).map(({ name }) => name)])

/** Matches the names of checks that may take 0.1 ms or more for a reply of some hundred words. A set of checks counts as one. */
const COSTLY =
  /^(?:not-)?(?:similar|levenshtein|rouge-n|bleu|gleu|loop|repetition|duplicate-turn|language|(?:is|contains)-(?:xml|html)|json-schema|regex|assert-set)$/

/** True when an item of an `expect` block has a check whose evaluation takes long for a long reply. */
export function isCostly(item: ExpectItem): boolean {
  return Object.keys(item).some((key) => COSTLY.test(key))
}

/**
 * Compiles one item of an `expect` block, such as `ttft: < 1s`, to a check of replies. `written` is the item as the scenario has it, before its
 * templates were filled in; the label of the check is made from it.
 * @throws UsageError, RegexError, JsonPathError or ExpressionError when a filled-in template made the item invalid; items without templates were
 * validated with the scenario
 */
export function compileCheck(item: ExpectItem, written: ExpectItem = item): Check {
  const keys = checksOf(item)
  const tests = keys.map((key) => testOf(key, item, written))
  const [only] = tests
  return {
    label: checkLabel(written),
    objective: keys.every((key) => OBJECTIVES.has(key)),
    countOnly: written.countOnly === true,
    evaluate: only && tests.length === 1 ? only : (reply) => firstFailed(tests, reply),
  }
}

/** Returns the verdict of the first test that fails; that of the last one when all pass. */
function firstFailed(tests: readonly Test[], reply: CheckedReply): CheckVerdict {
  let last: CheckVerdict = { passed: true, observed: '' }
  for (const test of tests) {
    last = test(reply)
    if (!last.passed) return last
  }
  return last
}

/** Compiles one item of an `expect` block whose templates were rendered for one reply. If that fails, returns a check that fails and says why. */
export function compileRendered(rendered: unknown, written: ExpectItem): Check {
  const parsed = lineSchema.safeParse(rendered)
  if (!parsed.success) return failing(written, parsed.error.issues[0]?.message ?? 'not a check')
  try {
    return compileCheck(parsed.data, written)
  } catch (error) {
    return failing(written, error instanceof Error ? error.message : String(error))
  }
}

function failing(written: ExpectItem, why: string): Check {
  const objective = checksOf(written).every((key) => OBJECTIVES.has(key))
  return {
    label: checkLabel(written),
    objective,
    countOnly: written.countOnly === true,
    evaluate: () => ({ passed: false, observed: `the check cannot be used: ${why}` }),
  }
}
