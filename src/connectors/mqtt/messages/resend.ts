import type { MqttLink } from '../link/link.ts'
import type { MqttOptions } from '../options/options.ts'
import type { Flight } from './flight.ts'

/** True when a publish whose MQTT connection was lost may be sent again: it is unacknowledged, and `resend` is not used up. */
export function isResendable({ unacknowledged, resent }: Flight, { resend }: Pick<MqttOptions, 'resend'>): boolean {
  return unacknowledged.size > 0 && resent < Number(resend)
}

/** Sends unacknowledged publishes again over a new connection: with DUP and the old packet id, or only PUBREL after a PUBREC. */
export function sendAgain(link: MqttLink, { exchange, publish, unacknowledged }: Flight): void {
  if (!publish) return
  const written = link.bytesWritten
  for (const [messageId, { released }] of unacknowledged) {
    exchange.warnOnce(released ? 'pubrel_resent' : 'resent')
    if (released) link.release(messageId)
    else {
      link.ids.repeat(messageId)
      link.client.publish(publish.topic, publish.payload, { ...publish.options, dup: true })
    }
  }
  exchange.wrote(link.bytesWritten - written)
}
