/** Rules that every run must keep unless a threshold of its scenario covers the same. A rule is shown only when it is broken. */
import type { Counters } from '../../metrics/counts/counters.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { selectorKey, type Threshold } from '../../metrics/threshold/threshold.ts'
import type { ThresholdResult } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { promisesText } from './text-not-found.ts'

/** Share of iterations that may fail. */
const MAX_FAILED = 0.1
/** Share of the replies to messages that may be empty, blocked, or of unknown text. */
const MAX_SILENT = 0.5
/** Fewest attempts of a step, or replies, of which a rule may say that all of them failed; fewer are left to the threshold on errors. */
const ENOUGH = 10
/** A threshold on one of these metrics, for one step, covers the rule that a step must not always fail. */
const SUCCESS_METRICS = ['ok', 'failed', 'errors', 'good_share', 'rate', 'goodput']

/** Returns a failed threshold for each default rule that the run breaks, such as too many failed iterations. `results` are those of `plan.thresholds`. */
export function brokenRules(plan: Plan, recorder: Recorder, results: readonly ThresholdResult[]): ThresholdResult[] {
  // When the threshold on errors has failed, failed iterations say nothing new.
  const known = plan.thresholds.some((t, i) => isErrors(t) && results[i]?.state === 'failed')
  return [...(known ? [] : failedIterations(plan, recorder)), ...deadSteps(plan, recorder), ...silentReplies(plan, recorder)]
}

/**
 * At most a tenth of the iterations fail. One fails with any of its steps, so where the scenario lets more than a tenth of its attempts
 * fail, most iterations may: there it is enough that some are completed.
 */
function failedIterations(plan: Plan, { iterations }: Recorder): ThresholdResult[] {
  const { iterationsEnded: ended, iterationsFailed: failed } = iterations
  if (ended === 0 || plan.thresholds.some((t) => t.metric.name === 'failed_iterations' && coversRun(t))) return []
  const lenient = allowedErrors(plan) > MAX_FAILED
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

/** No step fails always. When nothing at all is ok the run says so by itself. */
function deadSteps(plan: Plan, recorder: Recorder): ThresholdResult[] {
  if (recorder.total.counts.ok === 0) return []
  return plan.exchanges.flatMap(({ index, name, setupOrTeardown }) => {
    const { ok = 0, failed = 0, cut = 0 } = recorder.steps[index]?.counts ?? {}
    const ended = ok + failed + cut
    if (setupOrTeardown || ok > 0 || ended < ENOUGH || plan.thresholds.some((t) => coversStep(t, name))) return []
    const reason = `step ${name}: none of its ${ended} attempts was ok`
    const rule = `ok{${selectorKey({ step: name })}} count >= 1`
    return [{ ...FAILED, threshold: rule, observed: 0, limit: 1, unit: 'count' as const, samples: ended, reason }]
  })
}

/**
 * Most replies to messages say something to the end, and of no step all say nothing; those of an address that nothing is known of need not. A
 * filter that breaks off a reply leaves the user without it, as one that gives none. A run of which most are silent says so once.
 */
function silentReplies(plan: Plan, recorder: Recorder): ThresholdResult[] {
  const steps = plan.exchanges.filter((step) => promisesText(plan, step))
  const of = (chosen: readonly MessageOrRequest[]) => chosen.flatMap(({ index }) => recorder.steps[index]?.counters ?? [])
  const whole = silence(of(steps), (metric) => plan.thresholds.some((t) => t.metric.name === metric && coversRun(t)))
  if (whole.share > MAX_SILENT) return [silent(whole, '', `<= ${MAX_SILENT * 100}%`, MAX_SILENT)]
  return steps.flatMap((step) => {
    const covers = (t: Threshold) => coversRun(t) || (t.severity === 'fail' && t.tags.step === step.name)
    const one = silence(of([step]), (metric) => plan.thresholds.some((t) => t.metric.name === metric && covers(t)))
    return one.replies >= ENOUGH && one.share === 1 ? [silent(one, step.name, '< 100%', 1)] : []
  })
}

type MessageOrRequest = Plan['exchanges'][number]

interface Silence {
  /** Kinds of silent replies that there were, and that no threshold covers. */
  readonly kinds: readonly { readonly metric: string; readonly what: string; readonly count: number }[]
  readonly count: number
  readonly replies: number
  readonly share: number
}

function silence(counters: readonly Counters[], hasThreshold: (metric: string) => boolean): Silence {
  const sum = (of: (counters: Counters) => number) => counters.reduce((total, one) => total + of(one), 0)
  const kinds = [
    { metric: 'empty_reply', what: 'empty', count: sum((t) => t.repliesEmpty) },
    { metric: 'text_not_found', what: 'with text that was not found', count: sum((t) => t.repliesUnread) },
    { metric: 'blocked', what: 'blocked', count: sum((t) => t.repliesBlocked) },
  ].filter(({ metric, count }) => count > 0 && !hasThreshold(metric))
  const count = kinds.reduce((total, kind) => total + kind.count, 0)
  const replies = sum((t) => t.replies)
  return { kinds, count, replies, share: replies === 0 ? 0 : count / replies }
}

/** The rule that these replies break. `step`: whose they are; empty: of the whole run. */
function silent({ kinds, count, replies, share }: Silence, step: string, bound: string, limit: number): ThresholdResult {
  const of = step === '' ? '' : `{${selectorKey({ step })}}`
  const listed = kinds.map((kind) => `${kind.count} ${kind.what}`).join(', ')
  return {
    ...FAILED,
    threshold: `${kinds.map(({ metric }) => `${metric}${of}`).join(' + ')} ratio ${bound}`,
    observed: share,
    limit,
    unit: 'ratio',
    samples: replies,
    reason: `${count} of ${replies} replies to ${step === '' ? 'messages' : `step ${step}`} gave no whole text: ${listed}`,
  }
}

const FAILED = { state: 'failed', severity: 'fail', fewSamples: false } as const

const coversRun = ({ severity, tags }: Threshold) => severity === 'fail' && Object.keys(tags).length === 0

function coversStep({ severity, metric, tags }: Threshold, step: string): boolean {
  return severity === 'fail' && tags.step === step && SUCCESS_METRICS.includes(metric.name)
}

/** Share of attempts that may fail by the strictest threshold on all of them. */
function allowedErrors({ thresholds }: Plan): number {
  const limits = thresholds.filter(isErrors).map(({ metric, limit }) => (metric.name === 'errors' ? limit : 1 - limit))
  return limits.length === 0 ? 0 : Math.min(...limits)
}

/** A threshold on the share of errors in the whole run. */
function isErrors(threshold: Threshold): boolean {
  const { metric, aggregate } = threshold
  return coversRun(threshold) && aggregate.kind === 'ratio' && (metric.name === 'errors' || metric.name === 'good_share')
}
