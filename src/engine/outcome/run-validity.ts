import { isSaturated } from '../../metrics/exits.ts'
import { type CleanOutcome, isContestedRun, isProvenRun } from '../../metrics/threshold/proven.ts'
import type { ArrivalPhase } from '../../metrics/validity/arrival-shape.ts'
import type { ValidityBounds, ValidityFacts } from '../../metrics/validity/facts.ts'
import { evaluateValidity } from '../../metrics/validity.ts'
import type { Counts, GeneratorHealth, ThresholdResult, ValidityReason } from '../../result/schema.ts'
import type { RunState } from './run-state.ts'
import { unreadOf } from './text-not-found.ts'

/** The numbers of a run that its validity depends on. */
interface RunNumbers {
  readonly counts: Counts
  readonly phases: readonly ArrivalPhase[]
  /** The results of the plan's thresholds, in the order of the plan, followed by the default rules that are broken. */
  readonly thresholds: readonly ThresholdResult[]
  /**
   * For each threshold of the plan, its outcome when attempts that a disturbance may have affected are left out; undefined where that is not known.
   */
  readonly clean: readonly (CleanOutcome | undefined)[]
  readonly health: GeneratorHealth
  readonly durationMs: number
  /** True when a signal ended the run. */
  readonly interrupted: boolean
}

/**
 * Returns the reasons why the numbers of a run may be wrong, the worst first; empty when they are valid. `bounds` holds the limits of what is valid,
 * such as the limit on burn's own lateness.
 */
export function validityReasons(state: RunState, numbers: RunNumbers, bounds: ValidityBounds): ValidityReason[] {
  const { plan, recorder } = state
  const { thresholds, clean, ...rest } = numbers
  const { droppedByLimit, heldBack } = recorder.total.counters
  return evaluateValidity(
    {
      ...rest,
      ...ownFacts(state),
      ...longestHookOf(state),
      droppedByLimit,
      lateIterations: heldBack,
      saturated: isSaturated(state.stopWatch.read()),
      proven: isProvenRun(plan.thresholds, thresholds, clean),
      provenByClean: !isProvenRun(plan.thresholds, thresholds, []),
      contested: isContestedRun(plan.thresholds, thresholds, recorder.total.counters.timeouts > 0, clean),
    },
    bounds,
  )
}

/**
 * Facts that are needed to decide whether the numbers of a run are valid, and that its result does not contain, such as the number of arrivals that
 * burn itself was too late for.
 */
export type OwnFacts = ReturnType<typeof ownFacts>

/**
 * Returns the facts that are needed to decide whether the numbers of a run are valid, and that its result does not contain, such as failures on this
 * machine.
 */
export function ownFacts(state: RunState) {
  const { recorder, droppedAtStop, droppedBehind } = state
  const { textless, unread } = unreadOf(state)
  return {
    localFailures: recorder.localFailures,
    iterations: recorder.iterations,
    textless,
    unread,
    unasked: recorder.warnings.get('unasked_frames') ?? 0,
    droppedAtStop,
    droppedBehind,
    leftAtLimit: leftAtLimit(recorder),
    ...closedMediansOf(state),
    ...plannedGapOf(state),
  }
}

const TIMES = ['service_time', 'ttft', 'itl'] as const

/**
 * Returns the medians of times in a closed load without `pace`, whose lateness the metric `lag` cannot show; nothing when the plan also has other
 * loads.
 */
function closedMediansOf({ plan, recorder }: RunState): { closedMedians?: Record<string, number> } {
  const measured = plan.phases.filter(({ warmup }) => !warmup)
  if (!measured.every(({ load }) => load.model === 'closed' && load.pacePerSecond === undefined)) return {}
  const medians = TIMES.flatMap((name) => {
    const median = recorder.total.histogramOf(name)?.percentile(50)
    return typeof median === 'number' ? [[name, median] as const] : []
  })
  return { closedMedians: Object.fromEntries(medians) }
}

/** Returns the hook of a plugin that blocked burn for the longest time; `initialize` is left out because it runs before the load. */
function longestHookOf({ hooks }: RunState): Pick<ValidityFacts, 'longestHook'> {
  const [longest] = (hooks?.read() ?? [])
    .filter(({ hook }) => hook !== 'initialize')
    .toSorted((a, b) => (b.blockedMs ?? 0) - (a.blockedMs ?? 0))
  return longest === undefined ? {} : { longestHook: longest }
}

function plannedGapOf({ plan }: RunState): { plannedGapMs?: number } {
  const peaks = plan.phases.flatMap(({ load: own, wholeLoad: load = own, warmup }) =>
    load.model === 'open' && !warmup ? [load.peakPerSecond] : [],
  )
  return peaks.length === 0 ? {} : { plannedGapMs: 1000 / Math.max(...peaks) }
}

/**
 * Returns how many measured attempts still waited for `rateLimit` when the run ended. The limiters also count warm-ups and timed-out iterations, so
 * their sum is bounded by the drops.
 */
function leftAtLimit({ limiters, total }: RunState['recorder']): number {
  const waiting = limiters.reduce((sum, limiter) => sum + (limiter?.read()?.gaveUp ?? 0), 0)
  return Math.min(waiting, total.counters.droppedByLimit)
}
