import type { MqttLink } from '../link/link.ts'
import type { MqttOptions } from '../options/options.ts'
import type { Flight } from './flight.ts'
import { note } from './oddities.ts'

/** True when an MQTT exchange whose connection was lost can go on over another one, at most `resend` times. */
export function isResendable({ unacknowledged, resent }: Flight, { resend }: Pick<MqttOptions, 'resend'>): boolean {
  return unacknowledged.size > 0 && resent < Number(resend)
}

/** Sends unconfirmed publishes again: each with DUP and its old packet id, or after its PUBREC only the PUBREL. */
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
