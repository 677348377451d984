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

/** Returns the field `retries` of the result, in an object; an empty object when there were no retries. */
export function retriesOf({ retries }: Recorder) {
  const summary = retries.read()
  return summary ? { retries: summary } : {}
}

/** Returns the field `budget` of the result, in an object; an empty object without a budget of requests, tokens or time. */
export function budgetOf(state: RunState): Pick<Result, 'budget'> {
  const uses = state.budget.read(ranMs(state))
  return uses.length === 0 ? {} : { budget: uses }
}

/** Returns the field `stopWhen` of the result, in an object; an empty object when the scenario has no `stopWhen` rules. */
export function stopWhenOf({ plan, stopWatch }: RunState): Pick<Result, 'stopWhen'> {
  return plan.stopWhen.length === 0 ? {} : { stopWhen: stopWatch.read() }
}

/** Returns the fields of the result about alerts, in an object; an empty object when the scenario has no `alerts`. */
export function alertsOf({ plan, alerts }: RunState): Pick<Result, 'alerts' | 'alertsUnlisted'> {
  if (plan.alerts.length === 0) return {}
  const listed = { alerts: alerts.raised.map((alert) => ({ ...alert })) }
  return alerts.unlisted === 0 ? listed : { ...listed, alertsUnlisted: alerts.unlisted }
}

/** Returns the field `faults` of the result (faults injected into attempts), in an object; an empty object when the scenario injects none of them. */
export function faultsOf({ injections, total }: Recorder): Pick<Result, 'faults'> {
  const kinds = injections.read()
  if (kinds === undefined) return {}
  const { started, ok, failed, dropped, injectedFailed } = total.counters
  const ended = ok + failed + dropped
  const sent = kinds.reduce((sum, { copies = 0 }) => sum + copies, started - injections.unsent)
  return { faults: { kinds, failures: injectedFailed, failureShare: ended === 0 ? null : injectedFailed / ended, sent } }
}

/**
 * Returns the field `wireFaults` of the result (faults injected into connections), in an object; an empty object when the scenario injects
 * none of them.
 */
export function wireFaultsOf({ wireFaults }: RunState): Pick<Result, 'wireFaults'> {
  return wireFaults ? { wireFaults: wireFaults.read() } : {}
}

/** Returns the field `outages` of the result (stretches of failed attempts), in an object; an empty object when no target had any. */
export function outagesOf({ recorder, startedAt }: RunState): Pick<Result, 'outages'> {
  const outages = recorder.outages.flatMap((one) => one.read(startedAt) ?? [])
  return outages.length > 0 ? { outages } : {}
}

/** Returns the field `hooks` of the result (calls of plugins' functions), in an object; an empty object when no hook was called. */
export function hooksOf({ hooks }: RunState): Pick<Result, 'hooks'> {
  const called = hooks?.read()
  return called ? { hooks: called } : {}
}

/** Returns the field `quality` of the result, in an object; an empty object when no reply to a message was measured. */
export function qualityOf({ quality }: RunState) {
  const summary = quality?.read()
  return summary ? { quality: summary } : {}
}

/** Returns the field `judge` of the result, in an object; an empty object when no model was asked about replies. */
export function judgeOf({ judge }: RunState) {
  return judge ? { judge } : {}
}

/** Returns the field `conversationWindow` of the result, in an object; an empty object when no request left out messages of its conversation. */
export function windowOf({ trims }: Recorder) {
  const conversationWindow = trims.read(ESTIMATOR)
  return conversationWindow ? { conversationWindow } : {}
}

/**
 * Returns the field `blocks` of the result (equal stretches of the run), in an object; an empty object when the measured phases were shorter
 * than 8 s.
 */
export function blocksOf({ plan, recorder }: RunState) {
  const measured = plan.phases.filter(({ warmup }) => !warmup).map(({ name }) => name)
  return blocksField(recorder.timeline.blocks(new Set(measured)))
}

/** Returns the field `outline` of the result (the steps of the scenario), in an object. */
export function outlineField(plan: RunState['plan']): Pick<Result, 'outline'> {
  return { outline: outlineOf(plan) }
}

/** Returns the warning `tag_values`, in an object, when a tag had more values than are counted separately; otherwise an empty object. */
export function tagWarning({ tags }: Recorder) {
  return tags.folded.size === 0 ? {} : { tag_values: Math.max(...tags.folded.values()) }
}

/** Returns the field `target` of the result: a description of each target of the plan, with the rate limits that it reported. */
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

/** Returns the field `connectionMetrics` of the result. `total`, the counters of all attempts, gives the bytes sent and received. */
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
 * Returns the field `cost` of the result, in an object; an empty object when no target has prices. Sums are null when targets have prices in
 * different currencies. `outputTokensPerSecond` is the sum over all targets.
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

/** Returns the fields of the result about errors: groups of similar errors with hints, and the number of their classes. */
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
 * the event loop is not blocked. While the run goes on (`isRunning`), it does not look for drifts.
 */
export function anomaliesOf(state: RunState, isRunning: boolean): ReturnType<typeof anomaliesIn> {
  return anomaliesIn(searchedRun(state, isRunning))
}

/**
 * Collects the data of a run that is searched for anomalies (slow attempts, bursts of failures …). While the run goes on (`isRunning`), the data for
 * drifts is left out.
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

/** Returns the field `environment` of the result: this machine, and the versions of burn and Node. */
export function environmentOf(): Result['environment'] {
  return {
    burn: VERSION,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    cpus: availableParallelism(),
    hostname: hostname(),
  }
}
