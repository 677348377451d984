import { now } from '../../clock.ts'
import type { ValidityBounds } from '../../metrics/validity/facts.ts'
import { atOnce, type Pieces } from '../../pieces.ts'
import { EMPTY_RESULT } from '../../result/empty.ts'
import type { GeneratorHealth, Result, ThresholdResult } from '../../result/schema.ts'
import { withBudget } from './budgets.ts'
import type { ThresholdEvaluators } from './evaluators.ts'
import { hookNotes, runNotes } from './notes.ts'
import { bandsIn, measuredMs, phasesOf, ResultMetrics, stepsOf, warmupOf } from './result-groups.ts'
import {
  alertsOf,
  anomaliesOf,
  blocksOf,
  budgetOf,
  connectionMetricsOf,
  energyOf,
  environmentOf,
  errorsOf,
  faultsOf,
  headlineOf,
  hooksOf,
  judgeOf,
  outagesOf,
  outlineField,
  qualityOf,
  retriesOf,
  runCostOf,
  stopWhenOf,
  tagWarning,
  targetsOf,
  windowOf,
  wireFaultsOf,
} from './result-parts.ts'
import type { RunState } from './run-state.ts'
import { validityReasons } from './run-validity.ts'
import { shardDataOf } from './shard-data.ts'
import { iterationsOf, ranWholePlan } from './stop-rule.ts'
import { decidedHere, type Exit, statusOf, verdictAndExits } from './verdict.ts'

/** When a turn of the event loop is given this number of units of work on a result, nothing else is done in that turn. */
const UNITS_OF_TURN = 10_000

/**
 * Facts for building a result that the state of the run does not hold, such as the run's id, its exit codes, and how late the generator may be before
 * the result counts as invalid.
 */
export interface ResultContext {
  readonly runId: string
  /** True while the run still goes on, so that the result is only a checkpoint. */
  readonly isRunning: boolean
  readonly evaluators: ThresholdEvaluators
  readonly bounds: ValidityBounds
  /** Exit codes that the measured numbers do not give: those for a signal, a full disk or a bug. */
  readonly exits: readonly Exit[]
  /** True when a signal ended the load, in this process or in that of the whole run. */
  readonly wasSignalled: boolean
  /** Notes for the result besides those that follow from the plan and the run. */
  readonly notes: readonly string[]
}

/**
 * A generator that builds the result of a run so far, while the run goes on. It does the work in pieces, so that the event loop is not blocked; it
 * returns undefined when it is stopped before the end.
 */
export type Checkpoint = Pieces<Result | undefined>

/** Builds the result of a run from its state. Thresholds over the whole run are evaluated only once it has ended. */
export function buildResult(state: RunState, context: ResultContext): Result {
  state.recorder.groups.flush()
  return atOnce(resultInPieces(state, context))
}

/**
 * Builds a checkpoint (the result of a run so far) in small pieces of work, so that the run goes on in between. Attempts that end meanwhile are left
 * out, so that all numbers describe the same moment. Call `return` on the generator to stop it early.
 */
export function* checkpointInPieces(state: RunState, context: ResultContext): Checkpoint {
  const { groups } = state.recorder
  // Most pending attempts are added to the groups in a turn of their own, before the hold.
  groups.flush()
  yield UNITS_OF_TURN
  groups.hold()
  try {
    const result = yield* resultInPieces(state, context)
    yield* groups.release()
    return result
  } finally {
    atOnce(groups.release())
  }
}

/**
 * Builds a result in pieces of work. The first piece reads everything that may change meanwhile, except the groups of the recorder, which are held.
 */
function* resultInPieces(state: RunState, context: ResultContext): Pieces<Result> {
  const { recorder } = state
  // The same moment is used everywhere, so that the length of the whole is the sum of its phases.
  const at = now()
  const windowMs = measuredMs(state, at)
  const [warmups, steps, phases] = [warmupOf(state, at), stepsOf(state, windowMs), phasesOf(state, at)]
  const base = baseOf(state, context, { at, windowMs, phases: phases.map(({ head }) => head) })
  const search = anomaliesOf(state, context.isRunning)
  const lag = recorder.lag.copy()
  const tags = [...recorder.tagged].map(([tag, group]) => ({ head: { tag }, group, windowMs }))
  yield UNITS_OF_TURN
  const generator = { ...base.generator, lag: lag.toDistribution() }
  yield lag.width
  const anomalies = yield* search
  const metrics = new ResultMetrics()
  const total = yield* metrics.of(recorder.total, windowMs)
  const [warmup = null] = yield* metrics.ofEach(warmups)
  const measured = yield* metrics.ofEach(phases)
  return {
    ...base,
    ...shardDataOf(state, {
      ...context,
      ...base,
      health: generator,
      phases: measured,
      interrupted: context.wasSignalled,
    }),
    ...(context.isRunning ? {} : blocksOf(state)),
    ...anomalies,
    ...headlineOf(total),
    ...runCostOf(state, total.values.output_token_rate ?? null),
    ...energyOf(base.server, [total, warmup]),
    total,
    warmup,
    steps: yield* metrics.ofEach(steps),
    phases: measured,
    tags: Object.fromEntries((yield* metrics.ofEach(tags)).map(({ tag, ...group }) => [tag, group])),
    generator,
  }
}

