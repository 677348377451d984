/** Small parts of the result: errors, connections, rate limits, retries, the environment. */
import { arch, availableParallelism, hostname, platform, release } from 'node:os'
import { anomaliesIn, type PhaseMedians, type SearchedRun } from '../../anomalies/found.ts'
import { proxyAddress } from '../../connectors/wire/proxy.ts'
import type { ConnectionRecorder } from '../../metrics/counts/connections.ts'
import { type Counters, targetFailures } from '../../metrics/counts/counters.ts'
import { hintFor, type Sent } from '../../metrics/failures/hints.ts'
import { blocksField } from '../../metrics/groups/blocks.ts'
import { sparsePercentiles } from '../../metrics/histogram/sparse.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import type { ConnectionMetrics, Result, RunCost } from '../../result/schema.ts'
import { outlineOf } from '../../scenario/compile/outline.ts'
import type { Plan, PlannedTarget } from '../../scenario/compile/plan.ts'
import { VERSION } from '../../version.ts'
import { ESTIMATOR } from '../user/conversation.ts'
import { type RunState, ranMs } from './run-state.ts'

export { energyOf } from '../../result/energy.ts'
export { headlineOf } from '../../result/headline.ts'

/** Returns `{ retries }`, the part of a run's result about retries; `{}` when there were none. */
export function retriesOf({ retries }: Recorder) {
  const summary = retries.read()
  return summary ? { retries: summary } : {}
}

/**
 * Returns `{ budget }`, the part of a run's result that says how much of the run's budget of requests, tokens or time was used; `{}` without a
 * budget.
 */
export function budgetOf(state: RunState): Pick<Result, 'budget'> {
  const uses = state.budget.read(ranMs(state))
  return uses.length === 0 ? {} : { budget: uses }
}

/** Returns `{ stopWhen }`, the part of a run's result about the rules that may end a run early; `{}` when the scenario has no `stopWhen`. */
export function stopWhenOf({ plan, stopWatch }: RunState): Pick<Result, 'stopWhen'> {
  return plan.stopWhen.length === 0 ? {} : { stopWhen: stopWatch.read() }
}

/** Returns the raised alerts for a run's result: `alerts`, and `alertsUnlisted`, how many more there were; `{}` when the scenario has no `alerts`. */
export function alertsOf({ plan, alerts }: RunState): Pick<Result, 'alerts' | 'alertsUnlisted'> {
  if (plan.alerts.length === 0) return {}
  const listed = { alerts: alerts.raised.map((alert) => ({ ...alert })) }
  return alerts.unlisted === 0 ? listed : { ...listed, alertsUnlisted: alerts.unlisted }
}

/** Returns `{ faults }`, the part of a run's result about faults injected into attempts; `{}` when the scenario injects none of them. */
export function faultsOf({ injections, total }: Recorder): Pick<Result, 'faults'> {
  const kinds = injections.read()
  if (kinds === undefined) return {}
  const { started, ok, failed, dropped, injectedFailed } = total.counters
  const ended = ok + failed + dropped
  const sent = kinds.reduce((sum, { copies = 0 }) => sum + copies, started - injections.unsent)
  return { faults: { kinds, failures: injectedFailed, failureShare: ended === 0 ? null : injectedFailed / ended, sent } }
}

/** Returns `{ wireFaults }`, the part of a run's result about faults injected into connections; `{}` when the scenario injects none of them. */
export function wireFaultsOf({ wireFaults }: RunState): Pick<Result, 'wireFaults'> {
  return wireFaults ? { wireFaults: wireFaults.read() } : {}
}

/** Returns `{ outages }`, the part of a run's result about outages (several failed attempts of a target in a row); `{}` when no target had any. */
export function outagesOf({ recorder, startedAt }: RunState): Pick<Result, 'outages'> {
  const outages = recorder.outages.flatMap((one) => one.read(startedAt) ?? [])
  return outages.length > 0 ? { outages } : {}
}

/** Returns `{ hooks }`, the part of a run's result about calls of plugins' functions (hooks); `{}` when no hook was called. */
export function hooksOf({ hooks }: RunState): Pick<Result, 'hooks'> {
  const called = hooks?.read()
  return called ? { hooks: called } : {}
}

/** Returns `{ quality }`, the part of a run's result with the scores of its replies, computed without a model; `{}` when no reply was scored. */
export function qualityOf({ quality }: RunState) {
  const summary = quality?.read()
  return summary ? { quality: summary } : {}
}

/** Returns `{ judge }`, the part of a run's result that holds what a judge model said about replies; `{}` when no judge was asked. */
export function judgeOf({ judge }: RunState) {
  return judge ? { judge } : {}
}

/** Returns `{ conversationWindow }`, the part of a run's result about earlier messages that requests left out; `{}` when no request left out any. */
export function windowOf({ trims }: Recorder) {
  const conversationWindow = trims.read(ESTIMATOR)
  return conversationWindow ? { conversationWindow } : {}
}

