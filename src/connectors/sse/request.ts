import type { Exchange } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import type { AwaitedReply } from '../wire/lasting/replies.ts'
import type { StreamEvent } from './events.ts'
import { matches } from './members.ts'
import type { EndBlock } from './options.ts'

/** A request of a user whose event stream stays open (mode subscribe): what to send, and how to recognise the events that are its reply. */
export interface SubscriptionRequest {
  /** Makes the request that opens the stream, if it has to be opened. */
  readonly stream: () => HttpRequest
  /** The request to send; undefined for a step that only waits. */
  readonly post: HttpRequest | undefined
  /** Id that the events of the reply carry; undefined when they carry none. */
  readonly key: string | undefined
  /** Number of events that complete the reply; undefined when another rule does. */
  readonly count: number | undefined
  readonly end: EndBlock | undefined
}

/** An SSE request whose reply comes on the user's open event stream (mode subscribe) and is not complete yet. */
export interface SubscriptionWait extends AwaitedReply<StreamEvent> {
  readonly request: SubscriptionRequest
  begun: boolean
  post: Exchange | undefined
}

/**
 * Returns the state of an SSE request whose reply comes on the event stream that the user keeps open (mode subscribe). It holds the number of the
 * reply's events so far, and its method `completes` tells whether an event is the last one.
 */
export function waitFor(request: SubscriptionRequest, exchange: Exchange): SubscriptionWait {
  const { key, count, end } = request
  return {
    request,
    exchange,
    id: key,
    messages: 0,
    begun: false,
    post: undefined,
    completes(event) {
      return (count !== undefined && this.messages >= count) || (end !== undefined && matches(end, event))
    },
  }
}

/** True when late events of this SSE reply could be mistaken for events of the user's next reply on the same stream, because they carry no ids. */
export function owesEvents({ request }: SubscriptionWait): boolean {
  return request.post !== undefined && request.key === undefined
}
