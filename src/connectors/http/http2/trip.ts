import type { Exchange, Failure } from '../../../exchange.ts'
import type { HttpRequest } from '../transport.ts'

/**
 * Why a server gave a request back unprocessed (RFC 9113, sections 6.8 and 8.7). `goaway`: the server ended the connection before this
 * request's stream; `refused`: it reset the stream with REFUSED_STREAM.
 */
export type TripRefusal = 'goaway' | 'refused'

/** One request over HTTP/2: its exchange, and the connection on which it is sent or for which it waits. */
export interface Trip {
  readonly request: HttpRequest
  readonly exchange: Exchange
  /** Number of times that the request was given back and moved to another connection. */
  moves: number
  /** Connections on which the server refused this request. */
  readonly refusedBy: Set<object>
  /** True when the request may only be sent over a connection that has carried no other request. */
  fresh: boolean
  /** The connection that the request waits for or uses. */
  carrier: { drop(trip: Trip): void; sever(how: 'reset' | 'close'): void } | undefined
  /** Called when the request is over: it has no stream and waits for none. May be called more than once. */
  over(): void
}

/** Ends a request over HTTP/2 (`trip.over`), and fails its exchange unless that already has an outcome. */
export function failTrip(trip: Trip, failure: Failure): void {
  trip.over()
  trip.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
}
