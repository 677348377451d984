/** A publish that outlives its connection: which one may, and how it is sent once more. */
import type { PacketCallback } from 'mqtt'
import type { Flight } from './flight.ts'
import type { Link } from './link.ts'
import type { Outgoing } from './outgoing.ts'

/** A publish of QoS 1 or 2 that waits for its acknowledgement. */
export interface Unacknowledged extends Flight {
  readonly publish: Outgoing
  messageId: number
}

/** Whether a flight whose connection was lost can go on over another one: it has done so never before. */
export function isResendable(flight: Flight): flight is Unacknowledged {
  return !flight.resumed && flight.awaiting !== undefined && flight.publish !== undefined && flight.messageId !== undefined
}

/** Sends what the broker has not confirmed: the publish with DUP and its old packet id, or after its PUBREC the PUBREL alone. */
export function sendAgain(link: Link, flight: Unacknowledged, done: PacketCallback): void {
  const { exchange, messageId, publish } = flight
  const written = link.bytesWritten
  exchange.warnings.push(flight.released ? 'pubrel_resent' : 'resent')
  if (flight.released) link.release(messageId, done)
  else {
    link.ids.repeat(messageId)
    link.client.publish(publish.topic, publish.payload, { ...publish.options, dup: true }, done)
  }
  exchange.bytesSent += link.bytesWritten - written
}
