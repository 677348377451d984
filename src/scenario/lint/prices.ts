/** What cannot be priced: thresholds on cost where no target has prices. */
import { type Finding, findingAt } from '../read/source/finding.ts'
import type { Scenario } from '../schema/schema.ts'

/** Returns a warning for a threshold on `cost` when no target has prices: it would have no samples and fail at the end of the run. */
export function priceFindings({ target, targets, thresholds = [] }: Scenario): Finding[] {
  if ([target, ...Object.values(targets ?? {})].some((one) => one?.pricing !== undefined)) return []
  return thresholds.flatMap(({ metric, onMissing }, index): Finding[] => {
    if (metric.name !== 'cost' || onMissing !== 'fail') return []
    const message = 'no target has prices: cost has no samples, which counts as a failure'
    const hint = 'write pricing: { inputPer1M: …, outputPer1M: … } under target'
    return [findingAt('W_NO_PRICES', ['thresholds', index], 'value', message, hint)]
  })
}
