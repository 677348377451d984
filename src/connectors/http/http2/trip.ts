/** One request over HTTP/2, on its way over one connection or more. */
import type { Exchange, Failure } from '../../../exchange.ts'
import type { HttpRequest } from '../transport.ts'

/**
 * Why a server gave a request back. `goaway`: its stream is above the last one that the server takes; `refused`: its stream was reset
 * with REFUSED_STREAM. Either way the server has done nothing with it (RFC 9113, sections 6.8 and 8.7).
 */
export type TripRefusal = 'goaway' | 'refused'

/** A request and where it is. */
export interface Trip {
  readonly request: HttpRequest
  readonly exchange: Exchange
  /** How often it was given back and moved to another connection. */
  moves: number
  /** Connections whose server refused its stream. */
  readonly refusedBy: Set<object>
  /** It goes only to a connection that has carried nothing yet. */
  fresh: boolean
  /** The connection that it waits for or is on. */
  carrier: { drop(trip: Trip): void } | undefined
  /** Its stream is gone, or it has none. May be called more than once. */
  over(): void
}

/** Fails its exchange, unless that is settled. */
export function failTrip(trip: Trip, failure: Failure): void {
  trip.over()
  trip.exchange.fail(failure.class, failure.phase, failure.message, failure.code)
}

/** It waits: what a server gave back before was not sent. To be called before its exchange is settled, or recorded. */
export function unsend({ exchange }: Trip): void {
  exchange.sentAt = Number.NaN
  exchange.bytesSent = 0
}
