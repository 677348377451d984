/** One MQTT session on the wire: the client library tied to our own stream, with its queues, stores and reconnects out of play. */
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt'
import { now } from '../../../clock.ts'
import type { Failure } from '../../../exchange.ts'
import { resetSocket } from '../../wire/dial.ts'
import { classify, isSocketError } from '../../wire/failures.ts'
import { Dialogue, type Opening } from '../wire/dialogue.ts'
import { Malformed } from '../wire/fields.ts'
import { gate } from '../wire/gate.ts'
import type { Received } from '../wire/packet.ts'
import { refusal } from '../wire/reasons.ts'
import { Limits } from './limits.ts'
import { PacketIds } from './packet-ids.ts'
import type { Transport } from './transport.ts'

/** How long a goodbye may take before the socket is closed regardless, in ms. */
const GOODBYE_MS = 500

/** What the broker answered. */
export interface Answer {
  /** One for each topic that was asked for; empty where 3.1.1 has none. */
  readonly codes: readonly number[]
  /** The broker's own words. */
  readonly said: string | undefined
}

/** What a link tells its owner. */
export interface LinkOwner {
  message(topic: string, payload: Buffer, packet: IPublishPacket): void
  /** The handshake of a publish is over: PUBACK, PUBCOMP, or a PUBREC that refuses. */
  acknowledged(messageId: number, answer: Answer): void
  /** PUBREC came for a publish of QoS 2, and was no refusal. */
  released(messageId: number): void
  /** The link is over, exactly once; `failure` is undefined for our own close. */
  ended(failure: Failure | undefined): void
}

interface LinkOptions {
  readonly opening: Opening
  /** The last packet id of the session so far. */
  readonly lastId: number
  /** Whether the broker has shown with CONNACK who it is; for enhanced authentication. */
  readonly isProved?: ((said: Buffer) => boolean) | undefined
}

export class MqttLink {
  readonly client: MqttClient
  readonly ids: PacketIds
  readonly limits = new Limits()
  /** Bytes handed to the stream so far. */
  bytesWritten = 0
  /** Why it ended; undefined while it lives and after our own close. */
  failure: Failure | undefined
  over = false
  /** When CONNACK came; NaN before. */
  acceptedAt = Number.NaN
  private readonly transport: Transport
  private readonly dialogue: Dialogue
  private readonly isProved: LinkOptions['isProved']
  private owner: LinkOwner | undefined
  /** Messages that came before there was an owner: retained ones follow the SUBACK at once. */
  private readonly early: Parameters<LinkOwner['message']>[] = []
  /** Who waits for the SUBACK or UNSUBACK of a packet id. */
  private readonly questions = new Map<number, (answer: Answer) => void>()
  private ours = false
  private readonly whenOver: (() => void)[] = []

  constructor(
    transport: Transport,
    create: (stream: () => Transport['stream'], messageIdProvider: PacketIds) => MqttClient,
    { opening, lastId, isProved }: LinkOptions,
  ) {
    this.transport = transport
    this.ids = new PacketIds(lastId)
    this.dialogue = new Dialogue(opening)
    this.isProved = isProved
    this.countWrites()
    const { socket, stream } = transport
    socket.on('error', (error) => this.blame(classify(error, 'stream')))
    stream.on('error', (error) => {
      if (isSocketError(error)) this.blame(classify(error, 'stream'))
      else if (error instanceof Malformed) this.blame({ class: 'bad_mqtt', phase: 'stream', message: error.message })
    })
    gate(stream, opening.version, {
      delivered: () => this.dialogue.delivered(),
      judge: (packet) => this.judge(packet),
      broken: (problem) => this.fail({ class: 'bad_mqtt', phase: 'stream', message: problem }),
      isOver: () => this.over,
    })
    // CONNECT is written by the constructor, before anybody can listen; no answer to it bears its id.
    this.client = create(() => stream, this.ids)
    this.client.on('packetsend', (packet) => this.dialogue.sent(packet))
    this.client.on('error', (error) => this.complain(error))
    this.client.on('message', (...message) => {
      if (this.owner) this.owner.message(...message)
      else this.early.push(message)
    })
    this.client.on('close', () => this.end())
  }

  /** Publishes of QoS 1 and 2 that the broker has not acknowledged, those that nobody waits for included. */
  get unacknowledged(): number {
    return this.dialogue.unacknowledged
  }

  /** Hands it to its owner for good, with what has come already. */
  adopt(owner: LinkOwner): void {
    this.owner = owner
    for (const message of this.early.splice(0)) owner.message(...message)
    if (this.over) owner.ended(this.failure)
  }

  /** Calls back when it is over, whoever ended it. */
  onOver(tell: () => void): void {
    this.whenOver.push(tell)
  }