/** Returns `{ blocks }`: the measured load in equal stretches, to compute how certain a comparison of runs is; `{}` if it lasted less than 8 s. */
export function blocksOf({ plan, recorder }: RunState) {
  const measured = plan.phases.filter(({ warmup }) => !warmup).map(({ name }) => name)
  return blocksField(recorder.timeline.blocks(new Set(measured)))
}

/** Returns `{ outline }`, the part of a run's result that lists the steps of the scenario. */
export function outlineField(plan: RunState['plan']): Pick<Result, 'outline'> {
  return { outline: outlineOf(plan) }
}

/** Returns `{ tag_values }`, a warning about tags with too many values: how many attempts of the worst tag count as `(other)`; `{}` without any. */
export function tagWarning({ tags }: Recorder) {
  return tags.folded.size === 0 ? {} : { tag_values: Math.max(...tags.folded.values()) }
}

/** Returns the list for the field `target` of a run's result: a description of each target, with the rate limits that it reported. */
export function targetsOf({ plan, recorder, startedAt }: RunState): Result['target'] {
  return plan.targets.map((target, i) => ({
    name: target.name,
    url: target.url.source,
    protocol: target.protocol,
    dialect: target.dialectName,
    ...wayOf(target),
    insecureTls: target.address.tls.insecure === true,
    ...buildsOf(recorder.builds[i]?.read()),
    ...rateLimitsOf(recorder, i, startedAt),
  }))
}

function buildsOf(found: Readonly<Record<string, readonly string[]>> | undefined): Pick<Result['target'][number], 'builds'> {
  return found === undefined
    ? {}
    : { builds: Object.fromEntries(Object.entries(found).map(([name, values]) => [name, [...values]])) }
}

/** Returns the library that sends requests to a target, and the proxy on the way to it; each is left out where there is none. */
function wayOf({ connector, options, url }: PlannedTarget): { client?: string; proxy?: string } {
  const client = connector.client?.(options)
  const proxy = url.static ? connector.proxy?.(options, url.render({})) : undefined
  return { ...(client === undefined ? {} : { client }), ...(proxy === undefined ? {} : { proxy: proxyAddress(proxy) }) }
}

/**
 * Returns what a run's result says about connections (its field `connectionMetrics`): how many were opened, failed, were lost and are open, and how
 * long opening took. The counters of all attempts (`total`) give the bytes sent and received.
 */
