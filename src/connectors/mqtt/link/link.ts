import type { IClientOptions, MqttClient } from 'mqtt'
import { LONGEST_TIMER_MS, now } from '../../../clock.ts'
import type { ConnectTimes, Failure, WireCauses } from '../../../exchange.ts'
import { endSocket, resetSocket, wireFaultsOf } from '../../wire/dial.ts'
import { classify, isSocketError } from '../../wire/failures.ts'
import { Dialogue, type Opening } from '../wire/dialogue.ts'
import { Malformed } from '../wire/fields.ts'
import { gate } from '../wire/gate.ts'
import type { Received } from '../wire/packet.ts'
import { type MessageProperties, messageProperties } from '../wire/properties.ts'
import { refusal } from '../wire/reasons.ts'
import { Limits } from './limits.ts'
import { PacketIds } from './packet-ids.ts'
import { PacketWriter } from './packet-writer.ts'
import type { Transport } from './transport.ts'

/** An acknowledgement puts off the next ping at most once per this many ms, because each time sets a timer. */
const PING_MS = 100

/** Longest time in ms for a DISCONNECT before the socket is closed anyway. */
const GOODBYE_MS = 500

/** The answer of an MQTT broker to a packet of burn: its reason codes and its reason text. */
export interface Answer {
  /** Reason codes, one for each topic of the request; empty where MQTT 3.1.1 has none. */
  readonly codes: readonly number[]
  /** The broker's reason text; undefined when it sent none. */
  readonly said: string | undefined
}

/** The callbacks of an MQTT connection: for messages, acknowledgements, and its end. */
export interface MqttLinkOwner {
  message(topic: string, payload: Buffer, properties: MessageProperties): void
  /** Called when the handshake of a publish is over: PUBACK, PUBCOMP, or a PUBREC that refuses it. */
  acknowledged(messageId: number, answer: Answer): void
  /** Called when PUBREC came for a publish of QoS 2 and did not refuse it. */
  released(messageId: number): void
  /** Called exactly once, when the connection has ended; `failure` is undefined when burn closed it. */
  ended(failure: Failure | undefined): void
}

interface LinkOptions {
  readonly opening: Opening
  /** The last packet id on the user's earlier connection; 0 when there was none. */
  readonly lastId: number
  /** Returns true when the data of CONNACK proves who the broker is, for enhanced authentication. */
  readonly isProved?: ((said: Buffer) => boolean) | undefined
}

/** One MQTT connection. It uses the `mqtt` library on a byte stream that burn has opened, without that library's queues, stores and reconnects. */
export class MqttLink {
  readonly client: MqttClient
  readonly ids: PacketIds
  readonly limits = new Limits()
  /** Why the link ended; undefined while it is open and after burn closed it. */
  failure: Failure | undefined
  over = false
  /** True when the broker had kept the session of an earlier connection. */
  sessionPresent = false
  /** How long the stages of connecting took; complete when CONNACK has come. */
  times: ConnectTimes
  private readonly transport: Transport
  private readonly dialogue: Dialogue
  private readonly writes: PacketWriter
  private readonly isProved: LinkOptions['isProved']
  private owner: MqttLinkOwner | undefined
  /** Messages that came before the connection had an owner, such as retained messages right after SUBACK. */
  private readonly early: Parameters<MqttLinkOwner['message']>[] = []
  /** The callbacks that wait for a SUBACK or UNSUBACK, by packet id. */
  private readonly questions = new Map<number, (answer: Answer | undefined) => void>()
  private ours = false
  /** When an acknowledgement last put off the next ping, in monotonic ms. */
  private pingPutOffAt = 0
  private readonly isUsed = (id: number) => this.ids.gave(id)
  private readonly goneBy = Promise.withResolvers<void>()

  constructor(
    transport: Transport,
    create: (stream: () => Transport['stream'], messageIdProvider: PacketIds) => MqttClient,
    { opening, lastId, isProved }: LinkOptions,
  ) {
    this.transport = transport
    this.times = transport.times
    this.ids = new PacketIds(lastId)
    this.dialogue = new Dialogue(opening)
    this.isProved = isProved
    this.writes = new PacketWriter(transport.stream)
    const { socket, stream } = transport
    socket.on('error', (error) => this.noteFailure(classify(error, 'stream')))
    stream.on('error', (error) => {
      if (isSocketError(error)) this.noteFailure(classify(error, 'stream'))
      else if (error instanceof Malformed) this.noteFailure({ class: 'bad_mqtt', phase: 'stream', message: error.message })
    })
    gate(stream, opening.version, {
      delivered: () => this.dialogue.delivered(),
      check: (packet) => this.check(packet),
      broken: (problem) => this.fail({ class: 'bad_mqtt', phase: 'stream', message: problem }),
      isOver: () => this.over,
    })
    // The constructor writes CONNECT before a listener can be added; that does no harm, because CONNECT has no packet id.
    this.client = create(() => stream, this.ids)
    this.client.on('packetsend', (packet) => this.dialogue.sent(packet))
    this.client.on('error', (error) => this.complain(error))
    this.client.on('message', (topic, payload, { properties = {} }) => this.deliver(topic, payload, properties))
    this.client.on('close', () => this.finish())
  }

