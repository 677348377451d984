/** What the broker keeps for one client across its connections: messages on their way to the client, and ids of messages from it. */
import type { Packet, QoS } from 'mqtt-packet'
import { monotonicMs } from '../persona/pace.ts'
import { REASON } from './codes.ts'
import { type Message, publishOf } from './message.ts'

/**
 * A client's connection, as an MQTT session of the mock's broker uses it: functions to send a packet and to end the connection, and facts that limit
 * how much is sent.
 */
export interface Peer {
  /** The largest number of messages with QoS 1 or 2 that may wait for the client's acknowledgement at a time. */
  readonly receiveMaximum: number
  /** Number of bytes that were written to the connection and have not left this process yet. */
  readonly backlog: number
  /** Sends a packet; returns false when the packet is larger than the client accepts. */
  send(packet: Packet): boolean
  /** Ends the client's connection with a reason code. */
  leave(reasonCode: number): void
  /** Resets the TCP connection, for the planned fault `reset`. */
  reset(): void
}

/** The largest number of messages that are queued for a client. Further ones are dropped, as in other brokers. */
const MOST_WAITING = 1000
/** The number of unsent bytes above which messages with QoS 0 to a client are dropped. */
const MOST_BACKLOG = 16 * 1024 * 1024
const LAST_ID = 65_535

interface QueuedMessage {
  readonly message: Message
  readonly qos: QoS
  readonly retain: boolean
}

/**
 * What the mock's MQTT broker stores for one client, even while that client is disconnected: its will, and the messages that it has not
 * acknowledged.
 */
export class MqttSession {
  readonly clientId: string
  /** How long the session is kept after its connection ends, in ms; Infinity means forever. */
  expiryMs = 0
  /** The message published when the connection ends without a DISCONNECT. */
  will: { readonly message: Message; readonly delayMs: number } | undefined
  /** Packet ids of QoS 2 messages from the client for which no PUBREL has come yet. */
  readonly received = new Set<number>()
  peer: Peer | undefined
  /** The timers for the client's will and for the session's expiry, which run while the client is not connected. */
  readonly timers: NodeJS.Timeout[] = []
  private readonly inflight = new Map<number, QueuedMessage & { released: boolean }>()
  private readonly waiting: QueuedMessage[] = []
  private lastId = 0

  constructor(clientId: string) {
    this.clientId = clientId
  }

  /** Sends a message to the client, at once or when it can take more. `qos` is the highest QoS to use. */
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

  /** Continues the session on a new connection: sends unacknowledged messages again, then those that were waiting. */
  resume(peer: Peer): void {
    this.peer = peer
    for (const [id, outgoing] of this.inflight) {
      if (outgoing.released) peer.send({ cmd: 'pubrel', messageId: id, reasonCode: REASON.ok })
      else if (!this.write(outgoing, id, true)) this.inflight.delete(id)
    }
    this.drain()
  }

  /** Ends the delivery of message `id`, for which the client has sent PUBACK, PUBCOMP, or PUBREC with an error. */
  acknowledged(id: number): void {
    if (this.inflight.delete(id)) this.drain()
  }

  /** Handles a PUBREC, by which the client confirms QoS 2 message `id`. @returns the reason code for the PUBREL */
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

  /** Sends a message. Returns false when the message has expired or is too large for the client; it then counts as delivered. */
  private write({ message, qos, retain }: QueuedMessage, messageId: number | undefined, dup: boolean): boolean {
    const packet = publishOf(message, { qos, retain, dup, messageId }, monotonicMs())
    return packet !== undefined && this.peer?.send(packet) === true
  }

  /** Returns a packet id that is not in use. There always is one, because at most 65,534 are in use. */
  private freeId(): number {
    do this.lastId = (this.lastId % LAST_ID) + 1
    while (this.inflight.has(this.lastId))
    return this.lastId
  }
}
