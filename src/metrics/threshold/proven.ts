/** What a generator that was late can have done to a threshold: numbers that it can only have made worse hold all the more. */
import type { ThresholdState } from '../../result/schema.ts'
import type { Threshold } from '../threshold.ts'
import { isUpper } from './limit.ts'

/** Lateness can only raise these: an upper bound that holds on them is proven. */
const RAISED: ReadonlySet<string> = new Set([
  ...['response_time', 'service_time', 'start_delay', 'queue_wait', 'ttfb', 'ttft', 'ttfo', 'e2e', 'lag'],
  ...['connect_time', 'tls_time', 'handshake_time', 'recovery_time'],
  ...['errors', 'timeouts', 'auth_failures', 'dropped', 'failed_iterations', 'expired_iterations', 'failed', 'cut', 'skipped'],
  ...['connections_failed', 'connections_lost', 'lost_in_flight', 'reconnects'],
])
/** Lateness can only lower these: a lower bound that holds on them is proven. */
const LOWERED: ReadonlySet<string> = new Set([
  ...['good_share', 'checks', 'ok', 'started_rate', 'completed_rate', 'rate', 'goodput', 'output_token_rate'],
])
/** These fail by time-outs alone when the generator is late; without any, lateness has no part in it. */
const BY_TIMEOUTS: ReadonlySet<string> = new Set([
  ...['errors', 'timeouts', 'auth_failures', 'failed_iterations', 'failed', 'good_share', 'checks', 'ok'],
])
/** What a reply holds does not depend on when it is read. */
const UNMOVED: ReadonlySet<string> = new Set([
  ...['input_tokens', 'output_tokens', 'reasoning_tokens', 'cached_tokens', 'cost', 'reply_bytes'],
  ...['empty_reply', 'blocked', 'text_not_found'],
])

/**
 * Whether the verdict on a threshold stands although the generator was late. One that failed does not: lateness may have failed it. Nor
 * does a bound on gaps and speeds (itl, stall, tpot): pieces that are read late, together, make them too short.
 */
export function isProven({ metric, operator, severity, windowMs }: Threshold, state: ThresholdState): boolean {
  // What only warns decides nothing.
  if (severity === 'warn' || state === 'skipped') return true
  if (state !== 'passed') return false
  if (UNMOVED.has(metric.name)) return true
  if (isUpper(operator)) return RAISED.has(metric.name)
  // After a pause all that was due comes at once: a single window may see more than there was.
  return (operator === '>' || operator === '>=') && LOWERED.has(metric.name) && windowMs === undefined
}

/** Whether lateness may have decided a threshold, one way or the other; `timedOut`: some attempts failed by time-outs. */
export function isContested(threshold: Threshold, state: ThresholdState, timedOut: boolean): boolean {
  if (isProven(threshold, state) || state === 'no_samples') return false
  const { name } = threshold.metric
  return !(state === 'failed' && (UNMOVED.has(name) || (BY_TIMEOUTS.has(name) && !timedOut)))
}
