import type { Exchange, Failure } from '../../../exchange.ts'
import type { HttpRequest } from '../transport.ts'

/**
 * Why a server did not process an HTTP/2 request, which can then be sent again (RFC 9113, sections 6.8 and 8.7). `goaway`: the server ended the
 * connection before it came to the request's stream; `refused`: it reset the stream with REFUSED_STREAM.
 */
export type CallRefusal = 'goaway' | 'refused'

/**
 * One HTTP/2 request, its exchange, and the connection on which it is sent or for which it waits. It may move to another connection when a server
 * refuses it.
 */
export interface Http2Call {
  readonly request: HttpRequest
  readonly exchange: Exchange
  /** Number of times that the request was given back and moved to another connection. */
  moves: number
  /** Connections on which the server refused this request. */
  readonly refusedBy: Set<object>
  /** True when the request may only be sent over a connection that has carried no other request. */
  fresh: boolean
  /** The connection that the request waits for or uses. */
  carrier: { drop(call: Http2Call): void; sever(how: 'reset' | 'close'): void } | undefined
  /** Called when the request is over: it has no stream and waits for none. May be called more than once. */
  over(): void
}

/**
 * Ends an HTTP/2 request with a failure: tells the owner of the request that the request is over, and records the failure on its exchange, unless the
 * exchange already has an outcome.
 */
export function failCall(call: Http2Call, failure: Failure): void {
  call.over()
  call.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
}
