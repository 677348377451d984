/** Closes the state of a run into a Result. Callable at any time: a checkpoint is a result of what there is. */
import { arch, availableParallelism, hostname, platform, release } from 'node:os'
import { now } from '../../clock.ts'
import { loadText } from '../../load/words.ts'
import type { ConnectionRecorder } from '../../metrics/counts/connections.ts'
import { hintFor, type Sent } from '../../metrics/failures/hints.ts'
import type { GroupRecorder } from '../../metrics/groups/group-recorder.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import { evaluateValidity, type ValidityBounds } from '../../metrics/validity.ts'
import type { ConnectionMetrics, GeneratorHealth, GroupMetrics, PhaseMetrics, Result, StepMetrics } from '../../result/schema.ts'
import { RESULT_VERSION } from '../../result/version.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { VERSION } from '../../version.ts'
import { plannedIterations } from '../schedule/planned-iterations.ts'
import { ESTIMATOR } from '../user/conversation.ts'
import { withBudget } from './budgets.ts'
import type { ThresholdEvaluators } from './evaluators.ts'
import { closedMediansOf, isContestedRun, isProvenRun } from './lateness.ts'
import { runNotes } from './notes.ts'
import type { RunState } from './run-state.ts'
import { iterationsOf } from './stop-rule.ts'
import { unreadOf } from './text-not-found.ts'
import { type Exit, isSignal, statusOf, verdictAndExits } from './verdict.ts'

/** What the result needs beside the run itself. */
export interface ResultContext {
  readonly runId: string
  /** The run still goes on: this is a checkpoint. */
  readonly isRunning: boolean
  readonly evaluators: ThresholdEvaluators
  readonly bounds: ValidityBounds
  readonly exits: readonly Exit[]
  readonly notes: readonly string[]
}

/** The result as of now. */
export function buildResult(state: RunState, context: ResultContext): Result {
  const { plan, recorder } = state
  const windowMs = measuredMs(state)
  if (!Number.isNaN(state.endedAt)) context.evaluators.finish(state.endedAt - state.startedAt)
  const total = recorder.total.toMetrics(windowMs)
  const thresholds = withBudget(context.evaluators.results(windowMs), { usedUp: state.usedUp, wasAll: wasAll(state) })
  const health = healthOf(state)
  const durationMs = (Number.isNaN(state.endedAt) ? now() : state.endedAt) - state.startedAt
  const reasons = evaluateValidity(
    {
      health,
      counts: total.counts,
      durationMs,
      localFailures: recorder.localFailures,
      iterations: recorder.iterations,
      ...unreadOf(state),
      unasked: recorder.warnings.get('unasked_frames') ?? 0,
      lateIterations: recorder.total.counters.heldBack,
      proven: isProvenRun(plan.thresholds, thresholds),
      contested: isContestedRun(plan.thresholds, thresholds, recorder.total.counters.timeouts > 0),
      ...closedMediansOf(state, total),
      interrupted: context.exits.some(isSignal),
    },
    context.bounds,
  )
  const response = total.distributions.response_time
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
      insecureTls: target.address.tls.insecure === true,
      ...rateLimitsOf(recorder, i),
    })),
    startTime: Math.round(state.startedWall),
    endTime: Math.round(state.startedWall + durationMs),
    durationMs,
    windowMs,
    totalMessages: total.counts.planned,
    successfulMessages: total.counts.ok,
    failedMessages: total.counts.failed,
    averageLatencyMs: response?.mean ?? null,
    p95LatencyMs: response?.percentiles.p95 ?? null,
    p99LatencyMs: response?.percentiles.p99 ?? null,
    throughputQps: total.values.rate ?? 0,
    errorRate: total.values.errors ?? null,
    ...errorsOf(state),
    warnings: { ...Object.fromEntries(recorder.warnings), ...tagWarning(recorder) },
    connectionMetrics: connectionMetricsOf(recorder.connections, total),
    validity: { state: reasons[0]?.level ?? 'ok', reasons },
    thresholds,
    iterations: iterationsOf(state),
    ...retriesOf(recorder),
    ...windowOf(recorder),
    total,
    warmup: warmupOf(state),
    steps: stepsOf(state, windowMs),
    phases: phasesOf(state),
    tags: Object.fromEntries([...recorder.tagged].map(([tag, group]) => [tag, group.toMetrics(windowMs)])),
    timeline: recorder.timeline.toRows(),
    generator: health,
    files: [],
    notes: [...plan.notes, ...runNotes(state), ...context.notes],
  }
}

/** Nothing of what was planned was left out. */
function wasAll({ plan, iterations }: RunState): boolean {
  return iterations.planned >= (plannedIterations(plan) ?? Number.POSITIVE_INFINITY) && iterations.cut === 0
}

function retriesOf({ retries }: Recorder) {
  const summary = retries.read()
  return summary ? { retries: summary } : {}
}

