/** Describes connections and the bytes that were sent over them. */
import { connectorNamed } from '../../connectors/index.ts'
import type { ConnectionMetrics, Result } from '../../result/schema.ts'
import { formatBytes } from '../../text/units.ts'
import { formatCount, formatPercentile } from '../text/format.ts'

/**
 * True when the summary of a run should have a line about connections: a target's protocol keeps connections open and there were any, or some
 * connections failed, were lost, were opened again or were ended by the server (GOAWAY of HTTP/2).
 */
export function connectionsMatter({ connectionMetrics: c, target }: Pick<Result, 'connectionMetrics' | 'target'>): boolean {
  const troubles = c.failedConnections + c.lostConnections + c.reconnectionCount + c.lostInFlight + (c.goaways ?? 0)
  return troubles > 0 || (c.totalConnections > 0 && target.some(({ protocol }) => connectorNamed(protocol)?.lasting))
}

/**
 * Describes, for reports, the connections of a run in one line: "50 opened · 1 lost (1 request with it) · at most 50 open · connect p95 12ms · 1.2 MB
 * in, 96 KB out". Counts of failures and losses, and of those still open, are left out when they are zero.
 */
export function connectionsText(c: ConnectionMetrics): string {
  const parts = [`${formatCount(c.successfulConnections)} opened`]
  if (c.failedConnections > 0) parts.push(`${formatCount(c.failedConnections)} failed`)
  const reopened = c.reconnectionCount > 0 ? [`${formatCount(c.reconnectionCount)} reopened${recoveryText(c)}`] : []
  const lost = c.lostConnections > 0 ? [`${formatCount(c.lostConnections)} lost${takenAlong(c)}`] : []
  if (lost.length + reopened.length > 0) parts.push([...lost, ...reopened].join(', '))
  if (c.goaways !== undefined) parts.push(`${formatCount(c.goaways)} ended by GOAWAY`)
  if (c.openConnections > 0) parts.push(`${formatCount(c.openConnections)} still open`)
  return [...parts, `at most ${formatCount(c.maxOpenConnections)} open`, ...connectText(c), bytesText(c)].join(' · ')
}

function takenAlong({ lostInFlight, lostConnections }: ConnectionMetrics): string {
  if (lostInFlight === 0) return ''
  return ` (${formatCount(lostInFlight)} request${lostInFlight === 1 ? '' : 's'} with ${lostConnections === 1 ? 'it' : 'them'})`
}

function recoveryText({ recoveryTime }: ConnectionMetrics): string {
  return recoveryTime === undefined ? '' : ` (after ${formatPercentile(recoveryTime, 'p95')} at p95)`
}

/** Describes the connect time and those of its parts that were measured: "connect p95 12ms (TLS 8ms)". */
function connectText({ connectTime, tlsTime, handshakeTime }: ConnectionMetrics): string[] {
  if (connectTime === undefined) return []
  const parts = [
    ...(tlsTime === undefined ? [] : [`TLS ${formatPercentile(tlsTime, 'p95')}`]),
    ...(handshakeTime === undefined ? [] : [`handshake ${formatPercentile(handshakeTime, 'p95')}`]),
  ]
  return [`connect p95 ${formatPercentile(connectTime, 'p95')}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`]
}

function bytesText({ bytesReceived, bytesSent }: ConnectionMetrics): string {
  return `${formatBytes(bytesReceived)} in, ${formatBytes(bytesSent)} out`
}
