import type { Exchange } from '../../../exchange.ts'

/** A request whose reply has not arrived completely, with the id of the reply's messages and the rule by which the reply ends. */
export interface AwaitedReply<Message> {
  readonly exchange: Exchange
  /** The id that the messages of its reply carry; undefined when the request takes the messages that belong to no other request. */
  readonly id: string | undefined
  /** Number of messages that its reply has had so far. */
  messages: number
  /** Returns true when `message` completes the reply. Always false when the chat API format decides where a reply ends. */
  completes(message: Message): boolean
}

/**
 * How received messages are matched to the requests that they answer: by an id, or in the order of the requests. All users of a target have the same
 * rule.
 */
export interface ReplyMatching<Message> {
  /** Returns the id in a message, undefined when it has none; left out when messages are matched in the order of the requests. */
  readonly idOf?: ((message: Message) => string | undefined) | undefined
  /** True when messages are matched in the order of the requests until the first one with an id. */
  readonly fifoUntilIds?: boolean
}

/** The requests of one user that wait for their replies, the oldest first. Decides which of them a received message belongs to. */
export class AwaitedReplies<Message, Awaited extends AwaitedReply<Message>> {
  private readonly matching: ReplyMatching<Message>
  private readonly open = new Map<Exchange, Awaited>()
  /** True when a message has carried an id. */
  private idsSeen = false

  constructor(matching: ReplyMatching<Message>) {
    this.matching = matching
  }

  /** True when messages are matched by id. */
  get byId(): boolean {
    const { idOf, fifoUntilIds } = this.matching
    return idOf !== undefined && (!fifoUntilIds || this.idsSeen)
  }

  /** Number of requests whose reply is not complete. */
  get inFlight(): number {
    let count = 0
    for (const exchange of this.open.keys()) if (!exchange.settled) count += 1
    return count
  }

  /** True when messages for an exchange that has ended may still come, and could be mistaken for the next reply. */
  get tainted(): boolean {
    if (this.byId) return false
    for (const exchange of this.open.keys()) if (exchange.settled) return true
    return false
  }

  start(awaited: Awaited): void {
    this.open.set(awaited.exchange, awaited)
  }

  /** Returns the request to which a message belongs; undefined when it belongs to none. */
  ownerOf(message: Message): Awaited | undefined {
    const id = this.matching.idOf?.(message)
    if (id === undefined) return this.byId ? this.withoutId() : this.oldest()
    this.idsSeen = true
    for (const awaited of this.open.values()) if (awaited.id === id) return awaited
    return this.withoutId()
  }

  /** Hands the bytes of a message, which arrived at `at` in monotonic ms, to its request. The last message of a reply completes the exchange. */
  deliver(awaited: Awaited, message: Message, bytes: Buffer, at: number): void {
    const { exchange } = awaited
    awaited.messages += 1
    exchange.data(bytes, at)
    if (!exchange.settled && awaited.completes(message)) exchange.done()
  }

  /** Removes the request of an exchange; returns false when its reply was complete already. */
  forget(exchange: Exchange): boolean {
    return this.open.delete(exchange)
  }

  /** Removes all requests, because the connection has ended, and returns them. */
  takeAll(): Awaited[] {
    const all = [...this.open.values()]
    this.open.clear()
    return all
  }

  private withoutId(): Awaited | undefined {
    for (const awaited of this.open.values()) if (awaited.id === undefined) return awaited
    return undefined
  }

  private oldest(): Awaited | undefined {
    for (const awaited of this.open.values()) return awaited
    return undefined
  }
}
