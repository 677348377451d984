import { isMap } from '../../../text/json.ts'
import { rule, stepsOf } from '../../lint/subject.ts'
import { listAt, mapAt, targetPaths } from '../../schema/written-steps.ts'

const HINT = 'write pricing: { inputPer1M: …, outputPer1M: … } under target'

/**
 * The lint rule (of `burn validate`) that warns of a threshold, a check or a `budget` on `cost` when no target has prices of tokens (a price per hour
 * does not count): the cost then stays unknown, which fails the threshold or check, and ends a run with such a budget.
 */
export const W_NO_PRICES = rule('W_NO_PRICES', (subject, report) => {
  const {
    scenario: { thresholds, budget },
    value,
  } = subject
  // The file as written counts, because prices with an error are also prices.
  if (targetPaths(value).some((path) => hasTokenPrices(mapAt(value, path).pricing))) return
  thresholds?.forEach(({ metric, onMissing }, index) => {
    if (metric.name !== 'cost' || onMissing !== 'fail') return
    const message = 'no target has prices: cost has no samples, which counts as a failure'
    report(['thresholds', index], 'value', message, HINT)
  })
  if (budget?.cost !== undefined)
    report(['budget', 'cost'], 'key', 'no target has prices: cost is not known, and the run ends once that is clear', HINT)
  for (const { step, path } of stepsOf(subject))
    for (const [index, line] of listAt(step, ['expect']).entries()) {
      const { cost, type, countOnly } = mapAt(line, [])
      if (countOnly === true || (cost === undefined && type !== 'cost')) continue
      const message = 'no target has prices: cost cannot be formed, and the check fails'
      report([...path, 'expect', index, cost === undefined ? 'type' : 'cost'], 'key', message, HINT)
    }
})

/** Returns true when a `pricing` block has prices of tokens; a price per hour alone gives no attempt a cost. */
function hasTokenPrices(pricing: unknown): boolean {
  return pricing !== undefined && !(isMap(pricing) && 'perHour' in pricing && !('inputPer1M' in pricing))
}