export function connectionMetricsOf(connections: ConnectionRecorder, total: Counters): ConnectionMetrics {
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

/** Returns the connection metrics that have a sample, as distributions, with names in the result's form: `connectTime` for `connect_time`. */
function connectionTimes({ histograms }: ConnectionRecorder) {
  const field = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const sampled = [...histograms].filter(([, { count }]) => count > 0)
  return Object.fromEntries(sampled.map(([name, histogram]) => [field(name), histogram.toDistribution()]))
}

/**
 * Returns `{ cost }`, the part of a run's result about money; `{}` when no target has prices. Sums are null when targets have prices in different
 * currencies. `outputTokensPerSecond` is the rate over all targets together.
 */
export function runCostOf({ plan, recorder, quality }: RunState, outputTokensPerSecond: number | null): { cost?: RunCost } {
  const bills = plan.targets.flatMap(({ billing }) => billing ?? [])
  if (bills.length === 0) return {}
  const { costs, iterations } = recorder
  const currencies = new Set(bills.map(({ currency }) => currency))
  const isMixed = currencies.size > 1
  const sumOf = (money: { readonly value: number }) => (isMixed ? null : money.value)
  const isKnown = costs.unpriced === 0 && !isMixed
  const total = isKnown ? costs.total.value : null
  const completed = iterations.iterationsEnded - iterations.iterationsFailed
  const { perSession, sessionsUnpriced } = costs
  const cost: RunCost = {
    currency: (isMixed ? undefined : bills[0]?.currency) ?? null,
    total,
    priced: sumOf(costs.total),
    calls: costs.calls,
    unpriced: costs.unpriced,
    failed: sumOf(costs.failed),
    cut: sumOf(costs.cut),
    ...(quality && { looped: isMixed ? null : quality.loopedCost }),
    wasted: isMixed ? null : costs.failed.value + costs.cut.value + (quality?.loopedCost ?? 0),
    outside: sumOf(costs.outside),
    ...(isMixed || perSession.count === 0 ? {} : { perSession: perSession.toDistribution(sessionsUnpriced) }),
    perSuccess: total === null || completed === 0 ? null : total / completed,
    perThousandSessions: isKnown && perSession.count > 0 ? (costs.sessions.value / perSession.count) * 1000 : null,
    ...hardwareOf(plan.targets, isMixed, outputTokensPerSecond ?? 0),
  }
  return { cost }
}

/**
 * Returns what the hardware of the targets costs per hour and per million output tokens. The latter is null unless the price of each target is known,
 * because the tokens are those of all targets.
 */
function hardwareOf(targets: Plan['targets'], isMixed: boolean, output: number): Pick<RunCost, 'perHour' | 'perMillionOutput'> {
  const prices = targets.flatMap(({ billing }) => billing?.perHour ?? [])
  const perHour = prices.reduce((sum, price) => sum + price, 0)
  if (perHour === 0) return {}
  if (isMixed) return { perHour: null, perMillionOutput: null }
  const isWhole = prices.length === targets.length && output > 0
  return { perHour, perMillionOutput: isWhole ? (perHour / 3600 / output) * 1e6 : null }
}

/**
 * Returns the part of a run's result about errors: `errors`, the groups of similar errors with hints, and `errorTypes`, the number of failure
 * classes.
 */
export function errorsOf({ plan, recorder, startedAt }: RunState) {
  const errors = recorder.errors.toResult(startedAt)
  return {
    errorTypes: new Set(errors.map((group) => group.class)).size,
    errors: errors.map((group) => ({ ...group, hint: hintFor(group.class, group.sample, sentBy(plan, group.step)) })),
  }
}

/** Load shapes with a constant load, in which a trend of a latency cannot come from a change of the load. */
const EVEN_SHAPES = ['constant-vus', 'constant-arrival-rate']

/**
 * Returns a generator that searches what a run has counted so far for anomalies (slow attempts, bursts of failures …). It works in pieces, so that
 * the event loop is not blocked. While the run goes on (`isRunning`), it does not look for drifts, which are latencies that change slowly during a
 * phase.
 */
export function anomaliesOf(state: RunState, isRunning: boolean): ReturnType<typeof anomaliesIn> {
  return anomaliesIn(searchedRun(state, isRunning))
}

/**
 * Returns the data of a run that are searched for anomalies, such as bursts of failures. While the run goes on (`isRunning`), those that show slow
 * drifts of latency are left out.
 */
export function searchedRun({ plan, recorder, anomalies, quality, startedAt }: RunState, isRunning: boolean): SearchedRun {
  const { counters } = recorder.total
  const measured = plan.phases.filter(({ warmup }) => !warmup)
  const names = new Set(measured.map(({ name }) => name))
  return {
    steps: plan.exchanges.flatMap(({ name, index, setupOrTeardown }) => {
      const group = recorder.steps[index]
      return group && !setupOrTeardown ? [{ name, index, histogramOf: (metric: string) => group.heldHistogramOf(metric) }] : []
    }),
    watch: anomalies,
    targets: plan.targets.map(({ name }) => name),
    counts: {
      failed: targetFailures(counters),
      ended: counters.ok + targetFailures(counters),
      empty: counters.repliesEmpty,
      repeated: recorder.repeated,
    },
    texts: quality?.flagged(),
    rows: recorder.timeline.toRows().filter(({ phase }) => names.has(phase)),
    medians: isRunning
      ? []
      : measured.flatMap(({ name, shape }) => (EVEN_SHAPES.includes(shape) ? mediansOf(recorder, name) : [])),
    startedAt,
  }
}

/** Returns the median latency of each block of time of one phase, in ms: of the time to the first token or, without tokens, of the service time. */
function mediansOf(recorder: Recorder, phase: string): PhaseMedians[] {
  const blocks = recorder.timeline.blocks(new Set([phase]))
  const last = blocks.at(-1)
  const of = (metric: string) =>
    blocks.flatMap(({ latencies: { [metric]: sparse } }) => (sparse ? sparsePercentiles(sparse, [50]) : []))
  const metric = of('ttft').length > 0 ? 'ttft' : 'service_time'
  return last ? [{ phase, metric, values: of(metric), endMs: last.atMs + last.lengthMs }] : []
}

/** Returns the address and reply format of the target that a message step uses; undefined for other steps, which name their path themselves. */
function sentBy({ exchanges, targets }: Plan, name: string): Sent | undefined {
  const step = exchanges.find((one) => one.name === name && one.kind === 'message')
  const target = step && targets[step.target]
  if (!target || target.dialectName === null) return undefined
  return { url: target.url.source, dialect: target.dialectName, usualPath: target.usualPath }
}

function rateLimitsOf(recorder: Recorder, target: number, startedAt: number) {
  const rateLimits = recorder.rateLimits[target]?.read()
  const limiter = recorder.limiters[target]?.read()
  const breaker = recorder.breakers[target]?.read(startedAt)
  return { ...(breaker ? { breaker } : {}), ...(rateLimits ? { rateLimits } : {}), ...(limiter ? { limiter } : {}) }
}

/** Returns the value of the field `environment` of a run's result: a description of this machine, and the versions of burn and Node. */
export function environmentOf(): Result['environment'] {
  return {
    burn: VERSION,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    cpus: availableParallelism(),
    hostname: hostname(),
  }
}
