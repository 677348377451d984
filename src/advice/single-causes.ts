/** Rules on a single cause each: connections, rate limits, a long tail. */
import type { Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/** Connections per attempt from which on they are not reused. */
const NOT_REUSED = 0.5
/** Share of the response time that connecting must take to matter. */
const NOTABLE = 0.1

/** Advice when most requests opened a new connection, and connecting took a notable part of their time. */
export function connectionCost({ connectionMetrics, total }: Result): Advice | undefined {
  const perAttempt = connectionMetrics.successfulConnections / Math.max(1, total.counts.started)
  const [connect, response] = [connectionMetrics.averageConnectionTime, total.distributions.response_time?.mean]
  if (connect === null || response === null || response === undefined) return undefined
  if (perAttempt < NOT_REUSED || connect < NOTABLE * response) return undefined
  return {
    rule: 'connections',
    text: `${(100 * perAttempt).toFixed(0)} connections were made for 100 requests, of ${formatMs(connect)} each, where a response takes ${formatMs(response)}: let connections last (keep-alive)`,
  }
}

/** Share of attempts turned away from which on the limit shapes the result. */
const MANY_LIMITED = 0.01

/** Advice when the target refused attempts because of a rate limit. */
export function rateLimited({ errors, total }: Result): Advice | undefined {
  const limited = errors.filter((one) => one.class === 'rate_limited').reduce((sum, { count }) => sum + count, 0)
  const share = limited / Math.max(1, total.counts.started)
  if (share < MANY_LIMITED) return undefined
  const rate = total.values.rate
  return {
    rule: 'rate-limited',
    text: `the target turned away ${limited} attempts (${(100 * share).toFixed(1)} %) by its rate limit${rate ? `, and let ${rate.toFixed(1)}/s through` : ''}: ask for less, or raise the limit`,
  }
}

/** A p99 that is so many times the median is a matter of single attempts, not of all. */
const LONG_TAIL = 8
/** Samples above p99 that make it more than chance. */
const MIN_SAMPLES = 1000

/** Advice when a few attempts were far slower than most. */
export function longTail({ total }: Result): Advice | undefined {
  const service = total.distributions.service_time
  const [p50, p99] = [service?.percentiles.p50, service?.percentiles.p99]
  if (!service || !p50 || !p99 || service.count < MIN_SAMPLES || p99 < LONG_TAIL * p50) return undefined
  return {
    rule: 'long-tail',
    text: `one attempt in a hundred takes ${formatMs(p99)} or more, ${(p99 / p50).toFixed(0)} times the median of ${formatMs(p50)}: look at the slowest ones (anomalies), not at the mean`,
  }
}
