/** An MQTT message on its way from a publisher to the subscribers. */
import type { IConnectPacket, IPublishPacket, QoS } from 'mqtt-packet'

type PublishProperties = NonNullable<IPublishPacket['properties']>

/** Properties that are forwarded to subscribers unchanged. */
const FORWARDED = ['payloadFormatIndicator', 'contentType', 'responseTopic', 'correlationData', 'userProperties'] as const

/** A published MQTT message, as the mock's broker stores it. */
export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: QoS
  readonly retain: boolean
  readonly properties: Pick<PublishProperties, (typeof FORWARDED)[number]>
  /** When the message expires, in ms of the monotonic clock; undefined for never. */
  readonly expiresAt: number | undefined
}

/** The header fields with which a message is sent to one client, such as its QoS. */
interface Form {
  readonly qos: QoS
  readonly retain: boolean
  readonly dup: boolean
  readonly messageId: number | undefined
}

/**
 * Returns the message in a PUBLISH packet that an MQTT client sends to the mock's broker, or the client's will in a CONNECT packet. `nowMs`, the time
 * on the monotonic clock in ms, is the start of the message's lifetime, if it has one.
 */
export function messageOf(packet: IPublishPacket | NonNullable<IConnectPacket['will']>, nowMs: number): Message {
  const { topic, payload, qos = 0, retain = false, properties = {} } = packet
  const { messageExpiryInterval } = properties
  return {
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    properties: forwarded(properties),
    expiresAt: messageExpiryInterval === undefined ? undefined : nowMs + messageExpiryInterval * 1000,
  }
}

/**
 * Returns the PUBLISH packet with which the mock's broker delivers a message to a subscriber; undefined when the message has expired at `nowMs`.
 * `form` holds the header fields for this subscriber, such as the QoS.
 */
export function publishOf(message: Message, form: Form, nowMs: number): IPublishPacket | undefined {
  const { topic, payload, properties, expiresAt } = message
  const leftMs = expiresAt === undefined ? undefined : expiresAt - nowMs
  if (leftMs !== undefined && leftMs <= 0) return undefined
  const expiry = leftMs === undefined ? {} : { messageExpiryInterval: Math.ceil(leftMs / 1000) }
  const { messageId, ...rest } = form
  const id = messageId === undefined ? {} : { messageId }
  return { cmd: 'publish', topic, payload, properties: { ...properties, ...expiry }, ...rest, ...id }
}

function forwarded(properties: PublishProperties): Message['properties'] {
  return Object.fromEntries(FORWARDED.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]))
}
