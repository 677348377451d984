import { now } from '../../clock.ts'
import { loadText } from '../../load/words.ts'
import type { GroupRecorder } from '../../metrics/groups/group-recorder.ts'
import type { GroupMetrics, PhaseMetrics, StepMetrics } from '../../result/schema.ts'
import type { RunState } from './run-state.ts'

/** Returns how long the measured phases (all except warm-ups) have lasted until `at`, in ms. */
export function measuredMs(state: RunState, at = now()): number {
  return state.phaseTimes.reduce((sum, _, i) => (state.plan.phases[i]?.warmup ? sum : sum + phaseMs(state, i, at)), 0)
}

function phaseMs(state: RunState, index: number, at: number): number {
  const times = state.phaseTimes[index]
  return times ? (Number.isNaN(times.endAt) ? at : times.endAt) - times.startAt : 0
}

/** Returns the metrics of all warm-up phases together, until the time `at`; null when the plan has none. */
export function warmupOf(state: RunState, at: number): GroupMetrics | null {
  const windowMs = state.phaseTimes.reduce((sum, _, i) => (state.plan.phases[i]?.warmup ? sum + phaseMs(state, i, at) : sum), 0)
  return state.plan.phases.some((phase) => phase.warmup) ? state.recorder.warmup.toMetrics(windowMs) : null
}

/** Returns the metrics of every step of the load, in the order of the plan. Rates are counts divided by `windowMs`. */
export function stepsOf({ plan, recorder }: RunState, windowMs: number): StepMetrics[] {
  // Ending a connection is no exchange with the target.
  const measured = plan.exchanges.filter((step) => !step.setupOrTeardown && !(step.kind === 'request' && step.leaves))
  return measured.map((step) => ({
    name: step.name,
    kind: step.kind,
    checks: step.checks.map((check, k) => {
      const { passed = 0, failed = 0, samples = [] } = recorder.checks[step.index]?.[k] ?? {}
      return { check: check.label, ...(check.countOnly ? { countOnly: true } : {}), passed, failed, samples }
    }),
    ...metricsOf(recorder.steps[step.index], windowMs),
  }))
}

/** Returns the metrics of every phase that has begun, until the time `at`. */
export function phasesOf(state: RunState, at: number): PhaseMetrics[] {
  return state.plan.phases.flatMap((phase, i) => {
    const times = state.phaseTimes[i]
    if (!times) return []
    const windowMs = phaseMs(state, i, at)
    const { name, shape, warmup } = phase
    return [
      {
        name,
        shape,
        load: loadText(phase.load),
        warmup,
        startMs: times.startAt - state.startedAt,
        ...(times.shape && { arrivals: times.shape.toMetrics(windowMs) }),
        ...metricsOf(state.recorder.phases[i], windowMs),
      },
    ]
  })
}

function metricsOf(group: GroupRecorder | undefined, windowMs: number): GroupMetrics {
  if (!group) throw new Error('the recorder and the plan disagree')
  return group.toMetrics(windowMs)
}