function windowOf({ trims }: Recorder) {
  const conversationWindow = trims.read(ESTIMATOR)
  return conversationWindow ? { conversationWindow } : {}
}

function tagWarning({ tags }: Recorder) {
  return tags.folded.size === 0 ? {} : { tag_values: Math.max(...tags.folded.values()) }
}

/** Declared length of the measured phases; of one still under way or ended early, what has passed of it; in ms. */
export function measuredMs(state: RunState): number {
  return state.phaseTimes.reduce((sum, _, i) => (state.plan.phases[i]?.warmup ? sum : sum + phaseMs(state, i)), 0)
}

function phaseMs(state: RunState, index: number): number {
  const times = state.phaseTimes[index]
  return times ? (Number.isNaN(times.endAt) ? now() : times.endAt) - times.startAt : 0
}

function warmupOf(state: RunState): GroupMetrics | null {
  const windowMs = state.phaseTimes.reduce((sum, _, i) => (state.plan.phases[i]?.warmup ? sum + phaseMs(state, i) : sum), 0)
  return state.plan.phases.some((phase) => phase.warmup) ? state.recorder.warmup.toMetrics(windowMs) : null
}

function stepsOf({ plan, recorder }: RunState, windowMs: number): StepMetrics[] {
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

function phasesOf(state: RunState): PhaseMetrics[] {
  return state.plan.phases.flatMap((phase, i) => {
    const times = state.phaseTimes[i]
    if (!times) return []
    const metrics = metricsOf(state.recorder.phases[i], phaseMs(state, i))
    const { name, shape, warmup } = phase
    return [{ name, shape, load: loadText(phase.load), warmup, startMs: times.startAt - state.startedAt, ...metrics }]
  })
}

function metricsOf(group: GroupRecorder | undefined, windowMs: number): GroupMetrics {
  if (!group) throw new Error('the recorder and the plan disagree')
  return group.toMetrics(windowMs)
}

function healthOf(state: RunState): GeneratorHealth {
  return {
    ...state.health(),
    lag: state.recorder.lag.toDistribution(),
    plannedArrivals: state.iterations.planned,
    startedArrivals: state.iterations.planned - state.iterations.dropped,
  }
}

function connectionMetricsOf(connections: ConnectionRecorder, total: GroupMetrics): ConnectionMetrics {
  const { connectionsOpened, connectionsFailed, connectionsLost, lostInFlight, reconnects } = connections.counters
  return {
    totalConnections: connectionsOpened + connectionsFailed,
    successfulConnections: connectionsOpened,
    failedConnections: connectionsFailed,
    reconnectionCount: reconnects,
    openConnections: connections.open,
    maxOpenConnections: connections.maxOpen,
    averageConnectionTime: connections.histograms.get('connect_time')?.mean ?? null,
    ...connectionTimes(connections),
    bytesSent: total.bytesSent,
    bytesReceived: total.bytesReceived,
    lostConnections: connectionsLost,
    lostInFlight,
    ...(connections.goaways > 0 ? { goaways: connections.goaways } : {}),
  }
}

/** The distributions that have a sample; `connect_time` stands under `connectTime`. */
function connectionTimes({ histograms }: ConnectionRecorder) {
  const field = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const sampled = [...histograms].filter(([, { count }]) => count > 0)
  return Object.fromEntries(sampled.map(([name, histogram]) => [field(name), histogram.toDistribution()]))
}

/** Slow is above this, and above twice the mean. */
const SLOW_MS = 1000

/** Error groups, and attempts that stand out. */
function errorsOf({ plan, recorder, startedAt }: RunState) {
  const errors = recorder.errors.toResult(startedAt)
  const service = recorder.total.histogramOf('service_time')
  const slow = service?.countAbove(Math.max(SLOW_MS, 2 * (service.mean ?? 0))) ?? 0
  const anomalies = { failed: recorder.total.counts.failed, slow, repeated: recorder.repeated }
  return {
    anomaliesDetected: anomalies.failed + anomalies.slow + anomalies.repeated,
    anomalies,
    errorTypes: new Set(errors.map((group) => group.class)).size,
    errors: errors.map((group) => ({ ...group, hint: hintFor(group.class, group.sample, sentBy(plan, group.step)) })),
  }
}

/** Where the messages of a step go; undefined for other steps, which name their path themselves. */
function sentBy({ exchanges, targets }: Plan, name: string): Sent | undefined {
  const step = exchanges.find((one) => one.name === name && one.kind === 'message')
  const target = step && targets[step.target]
  if (!target || target.dialectName === null) return undefined
  return { url: target.url.source, dialect: target.dialectName, usualPath: target.usualPath }
}

function rateLimitsOf(recorder: Recorder, target: number) {
  const rateLimits = recorder.rateLimits[target]?.read()
  return rateLimits ? { rateLimits } : {}
}

function environmentOf(): Result['environment'] {
  return {
    burn: VERSION,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    cpus: availableParallelism(),
    hostname: hostname(),
  }
}
