import { now } from '../../../clock.ts'
import { Exchange, type ReplyReader } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'

/**
 * Returns the record of a request that is not an attempt, such as a copy that a fault sends. Nothing counts it, and its reply is read and dropped.
 */
export function shadowOf(
  { limits, connector }: PlannedTarget,
  reader: ReplyReader,
  events: { readonly sent?: () => void; readonly settled: (exchange: Exchange) => void },
): Exchange {
  return new Exchange(now(), reader, events.settled, {
    maxReplyBytes: limits.replyBytes,
    kindsOf: connector.kindsOf,
    onSent: events.sent,
  })
}
