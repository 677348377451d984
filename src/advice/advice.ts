/**
 * Derives advice from the result of a run: which part of the response time is the largest, and what limits the load. One rule writes each sentence,
 * with the figures that support it.
 */
import type { Result } from '../result/schema.ts'
import { inFlightMismatch } from './in-flight.ts'
import { loadLimit } from './load-limit.ts'
import { timeLostToLimits } from './lost-time.ts'
import type { Advice, AdviceRule } from './rule.ts'
import { idleGpu, memoryShort, prefixCache, queuedFirst, queueGrows } from './server-flags.ts'
import { connectionCost, longTail, rateLimited } from './single-causes.ts'
import { slowestPart } from './slowest-part.ts'

/** The smallest number of ok attempts for which advice is given: with fewer, what the figures show may be chance. */
const MIN_OK = 100

/** All rules of advice, in the order in which their sentences are printed: first limits, then the parts of the response time. */
const RULES: readonly AdviceRule[] = [
  loadLimit,
  timeLostToLimits,
  rateLimited,
  memoryShort,
  queueGrows,
  queuedFirst,
  slowestPart,
  connectionCost,
  longTail,
  idleGpu,
  prefixCache,
  inFlightMismatch,
]

/** The rules whose advice is drawn from response times. They are left out when injected faults slowed the connections down. */
const OF_TIMES: readonly AdviceRule[] = [slowestPart, connectionCost, longTail]

/**
 * Returns burn's advice on a finished run, one sentence for each limit or cause that its result shows. The list is empty when the run is not over, is
 * invalid or had fewer than 100 ok attempts.
 */
export function adviceOf(result: Result): Advice[] {
  if (result.total.counts.ok < MIN_OK || result.validity.state === 'invalid' || result.status === 'running') return []
  const rules = isSlowedOnTheWire(result) ? RULES.filter((rule) => !OF_TIMES.includes(rule)) : RULES
  return rules.flatMap((rule) => rule(result) ?? [])
}

/** True when faults that were injected into connections slowed attempts down. Response times then do not show where the target itself loses time. */
function isSlowedOnTheWire({ wireFaults }: Result): boolean {
  return wireFaults?.kinds.some(({ acted }) => acted > 0) ?? false
}