  /** Kinds of the injected faults that have acted on the socket; undefined without a relay. */
  get wireFaults(): WireCauses | undefined {
    return wireFaultsOf(this.transport.socket)
  }

  /** Number of bytes written so far. */
  get bytesWritten(): number {
    return this.writes.bytes
  }

  /** Number of publishes of QoS 1 and 2 that the broker has not acknowledged, abandoned ones included. */
  get unacknowledged(): number {
    return this.dialogue.unacknowledged
  }

  /** Sets the owner for good, and passes on the messages that have come already. */
  adopt(owner: MqttLinkOwner): void {
    this.owner = owner
    for (const message of this.early.splice(0)) owner.message(...message)
    if (this.over) owner.ended(this.failure)
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get gone(): Promise<void> {
    return this.goneBy.promise
  }

  /** Calls `send`, which sends a SUBSCRIBE or UNSUBSCRIBE, and later `answered` with the broker's answer; undefined when the connection ends before. */
  ask(send: (client: MqttClient) => void, answered: (answer: Answer | undefined) => void): void {
    const before = this.ids.getLastAllocated()
    send(this.client)
    const id = this.ids.getLastAllocated()
    if (id === before) void this.gone.then(() => answered(undefined))
    else this.questions.set(id, answered)
  }

  /** Ends the connection; `close` sends a DISCONNECT first. No socket or timer is left when `gone` resolves. */
  end(how: 'close' | 'drop' | 'reset'): void {
    if (this.over || this.ours) return
    this.ours = true
    const timer = setTimeout(() => this.destroy(), GOODBYE_MS)
    void this.gone.then(() => clearTimeout(timer))
    if (how === 'close') this.sayGoodbye()
    else {
      resetSocket(this.transport.socket)
      this.transport.stream.destroy()
    }
  }

  /** Ends the connection for an injected fault, as the network or the broker would; reports the loss at once, so that no publish follows. */
  sever(how: 'reset' | 'close'): void {
    endSocket(this.transport.socket, how)
    this.fail({ class: how === 'reset' ? 'reset' : 'closed_early', phase: 'stream', message: 'the connection was dropped' })
  }

  /** Stops waiting for the acknowledgement of a publish; a late one is ignored. */
  forget(messageId: number): void {
    if (this.over) return
    this.dialogue.abandon(messageId)
    this.client.removeOutgoingMessage(messageId)
  }

  /** Sends PUBREL for a publish whose PUBREC has come, perhaps over an earlier connection; PUBCOMP acknowledges it. */
  release(messageId: number): void {
    this.dialogue.sent({ cmd: 'pubrel', messageId })
    // The library has no method that sends a PUBREL.
    this.writes.soon(shortPacket(PUBREL, messageId))
  }

  /** Ends the connection at once: destroys its byte stream. */
  destroy(): void {
    this.client.end(true)
    this.transport.stream.destroy()
  }

  /** Checks and handles a packet of the broker; returns true when the `mqtt` library has to process it too. */
  private check(packet: Received): boolean {
    const kind = this.dialogue.received(packet, this.isUsed)
    if (packet.name === 'PUBLISH') return this.published(packet)
    const [code = 0] = packet.codes
    const said = packet.properties.get('reasonString')
    const answer = { codes: packet.codes, said: typeof said === 'string' ? said : undefined }
    switch (packet.name) {
      case 'CONNACK':
        return this.connack(packet, code, answer.said)
      case 'DISCONNECT':
        this.fail(code === 0 ? { ...LEFT } : refusal(code, 'stream', answer.said))
        return false
      case 'SUBACK':
      case 'UNSUBACK':
        if (kind === 'mine') this.questions.get(packet.id)?.(answer)
        this.questions.delete(packet.id)
        return !packet.codes.some((each) => each >= 0x80)
      case 'PUBREC':
        if (code >= 0x80) break
        if (kind === 'mine') this.owner?.released(packet.id)
        this.release(packet.id)
        return false
      case 'PUBACK':
      case 'PUBCOMP':
        break
      default:
        return true
    }
    if (kind === 'mine') this.owner?.acknowledged(packet.id, answer)
    // The library would parse the packet once more only to forget the publish.
    this.client.removeOutgoingMessage(packet.id)
    this.putOffPing()
    return false
  }

  /** Handles a message; returns true if the `mqtt` library needs it too: for the QoS 2 handshake, or to reject an unknown topic alias. */
  private published({ id, qos, topic, payload, properties }: Received): boolean {
    if (qos === 2 || properties.has('topicAlias')) return true
    this.deliver(topic, payload, messageProperties(properties))
    if (qos === 1 && !this.over) this.writes.soon(shortPacket(PUBACK, id))
    return false
  }

  private deliver(...message: Parameters<MqttLinkOwner['message']>): void {
    if (this.owner) this.owner.message(...message)
    else this.early.push(message)
  }

  private connack({ properties, sessionPresent }: Received, code: number, said: string | undefined): boolean {
    const data = properties.get('authenticationData')
    const { connectedAt, times } = this.transport
    this.times = { ...times, handshakeMs: now() - connectedAt }
    this.sessionPresent = sessionPresent
    if (code > 0) this.fail(refusal(code, 'connect', said))
    else if (this.isProved?.(Buffer.isBuffer(data) ? data : Buffer.alloc(0)) === false) this.fail({ ...UNPROVED })
    else this.limits.read(properties)
    return !this.over
  }

  /** Ends the connection at once, with this failure as the reason. */
  fail(failure: Failure): void {
    this.noteFailure(failure)
    this.finish()
    this.destroy()
  }

  private putOffPing(): void {
    const at = now()
    if (at < this.pingPutOffAt + PING_MS) return
    this.pingPutOffAt = at
    this.client.reschedulePing()
  }

  /** Sends DISCONNECT without waiting for acknowledgements, because no reply is needed any more. */
  private sayGoodbye(): void {
    for (const id of Object.keys(this.client.outgoing)) this.client.removeOutgoingMessage(Number(id))
    if (this.client.connected) this.client.end(false)
    else this.destroy()
  }

  private complain(error: Error): void {
    const code: unknown = 'code' in error ? error.code : undefined
    if (typeof code === 'string') return // a socket error, which the socket reports itself
    if (error.message === 'Keepalive timeout') this.noteFailure({ ...SILENT })
    else this.noteFailure({ class: 'bad_mqtt', phase: 'stream', message: error.message })
    this.transport.stream.destroy()
  }

  private noteFailure(failure: Failure): void {
    if (!this.ours) this.failure ??= failure
  }

  private finish(): void {
    if (this.over) return
    this.over = true
    if (!this.ours) this.failure ??= { ...CLOSED }
    this.owner?.ended(this.failure)
    for (const answered of this.questions.values()) answered(undefined)
    this.questions.clear()
    this.goneBy.resolve()
  }
}

/** The first byte of a PUBACK and of a PUBREL packet. burn writes these itself. */
const PUBACK = 0x40
const PUBREL = 0x62

/** Returns an acknowledgement that holds only a packet id, which means success in MQTT 3.1.1 and 5. */
function shortPacket(first: number, id: number): Buffer {
  return Buffer.from([first, 2, id >> 8, id & 0xff])
}

/** Options that keep the `mqtt` library from reconnecting, queueing and resending on its own: burn does these itself, so that it can measure them. */
export const NO_HIDDEN_WORK = {
  reconnectPeriod: 0,
  queueQoSZero: false,
  resubscribe: false,
  // burn's own deadline of the attempt applies instead
  connectTimeout: LONGEST_TIMER_MS,
  timerVariant: 'native',
  // the default logger formats whole packets for each call
  log: () => {},
} satisfies IClientOptions

const CLOSED: Failure = { class: 'closed_early', phase: 'stream', message: 'the broker closed the connection' }
const LEFT: Failure = { class: 'closed_early', phase: 'stream', message: 'the broker ended the session (DISCONNECT)' }
const SILENT: Failure = { class: 'mqtt_keep_alive_timeout', phase: 'stream', message: 'the broker answered no ping' }
const UNPROVED: Failure = {
  class: 'bad_mqtt',
  phase: 'connect',
  message: 'the broker did not prove that it knows the password (SCRAM)',
}
