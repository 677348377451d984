/** Small parts of the result: errors, connections, rate limits, retries, the environment. */
import { arch, availableParallelism, hostname, platform, release } from 'node:os'
import type { ConnectionRecorder } from '../../metrics/counts/connections.ts'
import { hintFor, type Sent } from '../../metrics/failures/hints.ts'
import type { Recorder } from '../../metrics/recorder.ts'
import type { ConnectionMetrics, GroupMetrics, Result } from '../../result/schema.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import { VERSION } from '../../version.ts'
import { ESTIMATOR } from '../user/conversation.ts'
import type { RunState } from './run-state.ts'

/** `retries`, when there were any. */
export function retriesOf({ retries }: Recorder) {
  const summary = retries.read()
  return summary ? { retries: summary } : {}
}

/** `conversationWindow`, when the window left something out of a request. */
export function windowOf({ trims }: Recorder) {
  const conversationWindow = trims.read(ESTIMATOR)
  return conversationWindow ? { conversationWindow } : {}
}

/** The warning `tag_values`, when a tag had more values than are counted apart. */
export function tagWarning({ tags }: Recorder) {
  return tags.folded.size === 0 ? {} : { tag_values: Math.max(...tags.folded.values()) }
}

/** `connectionMetrics`; bytes are those of all attempts. */
export function connectionMetricsOf(connections: ConnectionRecorder, total: GroupMetrics): ConnectionMetrics {
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

/** An attempt is slow when its service time is above this (ms), and above twice the mean. */
const SLOW_MS = 1000

/** Error groups with hints, and the counts of attempts that stand out: failed, slow, repeated. */
export function errorsOf({ plan, recorder, startedAt }: RunState) {
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

/** `rateLimits` of a target (its index), when it reported any. */
export function rateLimitsOf(recorder: Recorder, target: number) {
  const rateLimits = recorder.rateLimits[target]?.read()
  return rateLimits ? { rateLimits } : {}
}

/** The machine and the versions of this run. */
export function environmentOf(): Result['environment'] {
  return {
    burn: VERSION,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    cpus: availableParallelism(),
    hostname: hostname(),
  }
}