  /** Sends a packet that is answered by SUBACK or UNSUBACK, and tells the answer, which may never come. */
  ask(send: (client: MqttClient) => void, answered: (answer: Answer) => void): void {
    const before = this.ids.getLastAllocated()
    send(this.client)
    const id = this.ids.getLastAllocated()
    if (id !== before) this.questions.set(id, answered)
  }

  /** Ends it: with a DISCONNECT and an orderly close, or by a reset of the socket. Resolves when no handle is left. */
  close(abrupt = false): Promise<void> {
    if (this.over) return Promise.resolve()
    this.ours = true
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.destroy(), GOODBYE_MS)
      this.whenOver.push(() => {
        clearTimeout(timer)
        resolve()
      })
      if (abrupt) this.reset()
      else this.sayGoodbye()
    })
  }

  /** Nobody waits any more for the acknowledgement of a publish: a late one finds nothing. */
  forget(messageId: number): void {
    if (this.over) return
    this.dialogue.abandon(messageId)
    this.client.removeOutgoingMessage(messageId)
  }

  /** Sends PUBREL for a publish whose PUBREC came over an earlier connection; PUBCOMP is its acknowledgement. */
  release(messageId: number): void {
    this.dialogue.sent({ cmd: 'pubrel', messageId })
    // The library has no call for it, and the packet is four bytes.
    this.transport.stream.write(Buffer.from([0x62, 2, messageId >> 8, messageId & 0xff]))
  }

  /** Cuts the stream at once. */
  destroy(): void {
    this.client.end(true)
    this.transport.stream.destroy()
  }

  /** What a packet of the broker means, told to whom it concerns; true when the library shall have it as well. */
  private judge(packet: Received): boolean {
    const kind = this.dialogue.received(packet, (id) => this.ids.gave(id))
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
        if (code < 0x80) return this.pubrec(packet.id, kind)
        break
      case 'PUBACK':
      case 'PUBCOMP':
        break
      default:
        return true
    }
    if (kind === 'mine') this.owner?.acknowledged(packet.id, answer)
    if (code >= 0x80) this.client.removeOutgoingMessage(packet.id)
    return kind === 'mine' && code < 0x80
  }

  private connack({ properties }: Received, code: number, said: string | undefined): boolean {
    const data = properties.get('authenticationData')
    this.acceptedAt = now()
    if (code > 0) this.fail(refusal(code, 'connect', said))
    else if (this.isProved?.(Buffer.isBuffer(data) ? data : Buffer.alloc(0)) === false) this.fail({ ...UNPROVED })
    else this.limits.read(properties)
    return !this.over
  }

  /** The library sends PUBREL, unless it no longer knows of the publish. */
  private pubrec(id: number, kind: 'mine' | 'late' | 'none'): boolean {
    if (kind === 'mine') this.owner?.released(id)
    else this.release(id)
    return kind === 'mine'
  }

  /** Ends it at once for what went wrong. */
  fail(failure: Failure): void {
    this.blame(failure)
    this.end()
    this.destroy()
  }

  /** Nothing more shall come, so no acknowledgement is waited for before the goodbye. */
  private sayGoodbye(): void {
    for (const id of Object.keys(this.client.outgoing)) this.client.removeOutgoingMessage(Number(id))
    if (this.client.connected) this.client.end(false)
    else this.destroy()
  }

  private reset(): void {
    resetSocket(this.transport.socket)
    this.transport.stream.destroy()
  }

  private complain(error: Error): void {
    const code: unknown = 'code' in error ? error.code : undefined
    if (typeof code === 'string') return // a socket error: told by the socket itself
    if (error.message === 'Keepalive timeout') this.blame({ ...SILENT })
    else this.blame({ class: 'bad_mqtt', phase: 'stream', message: error.message })
    this.transport.stream.destroy()
  }

  private blame(failure: Failure): void {
    if (!this.ours) this.failure ??= failure
  }

  private end(): void {
    if (this.over) return
    this.over = true
    if (!this.ours) this.failure ??= { ...CLOSED }
    this.owner?.ended(this.failure)
    for (const tell of this.whenOver.splice(0)) tell()
  }

  /** The library writes a packet in several pieces and counts none of them. */
  private countWrites(): void {
    const { stream } = this.transport
    // `write` has three forms; what comes after the chunk is handed on as it came
    const write = stream.write.bind(stream) as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      this.bytesWritten += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
      return write(chunk, ...rest)
    }
  }
}

/** Options that leave one connection, one attempt and one wire packet for each publish. */
export const NO_HIDDEN_WORK = {
  reconnectPeriod: 0,
  queueQoSZero: false,
  resubscribe: false,
  // the deadline of the attempt is the one that counts
  connectTimeout: 2 ** 31 - 1,
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
