import mqttPacket, {
  type IConnectPacket,
  type IDisconnectPacket,
  type IPubackPacket,
  type IPubcompPacket,
  type IPublishPacket,
  type IPubrecPacket,
  type IPubrelPacket,
  type ISubscribePacket,
  type IUnsubscribePacket,
  type Packet,
} from 'mqtt-packet'
import { monotonicMs } from '../persona/pace.ts'
import { type Admission, admissionOf, expiryMs, MAX_PACKET, refusalOf, UNKNOWN_VERSION } from './admission.ts'
import type { Broker } from './broker.ts'
import { REASON, SUBACK_FAILURE } from './codes.ts'
import { isFilter, isTopic } from './filters.ts'
import { messageOf } from './message.ts'
import type { MqttSession, Peer } from './session.ts'
import type { MockWire } from './wire.ts'

/** A client is disconnected when it is silent for longer than this multiple of its keep-alive. @see MQTT 5.0, section 3.1.2.10 */
const PATIENCE = 1.5

/** Reason codes with this value or a higher one report a failure. */
const FAILURE = 0x80

type Confirmation = IPubackPacket | IPubrecPacket | IPubrelPacket | IPubcompPacket

/** One connection of a client to the mock's MQTT broker, over TCP or WebSocket. */
export class MockMqttConnection implements Peer {
  private readonly wire: MockWire
  private readonly broker: Broker
  private readonly parser = mqttPacket.parser()
  private admission: Admission | undefined
  private session: MqttSession | undefined
  private silence: NodeJS.Timeout | undefined
  private over = false

  constructor(wire: MockWire, broker: Broker) {
    this.wire = wire
    this.broker = broker
    this.parser.on('packet', (packet) => this.onPacket(packet))
    this.parser.on('error', (error: Error) => this.garbled(error))
    wire.listen({ data: (bytes) => void this.parser.parse(bytes), closed: () => this.closed() })
  }

  get receiveMaximum(): number {
    return this.admission?.receiveMaximum ?? 0
  }

  get backlog(): number {
    return this.wire.backlog
  }

  send(packet: Packet): boolean {
    if (this.over) return false
    const bytes = mqttPacket.generate(packet, { protocolVersion: this.admission?.version ?? 4 })
    if (bytes.length > (this.admission?.maximumPacketSize ?? MAX_PACKET)) return false
    this.wire.write(bytes)
    return true
  }

  /** Ends the connection; a client of MQTT 5 is sent the reason first. */
  leave(reasonCode: number): void {
    if (this.over) return
    if (this.admission?.version === 5) this.send({ cmd: 'disconnect', reasonCode })
    this.closed()
    this.wire.end()
  }

  reset(): void {
    this.wire.reset()
  }

