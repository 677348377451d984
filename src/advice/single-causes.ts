/** Rules of advice that each look for one cause: connections, rate limits, a long tail. */
import type { Result } from '../result/schema.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/** New connections per attempt (0.5 is one for every two attempts) from which advice on reusing connections is given. */
const NOT_REUSED = 0.5
/** The share of the mean response time (0.1 is 10 %) that connecting must take for advice on connections. */
const NOTABLE = 0.1

/**
 * Returns advice when at least half of the requests opened a new connection and connecting took at least a tenth of the response time; undefined
 * otherwise.
 */
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

/** The share of attempts refused by a rate limit (0.01 is 1 %) from which advice on rate limits is given. */
const MANY_LIMITED = 0.01

/** Returns advice when the target refused at least 1 % of the attempts because of a rate limit; undefined otherwise. */
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

/** How many times the median a p99 must be for advice on the long tail: then a few attempts are slow, not all. */
const LONG_TAIL = 8
/** The number of response times from which a long tail is more than chance. */
const MIN_SAMPLES = 1000

/**
 * Returns advice when a few attempts were far slower than most, that is, when the p99 of the service time is many times its median; undefined
 * otherwise.
 */
export function longTail({ total }: Result): Advice | undefined {
  const service = total.distributions.service_time
  const [p50, p99] = [service?.percentiles.p50, service?.percentiles.p99]
  if (!service || !p50 || !p99 || service.count < MIN_SAMPLES || p99 < LONG_TAIL * p50) return undefined
  return {
    rule: 'long-tail',
    text: `one attempt in a hundred takes ${formatMs(p99)} or more, ${(p99 / p50).toFixed(0)} times the median of ${formatMs(p50)}: look at the slowest ones (anomalies), not at the mean`,
  }
}
