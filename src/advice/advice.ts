/**
 * Derives advice from a result: where the time went, and what limits the load. Each sentence comes from one rule, with the figures on which it rests.
 */
import type { Result } from '../result/schema.ts'
import { inFlightMismatch } from './in-flight.ts'
import { loadLimit } from './load-limit.ts'
import { timeLostToLimits } from './lost-time.ts'
import type { Advice, AdviceRule } from './rule.ts'
import { idleGpu, memoryShort, prefixCache, queuedFirst, queueGrows } from './server-flags.ts'
import { connectionCost, longTail, rateLimited } from './single-causes.ts'
import { slowestPart } from './slowest-part.ts'

/** Fewer ok attempts say nothing that would hold in the next run. */
const MIN_OK = 100

/** In the order in which they are printed: limits first, then where the time goes. */
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

/** Those that explain where time goes. */
const OF_TIMES: readonly AdviceRule[] = [slowestPart, connectionCost, longTail]

/** Returns the sentences of advice that the rules derive from a result; empty for a run that measured too little, or nothing valid. */
export function adviceOf(result: Result): Advice[] {
  if (result.total.counts.ok < MIN_OK || result.validity.state === 'invalid' || result.status === 'running') return []
  const rules = isSlowedOnTheWire(result) ? RULES.filter((rule) => !OF_TIMES.includes(rule)) : RULES
  return rules.flatMap((rule) => rule(result) ?? [])
}

/** Whether injected faults on the wire took part in the times: then these do not tell where the target loses time. */
function isSlowedOnTheWire({ wireFaults }: Result): boolean {
  return wireFaults?.kinds.some(({ acted }) => acted > 0) ?? false
}
