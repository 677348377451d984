import { now } from '../../clock.ts'
import { loadText } from '../../load/text/load-text.ts'
import { bandsOf } from '../../metrics/bands.ts'
import type { GroupRecorder } from '../../metrics/groups/group-recorder.ts'
import type { MadeDistributions } from '../../metrics/histogram/histogram.ts'
import type { Pieces } from '../../pieces.ts'
import type { GroupMetrics, PhaseMetrics, StepMetrics } from '../../result/schema.ts'
import type { RunState } from './run-state.ts'

/**
 * Returns how long the measured phases of a run (all except warm-ups) have lasted in all, in ms. A phase that still runs counts until the moment
 * `at`.
 */
export function measuredMs(state: RunState, at = now()): number {
  return state.phaseTimes.reduce((sum, _, i) => (state.plan.phases[i]?.warmup ? sum : sum + phaseMs(state, i, at)), 0)
}

function phaseMs(state: RunState, index: number, at: number): number {
  const times = state.phaseTimes[index]
  return times ? (Number.isNaN(times.endAt) ? at : times.endAt) - times.startAt : 0
}

/** One group of a result before its metrics are computed. `head` holds the other fields of the group in the result, such as its name. */
interface Headed<Head> {
  readonly head: Head
  readonly group: GroupRecorder
  readonly windowMs: number
}

/**
 * Computes the metrics of the groups of attempts (by step, phase …) that one result contains. When several groups have the same samples, it encodes
 * their histogram only once, because encoding is slow.
 */
export class ResultMetrics {
  private readonly made: MadeDistributions = new Map()

  /** Computes the metrics of a group of attempts. Rates are counts divided by `windowMs`. */
  of(group: GroupRecorder, windowMs: number): Pieces<GroupMetrics> {
    return group.metrics(windowMs, this.made)
  }

  /** Computes the metrics of each group of attempts, and joins them with the other fields (`head`) of the group, such as the name of a step. */
  *ofEach<Head>(groups: readonly Headed<Head>[]): Pieces<(Head & GroupMetrics)[]> {
    const all: (Head & GroupMetrics)[] = []
    for (const { head, group, windowMs } of groups) all.push({ ...head, ...(yield* this.of(group, windowMs)) })
    return all
  }
}

/**
 * Returns the attempts of a run's warm-up phases until the time `at`, for the result. They are one group, in a list; the list is empty when the plan
 * has no warm-up.
 */
export function warmupOf(state: RunState, at: number): Headed<object>[] {
  const windowMs = state.phaseTimes.reduce((sum, _, i) => (state.plan.phases[i]?.warmup ? sum + phaseMs(state, i, at) : sum), 0)
  return state.plan.phases.some((phase) => phase.warmup) ? [{ head: {}, group: state.recorder.warmup, windowMs }] : []
}

/**
 * Returns, for each step of a run in the order of the plan, the step's name, checks and attempts, for the result. Steps of setup and teardown are
 * left out. `windowMs` is the time by which counts are divided to get rates.
 */
export function stepsOf({ plan, recorder }: RunState, windowMs: number): Headed<Omit<StepMetrics, keyof GroupMetrics>>[] {
  // A step that only ends a connection has no attempts, and so no group.
  const measured = plan.exchanges.filter((step) => !step.setupOrTeardown && !(step.kind === 'request' && step.leaves))
  return measured.map((step) => {
    const checks = step.checks.map((check, k) => {
      const { passed = 0, failed = 0, samples = [] } = recorder.checks[step.index]?.[k] ?? {}
      return { check: check.label, ...(check.countOnly ? { countOnly: true } : {}), passed, failed, samples: [...samples] }
    })
    return { head: { name: step.name, kind: step.kind, checks }, group: existing(recorder.steps[step.index]), windowMs }
  })
}

/** Returns, for each phase of a run that has begun, a description of the phase and its attempts until the time `at`, for the result. */
export function phasesOf(state: RunState, at: number): Headed<Omit<PhaseMetrics, keyof GroupMetrics>>[] {
  return state.plan.phases.flatMap((phase, i) => {
    const times = state.phaseTimes[i]
    if (!times) return []
    const windowMs = phaseMs(state, i, at)
    const { name, shape, warmup } = phase
    const head = {
      name,
      shape,
      load: loadText(phase.load.whole ?? phase.load),
      warmup,
      startMs: times.startAt - state.startedAt,
      ...(times.shape && { arrivals: times.shape.toMetrics(windowMs) }),
    }
    return [{ head, group: existing(state.recorder.phases[i]), windowMs }]
  })
}

function existing(group: GroupRecorder | undefined): GroupRecorder {
  if (!group) throw new Error('the recorder and the plan disagree')
  return group
}

/**
 * Returns `{ bands }`, the part of a run's result that says how many replies were fast, normal, slow and critical by their response time; `{}` when
 * no attempt was ok.
 */
export function bandsIn({ plan, recorder }: RunState) {
  const bands = bandsOf(recorder.total.histogramOf('response_time'), plan.bands)
  return bands.length === 0 ? {} : { bands }
}
