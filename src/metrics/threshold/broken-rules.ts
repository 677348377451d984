/** Checks the default rules about failed iterations, dead steps and silent replies. A rule is shown only when a run breaks it. */
import type { ThresholdResult } from '../../result/schema.ts'
import type { Counters } from '../counts/counters.ts'
import type { IterationCounters } from '../counts/iterations.ts'
import { coversRun, deadSteps, ENOUGH, FAILED, failedIterations, isErrors, stepCounts } from './default-rules.ts'
import { selectorKey, type Threshold } from './threshold.ts'

/** Largest share of the replies to messages that may be empty, blocked, or without text that burn found. */
const MAX_SILENT = 0.5

/** A step of the load, with the counters of its attempts. */
interface RuledStep {
  readonly name: string
  readonly counters: Counters
  /** True when the replies to the step should contain text. */
  readonly expectsText: boolean
}

/**
 * The facts about a run on which burn's default rules (such as at most 10 % failed iterations) are evaluated: the thresholds with their `results` (in
 * the same order), the counts of iterations and of ok attempts (`ok`), and the steps.
 */
export interface RuledRun {
  readonly thresholds: readonly Threshold[]
  readonly results: readonly ThresholdResult[]
  readonly iterations: Pick<IterationCounters, 'iterationsEnded' | 'iterationsFailed' | 'iterationsInjected'>
  readonly ok: number
  readonly steps: readonly RuledStep[]
}

/**
 * Returns a failed threshold for each of burn's default rules that the run breaks, such as too many failed iterations. The rule on failed iterations
 * is left out when a threshold on the error rate has failed too, because it would say nothing new.
 */
export function brokenRules({ thresholds, results, iterations, ok, steps }: RuledRun): ThresholdResult[] {
  // When the threshold on errors has failed, failed iterations say nothing new.
  const known = thresholds.some((t, i) => isErrors(t) && results[i]?.state === 'failed')
  const { iterationsEnded, iterationsFailed, iterationsInjected } = iterations
  const counted = steps.map(({ name, counters }) => stepCounts(name, counters))
  return [
    ...(known ? [] : failedIterations(thresholds, iterationsEnded - iterationsInjected, iterationsFailed - iterationsInjected)),
    ...deadSteps(thresholds, ok, counted),
    ...silentReplies(thresholds, steps),
  ]
}

/**
 * Checks the default rule that replies contain text: at most half of all replies, and not all of one step, may be empty, blocked or without found
 * text. Steps whose replies need no text are left out. If all replies together break the rule, no single steps are listed.
 */
function silentReplies(thresholds: readonly Threshold[], all: readonly RuledStep[]): ThresholdResult[] {
  const steps = all.filter(({ expectsText }) => expectsText)
  const of = (chosen: readonly RuledStep[]) => chosen.map(({ counters }) => counters)
  const whole = silence(of(steps), (metric) => thresholds.some((t) => t.metric.name === metric && coversRun(t)))
  if (whole.share > MAX_SILENT) return [silent(whole, '', `<= ${MAX_SILENT * 100}%`, MAX_SILENT)]
  return steps.flatMap((step) => {
    const covers = (t: Threshold) => coversRun(t) || (t.severity === 'fail' && t.tags.step === step.name)
    const one = silence(of([step]), (metric) => thresholds.some((t) => t.metric.name === metric && covers(t)))
    return one.replies >= ENOUGH && one.share === 1 ? [silent(one, step.name, '< 100%', 1)] : []
  })
}

interface Silence {
  /** The kinds of empty, blocked or textless replies that occurred and that no threshold of the scenario covers, with their counts. */
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

/**
 * Returns the default rule that empty, blocked or textless replies break, as a failed threshold. `step` is the step of the replies; '' for the whole
 * run.
 */
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
