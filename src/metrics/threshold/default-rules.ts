/** The default thresholds and rules for runs whose scenario does not set its own; the rules are shown only when a run breaks them. */
import { UsageError } from '../../errors.ts'
import type { Counts, ThresholdResult } from '../../result/schema.ts'
import { type Counters, countForRate, targetFailures } from '../counts/counters.ts'
import { complete, parseThreshold, selectorKey, type Threshold } from './threshold.ts'

/** Largest error rate by default, so that a run without thresholds fails when its attempts fail. */
const DEFAULT_MAX_ERRORS = '10%'
const DEFAULT_MIN_CHECKS = '99%'
/** Largest share of iterations that may fail. */
const MAX_FAILED = 0.1
/**
 * How many attempts or replies burn's default rules need before they fail a run because all of them are bad, such as those of one step. Fewer may be
 * bad by chance.
 */
export const ENOUGH = 10
/** A threshold on one of these metrics for one step takes the place of the default rule that no step always fails. */
const SUCCESS_METRICS = ['ok', 'failed', 'errors', 'good_share', 'rate', 'goodput']

/** A step of the load, with the counts of its attempts. */
interface StepCounts {
  readonly name: string
  readonly counts: Pick<Counts, 'ok' | 'failed' | 'cut'>
  /** Number of further attempts that failed because of injected faults. */
  readonly injected: number
  /**
   * Number of attempts after an injected failure in their iteration. They are not in the other counts, because they say nothing certain about the
   * target.
   */
  readonly after: number
}

/**
 * Returns the scenario's thresholds `own`, followed by burn's default ones, such as at most 10 % errors; the one on checks only with `hasChecks`. A
 * default one is left out when a threshold of the scenario can fail the run by the same share, or by `good_share`, of all attempts. With
 * `maxErrorRate`, a text such as "5%", the error rate is always limited to this fraction.
 * @throws UsageError when `maxErrorRate` is not a fraction
 */
export function withDefaults(own: readonly Threshold[], hasChecks: boolean, maxErrorRate: string | undefined): Threshold[] {
  const covers = (...metrics: string[]) => own.some((t) => metrics.includes(t.metric.name) && coversAll(t))
  const more: string[] = []
  if (maxErrorRate !== undefined) more.push(`errors ratio <= ${maxErrorRate}`)
  else if (!covers('errors', 'good_share')) more.push(`errors ratio <= ${DEFAULT_MAX_ERRORS}`)
  if (hasChecks && !covers('checks', 'good_share')) more.push(`checks ratio >= ${DEFAULT_MIN_CHECKS}`)
  return [...own, ...more.map(threshold)]
}

/**
 * True when a threshold takes the place of a default one: a share of all attempts that can fail the run. A count, a warning or a threshold on some
 * attempts does not.
 */
function coversAll({ aggregate, tags, severity, windowMs, afterMs, minSamples, onMissing }: Threshold): boolean {
  const wholeRun = windowMs === undefined || (afterMs === 0 && minSamples === 1)
  const isPlain = aggregate.kind === 'ratio' && Object.keys(tags).length === 0
  return isPlain && severity === 'fail' && onMissing === 'fail' && wholeRun
}

/**
 * Returns the threshold for the setting `budget.cost` of a scenario, which stops the run when its cost exceeds `limit`. The result is a list, to be
 * joined with the other thresholds; it is empty when no limit is set.
 */
export function costBudget(limit: number | undefined): Threshold[] {
  return limit === undefined ? [] : [{ ...threshold(`cost sum <= ${limit}`), abort: true }]
}

function threshold(text: string): Threshold {
  const parsed = parseThreshold(text)
  if (!parsed.ok) throw new UsageError(`not a threshold: ${text}: ${parsed.message}`, parsed.hint)
  return complete(parsed.threshold)
}

/**
 * Checks the default rule that at most a tenth of the iterations fail. Returns a failed threshold when the rule is broken, else an empty list. If the
 * scenario's thresholds allow more than a tenth of the attempts to fail, the rule is broken only when all iterations (ten or more) fail. A threshold
 * of the scenario on failed iterations replaces the rule.
 */
