/** What the broker keeps of one client between its connections: what is on its way to it, and what has come from it. */
import type { Packet, QoS } from 'mqtt-packet'
import { monotonicMs } from '../persona/pace.ts'
import { REASON } from './codes.ts'
import { type Message, publishOf } from './message.ts'

/** A client that is connected. */
export interface Peer {
  /** Unacknowledged messages that it takes at once. */
  readonly receiveMaximum: number
  /** Bytes that it has not taken yet. */
  readonly backlog: number
  /** False when the packet is larger than it wants. */
  send(packet: Packet): boolean
  /** Ends its connection. */
  leave(reasonCode: number): void
  /** Resets it, as a planned fault. */
  reset(): void
}

/** Messages that wait for a client; more than that are lost, as in other brokers. */
const MOST_WAITING = 1000
/** Above this backlog QoS 0, at most once, is not even once, in bytes. */
const MOST_BACKLOG = 16 * 1024 * 1024
const LAST_ID = 65_535

interface Outgoing {
  readonly message: Message
  readonly qos: QoS
  readonly retain: boolean
}

export class MqttSession {
  readonly clientId: string
  /** How long it outlives its connection, ms; Infinity for always. */
  expiryMs = 0
  /** Published when the connection ends without a goodbye. */
  will: { readonly message: Message; readonly delayMs: number } | undefined
  /** Packet ids of QoS 2 that have come and are not released. */
  readonly received = new Set<number>()
  peer: Peer | undefined
  /** Runs while there is no connection. */
  readonly timers: NodeJS.Timeout[] = []
  private readonly inflight = new Map<number, Outgoing & { released: boolean }>()
  private readonly waiting: Outgoing[] = []
  private lastId = 0

  constructor(clientId: string) {
    this.clientId = clientId
  }

  /** Sends a message now, or when there is a connection with room for it. */
  deliver(message: Message, qos: QoS, retain: boolean): void {
    const lower = message.qos < qos ? message.qos : qos
    const outgoing = { message, qos: lower, retain }
    if (lower === 0) {
      if (this.peer && this.peer.backlog < MOST_BACKLOG) this.write(outgoing, undefined, false)
      return
    }
    if (this.waiting.length < MOST_WAITING) this.waiting.push(outgoing)
    this.drain()
  }

  /** Takes up a connection: what is not acknowledged goes out again, then what has waited. */
  resume(peer: Peer): void {
    this.peer = peer
    for (const [id, outgoing] of this.inflight) {
      if (outgoing.released) peer.send({ cmd: 'pubrel', messageId: id, reasonCode: REASON.ok })
      else if (!this.write(outgoing, id, true)) this.inflight.delete(id)
    }
    this.drain()
  }

  /** PUBACK and PUBCOMP end a delivery, and a PUBREC that refuses. */
  acknowledged(id: number): void {
    if (this.inflight.delete(id)) this.drain()
  }

  /** PUBREC came. @returns the reason code of the PUBREL that answers it */
  released(id: number): number {
    const outgoing = this.inflight.get(id)
    if (!outgoing) return REASON.packetIdNotFound
    outgoing.released = true
    return REASON.ok
  }

  private drain(): void {
    while (this.peer && this.inflight.size < this.peer.receiveMaximum) {
      const outgoing = this.waiting.shift()
      if (!outgoing) return
      const id = this.freeId()
      this.inflight.set(id, { ...outgoing, released: false })
      if (!this.write(outgoing, id, false)) this.inflight.delete(id)
    }
  }

  /** False when it has expired, or is too large for the client: then it counts as delivered. */
  private write({ message, qos, retain }: Outgoing, messageId: number | undefined, dup: boolean): boolean {
    const packet = publishOf(message, { qos, retain, dup, messageId }, monotonicMs())
    return packet !== undefined && this.peer?.send(packet) === true
  }

  /** There is one: never more than 65,534 are in use. */
  private freeId(): number {
    do this.lastId = (this.lastId % LAST_ID) + 1
    while (this.inflight.has(this.lastId))
    return this.lastId
  }
}