  private closed(): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.silence)
    if (this.session) this.broker.left(this.session)
  }

  private garbled(error: Error): void {
    if (this.over) return
    if (!this.admission && error.message === 'Invalid protocol version') this.send(UNKNOWN_VERSION)
    this.leave(REASON.malformedPacket)
  }

  private onPacket(packet: Packet): void {
    if (this.over) return
    this.silence?.refresh()
    const { session } = this
    if ((packet.length ?? 0) > MAX_PACKET) this.leave(REASON.packetTooLarge)
    else if (session) this.obey(packet, session)
    else if (packet.cmd === 'connect') this.connect(packet)
    else this.leave(REASON.protocolError)
  }

  private connect(packet: IConnectPacket): void {
    const admission = admissionOf(packet, monotonicMs())
    this.admission = admission
    const refusal = refusalOf(packet)
    if (refusal) {
      if (admission.version === 5 || refusal.returnCode !== 0) this.send(refusal)
      this.over = true
      this.wire.end()
      return
    }
    const { session, present } = this.broker.open(admission.clientId, admission.clean)
    session.expiryMs = admission.expiryMs
    session.will = admission.will
    this.session = session
    this.watch(admission.keepAliveMs)
    this.send({ cmd: 'connack', sessionPresent: present, returnCode: 0, reasonCode: REASON.ok, properties: admission.granted })
    session.resume(this)
  }

  private watch(keepAliveMs: number): void {
    if (keepAliveMs > 0) this.silence = setTimeout(() => this.leave(REASON.keepAliveTimeout), keepAliveMs * PATIENCE)
  }

  private obey(packet: Packet, session: MqttSession): void {
    switch (packet.cmd) {
      case 'publish':
        this.published(packet, session)
        break
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp':
        this.confirmed(packet, session)
        break
      case 'subscribe':
        this.subscribe(packet, session)
        break
      case 'unsubscribe':
        this.unsubscribe(packet, session)
        break
      case 'pingreq':
        this.send({ cmd: 'pingresp' })
        break
      case 'disconnect':
        this.goodbye(packet, session)
        break
      default:
        // a second CONNECT, an AUTH, or a packet that only brokers may send
        this.leave(REASON.protocolError)
    }
  }

  private confirmed({ cmd, messageId = 0, reasonCode = 0 }: Confirmation, session: MqttSession): void {
    if (cmd === 'pubrel') {
      const known = session.received.delete(messageId)
      this.send({ cmd: 'pubcomp', messageId, reasonCode: known ? REASON.ok : REASON.packetIdNotFound })
    } else if (cmd === 'pubrec' && reasonCode < FAILURE) {
      this.send({ cmd: 'pubrel', messageId, reasonCode: session.released(messageId) })
    } else session.acknowledged(messageId)
  }

  private published(packet: IPublishPacket, session: MqttSession): void {
    const error = protocolError(packet)
    if (error !== undefined) {
      this.leave(error)
      return
    }
    const { qos, dup, messageId = 0 } = packet
    const known = qos === 2 && session.received.has(messageId)
    const reasonCode = known ? REASON.ok : this.broker.arrive(messageOf(packet, monotonicMs()), session, dup)
    if (qos === 2) session.received.add(messageId)
    if (qos === 1) this.send({ cmd: 'puback', messageId, reasonCode })
    else if (qos === 2) this.send({ cmd: 'pubrec', messageId, reasonCode })
  }

  private subscribe({ subscriptions, properties, messageId = 0 }: ISubscribePacket, session: MqttSession): void {
    const newer = this.admission?.version === 5
    const shared = newer && subscriptions.some(({ topic }) => topic.startsWith('$share/'))
    if (shared || properties?.subscriptionIdentifier !== undefined) {
      this.leave(shared ? REASON.sharedSubscriptionsNotSupported : REASON.subscriptionIdsNotSupported)
      return
    }
    const refused = newer ? REASON.topicFilterInvalid : SUBACK_FAILURE
    const granted = subscriptions.map(({ topic, qos }) => (isFilter(topic) ? qos : refused))
    this.send({ cmd: 'suback', messageId, granted })
    for (const each of subscriptions) if (isFilter(each.topic)) this.broker.subscribe(session, each)
  }

  private unsubscribe({ unsubscriptions, messageId = 0 }: IUnsubscribePacket, session: MqttSession): void {
    const gone = unsubscriptions.map((filter) => this.broker.unsubscribe(session, filter))
    this.send({ cmd: 'unsuback', messageId, granted: gone.map((was) => (was ? REASON.ok : REASON.noSubscriptionExisted)) })
  }

  private goodbye({ reasonCode, properties }: IDisconnectPacket, session: MqttSession): void {
    const seconds = properties?.sessionExpiryInterval
    // the expiry of a session that ends with its connection must not be raised
    if (seconds && session.expiryMs === 0) {
      this.leave(REASON.protocolError)
      return
    }
    if (seconds !== undefined) session.expiryMs = expiryMs(seconds)
    if (reasonCode !== REASON.withWill) session.will = undefined
    this.closed()
    this.wire.end()
  }
}

/** Returns the reason code for disconnecting a client because of an invalid PUBLISH; undefined for a valid one. */
function protocolError({ topic, properties = {} }: IPublishPacket): number | undefined {
  if (properties.topicAlias !== undefined) return REASON.topicAliasInvalid
  if (!isTopic(topic)) return REASON.topicNameInvalid
  if (properties.subscriptionIdentifier !== undefined) return REASON.protocolError
  if (properties.responseTopic !== undefined && !isTopic(properties.responseTopic)) return REASON.protocolError
  return undefined
}
