import { now } from '../../../clock.ts'
import { plainReader } from '../../../dialects/reply/reader.ts'
import { Exchange } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'

/** Makes an exchange that is no attempt: it is in no count, and its reply is read and not used. */
export function shadowOf(
  { limits, connector }: PlannedTarget,
  events: { readonly sent?: () => void; readonly settled: (exchange: Exchange) => void },
): Exchange {
  return new Exchange(now(), plainReader(), events.settled, {
    maxReplyBytes: limits.replyBytes,
    kindsOf: connector.kindsOf,
    onSent: events.sent,
  })
}
