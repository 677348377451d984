import type { Failure } from '../../../exchange.ts'
import type { Answer, MqttLink } from '../link/link.ts'
import type { MqttOptions } from '../options/options.ts'
import { refusal } from '../wire/reasons.ts'
import type { Flight } from './flight.ts'
import type { Outgoing } from './outgoing.ts'

export { PublishCopies } from './copies.ts'

/** The callbacks that report how the publishing of an MQTT message ended: delivered or failed. */
export interface FlightEvents {
  /** Called when all copies of a publish are acknowledged; with QoS 0, which has no acknowledgement, when all are written. */
  delivered(flight: Flight): void
  reject(flight: Flight, failure: Failure): void
}

/**
 * Publishes the copies of an MQTT message that were not sent yet; there are several when the step's option `copies` asks for them. It stops at the
 * number of unacknowledged messages that the broker accepts (receive maximum), and is called again after an acknowledgement. The message fails when
 * that number is reached and none of its own copies awaits an acknowledgement.
 */
export function publishMore(link: MqttLink, flight: Flight, events: FlightEvents): void {
  const { publish, unacknowledged } = flight
  if (!publish || flight.unsent === 0) return
  const { receiveMaximum, topicAliases } = link.limits
  if (publish.aliased && topicAliases === 0) flight.exchange.warnOnce('no_topic_alias')
  const bounded = (publish.options.qos ?? 0) > 0
  while (flight.unsent > 0 && !(bounded && link.unacknowledged >= receiveMaximum)) {
    flight.unsent -= 1
    if (bounded) publishOne(link, flight, publish)
    else publishUnacknowledged(link, flight, publish, events)
  }
  if (flight.unsent === 0 || unacknowledged.size > 0) return
  const message = `the broker accepts ${receiveMaximum} unacknowledged publishes (receive maximum), and as many wait for its acknowledgement`
  events.reject(flight, { class: 'mqtt_no_ack', phase: 'send', message })
}

function publishOne(link: MqttLink, { exchange, unacknowledged }: Flight, made: Outgoing): void {
  const before = link.bytesWritten
  exchange.sent(0)
  link.client.publish(made.topic, made.payload, made.options)
  unacknowledged.set(link.client.getLastMessageId(), { released: false })
  exchange.wrote(link.bytesWritten - before)
}

function publishUnacknowledged(link: MqttLink, flight: Flight, made: Outgoing, events: FlightEvents): void {
  const { exchange } = flight
  const before = link.bytesWritten
  let counted = false
  const count = () => {
    if (!counted) exchange.wrote(link.bytesWritten - before)
    counted = true
  }
  exchange.sent(0)
  flight.unwritten += 1
  link.client.publish(made.topic, made.payload, made.options, (error) => {
    count() // this callback may come before `publish` returns
    flight.unwritten -= 1
    if (!error && flight.unwritten + flight.unsent === 0) events.delivered(flight)
  })
  count()
}

/** The reason code of an accepted publish that had no subscribers; it is not a failure. */
const NO_SUBSCRIBERS = 0x10

/** Records the broker's reason code for one copy of an MQTT message on its exchange. Returns the failure when the broker refused the message. */
export function noteAcknowledgement(flight: Flight, { codes: [code = 0], said }: Answer): Failure | undefined {
  flight.code = Math.max(flight.code, code)
  flight.exchange.statusLast(flight.code)
  if (code >= 0x80) return refusal(code, 'headers', said)
  if (code === NO_SUBSCRIBERS) flight.exchange.warnOnce('no_matching_subscribers')
  return undefined
}

/**
 * True when an MQTT message may be published again after a lost connection: the broker has not acknowledged it, and the option `resend` allows one
 * more try.
 */
export function isResendable({ unacknowledged, resent }: Flight, { resend }: Pick<MqttOptions, 'resend'>): boolean {
  return unacknowledged.size > 0 && resent < Number(resend)
}

/**
 * Sends unacknowledged MQTT messages again over a new connection: each as a PUBLISH with the flag DUP and its old packet id or, if the broker had
 * already sent a PUBREC, as a PUBREL only.
 */
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
