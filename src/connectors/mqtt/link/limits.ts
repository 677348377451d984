import type { IClientPublishOptions } from 'mqtt'
import { filterProblem, isShared } from '../options/topics.ts'
import type { Properties } from '../wire/properties.ts'

/** An MQTT message to publish: its topic, payload and options. It is compared with the limits of the broker before it is sent. */
export interface Publishable {
  readonly topic: string
  readonly payload: Buffer
  readonly options: IClientPublishOptions
  /** True to replace a topic by a number (its alias) from its second use on, if the broker accepts aliases. */
  readonly aliased: boolean
}

/** The largest number of publishes of QoS 1 and 2 without an acknowledgement, where the broker states none. */
const MOST_UNACKNOWLEDGED = 65_535

/**
 * The limits that an MQTT broker states in its CONNACK. burn sends no packet that exceeds them, because the broker would disconnect. @see
 * MQTT 5.0, 3.2.2.3
 */
export class Limits {
  /** The largest number of publishes of QoS 1 and 2 that the broker accepts before it has acknowledged the first of them. */
  receiveMaximum = MOST_UNACKNOWLEDGED
  /** The largest topic alias (a number that replaces a topic) that the broker accepts; 0 when it accepts none. */
  topicAliases = 0
  private maximumQos = 2
  private packetBytes = Number.POSITIVE_INFINITY
  private retains = true
  private wildcards = true
  private shares = true

  /** Reads the limits from the properties of CONNACK. A limit that is not there gets the default of the standard. */
  read(stated: Properties): void {
    const value = (name: string, otherwise: number) => {
      const given = stated.get(name)
      return typeof given === 'number' ? given : otherwise
    }
    this.receiveMaximum = value('receiveMaximum', MOST_UNACKNOWLEDGED)
    this.topicAliases = value('topicAliasMaximum', 0)
    this.maximumQos = value('maximumQoS', 2)
    this.packetBytes = value('maximumPacketSize', Number.POSITIVE_INFINITY)
    this.retains = value('retainAvailable', 1) === 1
    this.wildcards = value('wildcardSubscriptionAvailable', 1) === 1
    this.shares = value('sharedSubscriptionAvailable', 1) === 1
  }

  /** Returns why the broker would not accept a publish; undefined when it would. */
  publishProblem(publish: Publishable): string | undefined {
    const { qos = 0, retain } = publish.options
    if (qos > this.maximumQos) return `the broker takes QoS ${this.maximumQos} at most (maximum QoS), and this is QoS ${qos}`
    if (retain && !this.retains) return 'the broker keeps no messages (retain available: 0), and this asks to be kept'
    return this.sizeProblem(() => publishBytes(publish, this.topicAliases > 0))
  }

  /** Returns why the broker would not accept a subscription to `filter`; undefined when it would. */
  subscribeProblem(filter: string): string | undefined {
    const problem = filterProblem(filter)
    if (problem !== undefined) return `"${filter}" is not a topic filter: ${problem}`
    if (!this.shares && isShared(filter))
      return `the broker takes no shared subscriptions (shared subscription available: 0), such as ${filter}`
    if (!this.wildcards && /[+#]/.test(filter))
      return `the broker takes no wildcards (wildcard subscription available: 0), such as in ${filter}`
    return this.sizeProblem(() => packetBytes(5 + text(filter)))
  }

  private sizeProblem(bytes: () => number): string | undefined {
    if (this.packetBytes === Number.POSITIVE_INFINITY) return undefined
    const size = bytes()
    return size > this.packetBytes
      ? `the broker takes packets of ${this.packetBytes} bytes at most (maximum packet size), and this has ${size}`
      : undefined
  }
}

/** Returns the length in bytes of an MQTT 5 PUBLISH packet that contains the whole topic. `aliases`: the broker accepts topic aliases. */
function publishBytes({ topic, payload, options, aliased }: Publishable, aliases: boolean): number {
  const { contentType, correlationData, messageExpiryInterval, payloadFormatIndicator, responseTopic, userProperties } =
    options.properties ?? {}
  const pairs = Object.entries(userProperties ?? {}).flatMap(([name, values]) => [values].flat().map((value) => [name, value]))
  let properties = aliased && aliases ? 3 : 0
  if (payloadFormatIndicator !== undefined) properties += 2
  if (messageExpiryInterval !== undefined) properties += 5
  if (contentType !== undefined) properties += 1 + text(contentType)
  if (responseTopic !== undefined) properties += 1 + text(responseTopic)
  if (correlationData !== undefined) properties += 3 + correlationData.byteLength
  for (const [name = '', value = ''] of pairs) properties += 1 + text(name) + text(value)
  const id = (options.qos ?? 0) > 0 ? 2 : 0
  return packetBytes(text(topic) + id + varintBytes(properties) + properties + payload.byteLength)
}

function text(value: string): number {
  return 2 + Buffer.byteLength(value)
}

/** Returns the length in bytes of a packet, its fixed header included. `remaining` is the length without that header. */
function packetBytes(remaining: number): number {
  return 1 + varintBytes(remaining) + remaining
}

function varintBytes(value: number): number {
  if (value < 128) return 1
  if (value < 16_384) return 2
  return value < 2_097_152 ? 3 : 4
}