/** Returns the results of a plan's thresholds so far, in their order; undefined for a threshold on time windows until the first window is over. */
export function thresholdsSoFar(state: RunState, evaluators: ThresholdEvaluators): readonly (ThresholdResult | undefined)[] {
  return evaluators.whileRunning(measuredMs(state))
}

/** The point in time that a result describes. */
interface ResultMoment {
  /** The moment that the result describes, on the monotonic clock in ms. */
  readonly at: number
  /** How long the measured phases have lasted, in ms. */
  readonly windowMs: number
  readonly phases: readonly ReturnType<typeof phasesOf>[number]['head'][]
}

/**
 * Returns the parts of a result that are quick to compute: all but the metrics of groups, the figures derived from them, and the texts of
 * distributions.
 */
function baseOf(state: RunState, context: ResultContext, { at, windowMs, phases }: ResultMoment): Result {
  const { plan, recorder } = state
  if (!Number.isNaN(state.endedAt)) context.evaluators.finish(state.endedAt - state.startedAt)
  const { counts, counters } = recorder.total
  const thresholds = withBudget(context.evaluators.results(windowMs), {
    usedUp: state.usedUp,
    ranWholePlan: () => ranWholePlan(state),
  })
  const health = healthOf(state)
  const durationMs = (Number.isNaN(state.endedAt) ? at : state.endedAt) - state.startedAt
  const decided = decidedHere(state, thresholds)
  const reasons = validityReasons(
    state,
    {
      counts,
      phases,
      thresholds,
      clean: context.evaluators.cleanOutcomes(),
      health,
      durationMs,
      interrupted: context.wasSignalled,
    },
    context.bounds,
  )
  return {
    ...EMPTY_RESULT,
    runId: context.runId,
    status: statusOf(context),
    ...verdictAndExits(counters, decided, reasons, state, context),
    scenarioName: plan.name,
    scenarioFile: plan.file,
    scenarioHash: plan.hash,
    seed: plan.seed,
    labels: plan.tags,
    shard: state.share ? { index: state.share.index, of: state.share.count } : null,
    environment: environmentOf(),
    target: targetsOf(state),
    startTime: Math.round(state.startedWall),
    endTime: Math.round(state.startedWall + durationMs),
    durationMs,
    windowMs,
    ...errorsOf(state),
    warnings: { ...Object.fromEntries(recorder.warnings), ...tagWarning(recorder) },
    connectionMetrics: connectionMetricsOf(recorder.connections, counters),
    validity: { state: reasons[0]?.level ?? 'ok', reasons },
    thresholds: decided,
    iterations: iterationsOf(state),
    ...retriesOf(recorder),
    ...wireFaultsOf(state),
    ...hooksOf(state),
    ...outagesOf(state),
    ...state.beside.read(),
    ...budgetOf(state),
    ...alertsOf(state),
    ...stopWhenOf(state),
    ...faultsOf(recorder),
    ...windowOf(recorder),
    ...qualityOf(state),
    ...judgeOf(state),
    ...bandsIn(state),
    ...outlineField(plan),
    timeline: recorder.timeline.toRows(),
    generator: health,
    // These notes come first, because summaries are cut at the end and only these notes report a failed hook such as onError.
    notes: [...hookNotes(state), ...plan.notes, ...runNotes(state), ...context.notes],
  }
}

function healthOf(state: RunState): GeneratorHealth {
  return {
    ...state.health(),
    lag: state.recorder.lag.summary(),
    plannedArrivals: state.iterations.planned,
    startedArrivals: state.iterations.planned - state.iterations.dropped,
  }
}
