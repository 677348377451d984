/** Publishes that outlive their connection: which may, and how they are sent once more. */

import type { MqttLink } from '../link/link.ts'
import type { MqttOptions } from '../options/options.ts'
import type { Flight } from './flight.ts'
import { note } from './oddities.ts'

/** Whether a flight whose connection was lost can go on over another one: not more often than `resend` says. */
export function isResendable({ unacknowledged, resent }: Flight, { resend }: Pick<MqttOptions, 'resend'>): boolean {
  return unacknowledged.size > 0 && resent < Number(resend)
}

/** Sends what the broker has not confirmed: each publish with DUP and its old packet id, or after its PUBREC the PUBREL alone. */
export function sendAgain(link: MqttLink, { exchange, publish, unacknowledged }: Flight): void {
  if (!publish) return
  const written = link.bytesWritten
  for (const [messageId, { released }] of unacknowledged) {
    note(exchange.warnings, released ? 'pubrel_resent' : 'resent')
    if (released) link.release(messageId)
    else {
      link.ids.repeat(messageId)
      link.client.publish(publish.topic, publish.payload, { ...publish.options, dup: true })
    }
  }
  exchange.bytesSent += link.bytesWritten - written
}
