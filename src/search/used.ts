/** Computes how much of the limits of its thresholds a run has used, from which a search estimates how far the highest possible load is. */
import { Histogram } from '../metrics/histogram/histogram.ts'
import { isUpper } from '../metrics/threshold/expression/limit.ts'
import { parseStored, type ThresholdExpression } from '../metrics/threshold/threshold.ts'
import type { Distribution, Result, ThresholdResult } from '../result/schema.ts'

/**
 * The largest value that `usedOf` returns for how much of a threshold's limit a run has used; larger values count as 20. It also stands for a
 * threshold that failed without samples, and for a run that ended early for another reason than a threshold.
 */
export const MOST_USED = 20

/**
 * Returns, for a capacity search, how much of a threshold's limit a run has used: 1 at the limit, more beyond it, at most `MOST_USED`, which also
 * stands for a threshold that failed without samples (0 if it was skipped). For an upper limit on a percentile over the whole run, it is the fraction
 * of samples above the limit divided by the allowed fraction: 2 when 10 % of the samples exceed the limit of a p95. Unlike percentiles, such
 * fractions can be averaged over time. For `==` and `!=`, it is 0 when the threshold is met, else `MOST_USED`.
 */
export function usedOf(threshold: ThresholdResult, result: Result): number {
  const { observed, limit, state, unit } = threshold
  if (state === 'no_samples') return MOST_USED
  if (observed === null) return 0
  const parsed = parseStored(threshold.threshold)
  const expression = parsed.ok ? parsed.threshold : undefined
  const isMet = state === 'passed'
  if (expression && !isUpper(expression.operator)) {
    if (expression.operator === '==' || expression.operator === '!=') return isMet ? 0 : MOST_USED
    return unit === 'ratio' ? ratio(1 - observed, 1 - limit) : ratio(limit, observed)
  }
  const share = expression && !threshold.worstWindow ? shareBeyond(expression, result) : undefined
  return share ?? ratio(observed, limit)
}

/**
 * Returns, for a capacity search, the smallest number of samples from which a threshold can be evaluated: ten beyond the percentile (200 for a p95),
 * one for any other threshold, for a p100, and for a threshold over windows.
 */
export function neededBy({ threshold }: ThresholdResult): number {
  const parsed = parseStored(threshold)
  if (!parsed.ok || parsed.threshold.aggregate.kind !== 'percentile') return 1
  const { p } = parsed.threshold.aggregate
  return p >= 100 ? 1 : Math.ceil(10 / (1 - p / 100) - 1e-6)
}

/**
 * Returns the share of samples beyond the limit of a percentile, divided by the share that may be beyond it; undefined for other thresholds, and
 * for tags without a group of their own.
 */
function shareBeyond({ metric, aggregate, tags, limit }: ThresholdExpression, result: Result): number | undefined {
  if (aggregate.kind !== 'percentile' || aggregate.p >= 100) return undefined
  const distribution = distributionsOf(tags, result)?.[metric.name]
  if (!distribution || distribution.count === 0) return undefined
  const beyond = Histogram.of(distribution).countAbove(limit) / distribution.count
  return ratio(beyond, 1 - aggregate.p / 100)
}

function distributionsOf(tags: ThresholdExpression['tags'], result: Result): Readonly<Record<string, Distribution>> | undefined {
  const [first, ...more] = Object.entries(tags)
  if (first === undefined) return result.total.distributions
  if (more.length > 0) return undefined
  const [name, value] = first
  const named = name === 'step' ? result.steps : name === 'phase' ? result.phases : []
  return (named.find((group) => group.name === value) ?? result.tags[`${name}=${value}`])?.distributions
}

function ratio(part: number, whole: number): number {
  if (part <= 0) return 0
  return whole <= 0 ? MOST_USED : Math.min(MOST_USED, part / whole)
}
