import { now } from '../../clock.ts'
import type { ValidityBounds } from '../../metrics/validity.ts'
import { headlineOf } from '../../result/headline.ts'
import type { GeneratorHealth, Result } from '../../result/schema.ts'
import { RESULT_VERSION } from '../../result/version.ts'
import { plannedIterations } from '../schedule/planned-iterations.ts'
import { withBudget } from './budgets.ts'
import type { ThresholdEvaluators } from './evaluators.ts'
import { runNotes } from './notes.ts'
import { measuredMs, phasesOf, stepsOf, warmupOf } from './result-groups.ts'
import {
  connectionMetricsOf,
  environmentOf,
  errorsOf,
  rateLimitsOf,
  retriesOf,
  tagWarning,
  wayOf,
  windowOf,
} from './result-parts.ts'
import type { RunState } from './run-state.ts'
import { validityReasons } from './run-validity.ts'
import { iterationsOf } from './stop-rule.ts'
import { type Exit, isSignal, statusOf, verdictAndExits } from './verdict.ts'

/** The facts that a result needs beside the state of the run. */
interface ResultContext {
  readonly runId: string
  /** True while the run still goes on, so that the result is only a checkpoint. */
  readonly isRunning: boolean
  readonly evaluators: ThresholdEvaluators
  readonly bounds: ValidityBounds
  /** Exit codes that the measured numbers do not give: those for a signal, a full disk or a bug. */
  readonly exits: readonly Exit[]
  /** Notes for the result, in addition to those of the plan and of the run. */
  readonly notes: readonly string[]
}

/** Builds the result of a run from its state, also while the run lasts. Thresholds over the whole run are evaluated only once it has ended. */
export function buildResult(state: RunState, context: ResultContext): Result {
  const { plan, recorder } = state
  // One moment for all, so that the length of the whole is the sum of its phases.
  const at = now()
  const windowMs = measuredMs(state, at)
  if (!Number.isNaN(state.endedAt)) context.evaluators.finish(state.endedAt - state.startedAt)
  const total = recorder.total.toMetrics(windowMs)
  const thresholds = withBudget(context.evaluators.results(windowMs), { usedUp: state.usedUp, wasAll: () => wasAll(state) })
  const health = healthOf(state)
  const durationMs = (Number.isNaN(state.endedAt) ? at : state.endedAt) - state.startedAt
  const phases = phasesOf(state, at)
  const reasons = validityReasons(
    state,
    { total, phases, thresholds, health, durationMs, interrupted: context.exits.some(isSignal) },
    context.bounds,
  )
  return {
    schemaVersion: RESULT_VERSION,
    runId: context.runId,
    status: statusOf(context),
    ...verdictAndExits(total, thresholds, reasons, state, context),
    scenarioName: plan.name,
    scenarioFile: plan.file,
    scenarioHash: plan.hash,
    seed: plan.seed,
    labels: plan.tags,
    shard: null,
    environment: environmentOf(),
    target: plan.targets.map((target, i) => ({
      name: target.name,
      url: target.url.source,
      protocol: target.protocol,
      dialect: target.dialectName,
      ...wayOf(target),
      insecureTls: target.address.tls.insecure === true,
      ...rateLimitsOf(recorder, i),
    })),
    startTime: Math.round(state.startedWall),
    endTime: Math.round(state.startedWall + durationMs),
    durationMs,
    windowMs,
    ...headlineOf(total),
    ...errorsOf(state),
    warnings: { ...Object.fromEntries(recorder.warnings), ...tagWarning(recorder) },
    connectionMetrics: connectionMetricsOf(recorder.connections, total),
    validity: { state: reasons[0]?.level ?? 'ok', reasons },
    thresholds,
    iterations: iterationsOf(state),
    ...retriesOf(recorder),
    ...windowOf(recorder),
    total,
    warmup: warmupOf(state, at),
    steps: stepsOf(state, windowMs),
    phases,
    tags: Object.fromEntries([...recorder.tagged].map(([tag, group]) => [tag, group.toMetrics(windowMs)])),
    timeline: recorder.timeline.toRows(),
    generator: health,
    files: [],
    notes: [...plan.notes, ...runNotes(state), ...context.notes],
  }
}

/** Whether a budget was used up only when every planned iteration had started, and none was cut. */
function wasAll({ plan, iterations, usedUp }: RunState): boolean {
  // Counting what is planned takes long for a long open phase, and this runs for each checkpoint.
  if (!usedUp) return false
  return iterations.planned >= (plannedIterations(plan) ?? Number.POSITIVE_INFINITY) && iterations.cut === 0
}

function healthOf(state: RunState): GeneratorHealth {
  return {
    ...state.health(),
    lag: state.recorder.lag.toDistribution(),
    plannedArrivals: state.iterations.planned,
    startedArrivals: state.iterations.planned - state.iterations.dropped,
  }
}