export function failedIterations(thresholds: readonly Threshold[], ended: number, failed: number): ThresholdResult[] {
  if (ended === 0 || thresholds.some((t) => t.metric.name === 'failed_iterations' && coversRun(t))) return []
  const lenient = allowedErrors(thresholds) > MAX_FAILED
  const broken = lenient ? ended >= ENOUGH && failed === ended : failed / ended > MAX_FAILED
  if (!broken) return []
  const rule = lenient ? 'failed_iterations ratio < 100%' : `failed_iterations ratio <= ${MAX_FAILED * 100}%`
  const percent = `${Number(((failed / ended) * 100).toPrecision(3))} %`
  return [
    {
      ...FAILED,
      threshold: rule,
      observed: failed / ended,
      limit: lenient ? 1 : MAX_FAILED,
      unit: 'ratio',
      samples: ended,
      reason:
        failed === ended
          ? `every iteration failed: ${failed} of ${ended}`
          : `${failed} of ${ended} iterations failed (${percent})`,
    },
  ]
}

/**
 * Returns the counts of a step's attempts for the default rule that every step has an ok attempt: how many were ok, failed or cut, and how many were
 * affected by injected faults.
 */
export function stepCounts(name: string, counters: Counters): StepCounts {
  const { cut, injectedFailed, failedAfterFault } = counters
  const ok = countForRate(counters, 'ok', 'okAfterFault')
  const after = counters.ok - ok + failedAfterFault
  return { name, counts: { ok, failed: targetFailures(counters), cut }, injected: injectedFailed - failedAfterFault, after }
}

/**
 * Checks the default rule that every step has an ok attempt. Returns a failed threshold for each step with ten or more attempts and none of them ok,
 * even if injected faults are the reason. Steps whose errors or successes a threshold of the scenario limits are left out. The list is empty when no
 * step had an ok attempt and no faults were injected, because another rule reports such a run.
 */
export function deadSteps(thresholds: readonly Threshold[], okOfAll: number, steps: readonly StepCounts[]): ThresholdResult[] {
  if (okOfAll === 0 && steps.every(({ injected, after }) => injected + after === 0)) return []
  return steps.flatMap(({ name, counts: { ok, failed, cut }, injected, after }) => {
    const ended = ok + failed + injected + after + cut
    if (ok > 0 || ended < ENOUGH || thresholds.some((t) => coversStep(t, name))) return []
    const byFaults = injected > 0 ? [`injected faults made ${injected} of them fail`] : []
    const later = after > 0 ? [`${after} came after an injected failure, and some of these failed`] : []
    const why = [...byFaults, ...later].join(', ')
    const found = after > 0 ? 'shows that the step works' : 'was ok'
    const reason = `step ${name}: none of its ${ended} attempts ${found}${why && `: ${why}`}`
    const rule = `ok{${selectorKey({ step: name })}} count >= 1`
    return [{ ...FAILED, threshold: rule, observed: 0, limit: 1, unit: 'count' as const, samples: ended, reason }]
  })
}

/** The fields of a threshold result that are the same for every broken default rule (such as at most 10 % failed iterations). */
export const FAILED = { state: 'failed', severity: 'fail', fewSamples: false } as const

/** True when a threshold is about all attempts of the run, not only those with a certain tag, and can fail the run instead of only warning. */
export const coversRun = ({ severity, tags }: Threshold) => severity === 'fail' && Object.keys(tags).length === 0

function coversStep({ severity, metric, tags }: Threshold, step: string): boolean {
  return severity === 'fail' && tags.step === step && SUCCESS_METRICS.includes(metric.name)
}

/** Returns the share of attempts that may fail, by the strictest threshold on all attempts; 0 without one. */
function allowedErrors(thresholds: readonly Threshold[]): number {
  const limits = thresholds.filter(isErrors).map(({ metric, limit }) => (metric.name === 'errors' ? limit : 1 - limit))
  return limits.length === 0 ? 0 : Math.min(...limits)
}

/**
 * True for a threshold that can fail the run by the error rate of all attempts, or by their `good_share` (the fraction that was ok and met all
 * objectives).
 */
export function isErrors(threshold: Threshold): boolean {
  const { metric, aggregate } = threshold
  return coversRun(threshold) && aggregate.kind === 'ratio' && (metric.name === 'errors' || metric.name === 'good_share')
}
