/** Makes the entry of each metric in a comparison, and the verdict of the whole comparison. */
import type { ComparedValue, Comparison } from './comparison.ts'
import type { Compared } from './estimates.ts'
import type { MetricRole } from './gates.ts'
import { type Change, type ChangeVerdict, overall, timesMore, verdictOn } from './lines/verdict.ts'
import { type ComparedMetric, mayDecide } from './metrics.ts'

/** What the entry of a metric in a comparison needs besides the change: whether it decides, its tolerance, samples and effect size. */
interface ValueFacts extends MetricRole {
  /** The number of samples of the side that has fewer; Infinity for a metric whose verdict does not depend on it. */
  readonly samples: number
  readonly delta: number | null
  /**
   * The change that would result if the additional failures of the side with more failures had been its slowest attempts; left out when both sides
   * fail equally often.
   */
  readonly worst?: Change
}

/** When a run would have to be this many times longer to decide, the comparison does not suggest it. */
const MANY = 50

const orNull = (value: number) => (Number.isFinite(value) ? value : null)

/**
 * Returns the entry for one metric in the result of a comparison: the values on sides A and B, the change with its confidence interval, and the
 * verdict on the change.
 */
export function comparedValue(
  metric: ComparedMetric,
  compared: Compared,
  { gate, tolerance, samples, delta, worst }: ValueFacts,
): ComparedValue {
  const isShare = metric.kind === 'share'
  const shown = (change: number) => orNull(isShare ? change : Math.expm1(change))
  const onScale = isShare ? tolerance : Math.log1p(tolerance)
  const isKnown = Number.isFinite(compared.low) && Number.isFinite(compared.high) && mayDecide(metric, samples)
  const seen: ChangeVerdict = isKnown ? verdictOn(compared, metric.worse, onScale) : 'UNCLEAR'
  const isOfSurvivors = worst !== undefined && seen !== 'UNCLEAR' && verdictOn(worst, metric.worse, onScale) !== seen
  const verdict = isOfSurvivors ? 'UNCLEAR' : seen
  const more = verdict === 'UNCLEAR' && isKnown && !isOfSurvivors ? timesMore(compared, onScale, compared.noiseReach) : Number.NaN
  return {
    metric: metric.name,
    unit: metric.kind === 'latency' ? 'ms' : isShare ? 'ratio' : 'per_second',
    gate,
    a: orNull(compared.a),
    b: orNull(compared.b),
    change: shown(compared.estimate),
    low: shown(compared.low),
    high: shown(compared.high),
    tolerance,
    delta,
    verdict,
    timesMore: orNull(more),
    ...(isOfSurvivors ? { note: 'survivors only' } : noteOf(compared, mayDecide(metric, samples), more)),
  }
}

function noteOf({ a, b, low }: Compared, isEnough: boolean, more: number): { note?: string } {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return { note: 'among time-outs' }
  if (!isEnough) return { note: 'few samples' }
  if (more === Number.POSITIVE_INFINITY) return { note: 'repeat the runs' }
  return Number.isFinite(low) ? {} : { note: 'too few data' }
}

/**
 * Builds the result of a comparison of two runs from the comparison of each metric (`values`). `missing` has the names of metrics that should decide
 * the verdict but were not measured on both sides. If there are any, the verdict can only be `WORSE` or `UNCLEAR`.
 */
export function comparisonOf(
  values: readonly ComparedValue[],
  missing: readonly string[],
  facts: Omit<Comparison, 'verdict' | 'reason' | 'values'>,
): Comparison {
  const deciding = values.filter(({ gate }) => gate)
  const verdict = overall([...deciding.map((value) => value.verdict), ...missing.map(() => 'UNCLEAR' as const)])
  const warnings = [...missing.map((name) => `${name} was to decide, and was not measured on both sides`), ...facts.warnings]
  return { ...facts, warnings, verdict, reason: reasonOf(verdict, deciding), values }
}

function reasonOf(verdict: ChangeVerdict, deciding: readonly ComparedValue[]): string {
  const names = (of: ChangeVerdict) => deciding.filter((value) => value.verdict === of).map(({ metric }) => metric)
  const listed = names(verdict).join(', ')
  if (deciding.length === 0) return 'nothing was measured on both sides that could decide'
  if (verdict === 'WORSE') return `B is worse: ${listed}`
  if (verdict === 'BETTER') return `B is better: ${listed}`
  if (verdict === 'SAME') return 'B is as good as A, within the limits'
  if (verdict === 'SMALL') return `B differs by less than what matters: ${listed}`
  const most = Math.max(0, ...deciding.map(({ timesMore: more }) => more ?? 0))
  const better = names('BETTER')
  return [
    `the data do not tell whether B differs: ${listed}`,
    ...(most > 1
      ? [most > MANY ? 'more of the same data would hardly tell' : `about ${most.toFixed(1)} times the data would tell`]
      : []),
    ...(better.length > 0 ? [`better: ${better.join(', ')}`] : []),
  ].join('; ')
}
