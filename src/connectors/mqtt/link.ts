/** One MQTT session on the wire: the client library tied to our own stream, with its queues, stores and reconnects out of play. */

import type { IClientOptions, IPublishPacket, MqttClient, PacketCallback } from 'mqtt'
import type { Failure } from '../../exchange.ts'
import { resetSocket } from '../dial.ts'
import { classify, isSocketError } from '../failures.ts'
import { PacketIds } from './packet-ids.ts'
import { classOfReason, describeReason } from './reasons.ts'
import type { Transport } from './transport.ts'

/** How long a goodbye may take before the socket is closed regardless, in ms. */
const GOODBYE_MS = 500

/** What a link tells its owner. */
export interface LinkOwner {
  message(topic: string, payload: Buffer, packet: IPublishPacket): void
  /** An acknowledgement bears this reason code, not 0; told before the publish is called back, which does not know it. */
  reason(messageId: number, code: number): void
  /** PUBREC came for a publish of QoS 2, and was no refusal. */
  released(messageId: number): void
  /** The link is over, exactly once; `failure` is undefined for our own close. */
  ended(failure: Failure | undefined): void
}

export class Link {
  readonly client: MqttClient
  readonly ids: PacketIds
  /** Bytes handed to the stream so far. */
  bytesWritten = 0
  /** Why it ended; undefined while it lives and after our own close. */
  failure: Failure | undefined
  over = false
  private readonly transport: Transport
  private owner: LinkOwner | undefined
  /** Messages that came before there was an owner: retained ones follow the SUBACK at once. */
  private readonly early: Parameters<LinkOwner['message']>[] = []
  private ours = false
  private readonly whenOver: (() => void)[] = []

  /** `lastId`: the last packet id of the session so far. */
  constructor(
    transport: Transport,
    create: (stream: () => Transport['stream'], messageIdProvider: PacketIds) => MqttClient,
    lastId: number,
  ) {
    this.transport = transport
    this.ids = new PacketIds(lastId)
    this.countWrites()
    const { socket, stream } = transport
    socket.on('error', (error) => this.blame(classify(error, 'stream')))
    stream.on('error', (error) => {
      if (isSocketError(error)) this.blame(classify(error, 'stream'))
    })
    this.client = create(() => stream, this.ids)
    this.client.on('error', (error) => this.complain(error))
    this.client.on('disconnect', ({ reasonCode = 0, properties }) => {
      if (reasonCode >= 0x80) this.blame(refusal(reasonCode, 'stream', properties?.reasonString))
    })
    this.client.on('message', (...message) => {
      if (this.owner) this.owner.message(...message)
      else this.early.push(message)
    })
    this.client.on('packetreceive', (packet) => {
      if (packet.messageId === undefined) return
      const code = 'reasonCode' in packet ? packet.reasonCode : 0
      if (code) this.owner?.reason(packet.messageId, code)
      if (packet.cmd === 'pubrec' && (code ?? 0) < 0x80) this.owner?.released(packet.messageId)
    })
    this.client.on('close', () => this.end())
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

  /** Frees the packet id of a publish that nobody waits for any more; a late acknowledgement finds nothing. */
  forget(messageId: number): void {
    if (!this.over) this.client.removeOutgoingMessage(messageId)
  }

  /** Sends PUBREL for a publish whose PUBREC came over an earlier connection. `done` is called back when PUBCOMP comes. */
  release(messageId: number, done: PacketCallback): void {
    // The library has no call for it: it is told what to wait for, and the packet is four bytes.
    this.client.outgoingStore.put({ cmd: 'pubrel', messageId }, () => {})
    this.client.outgoing[messageId] = { volatile: false, cmd: 'pubrel', cb: done }
    this.transport.stream.write(Buffer.from([0x62, 2, messageId >> 8, messageId & 0xff]))
  }

  /** Cuts the stream at once. */
  destroy(): void {
    this.client.end(true)
    this.transport.stream.destroy()
  }

  /** The library waits for acknowledgements before it says goodbye: there must be none to wait for. */
  private sayGoodbye(): void {
    for (const id of Object.keys(this.client.outgoing)) this.forget(Number(id))
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
    if (typeof code === 'number') this.blame(refusal(code, 'stream'))
    else if (error.message === 'Keepalive timeout') this.blame({ ...SILENT })
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
const SILENT: Failure = { class: 'mqtt_keep_alive_timeout', phase: 'stream', message: 'the broker answered no ping' }

/** The failure that a reason code of the broker stands for. */
export function refusal(code: number, phase: Failure['phase'], said?: string): Failure {
  return { class: classOfReason(code), phase, message: `the broker said: ${describeReason(code, said)}`, code: String(code) }
}
