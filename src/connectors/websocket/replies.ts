import { now } from '../../clock.ts'
import type { Exchange, Failure } from '../../exchange.ts'
import { compileJsonPath, type JsonPath } from '../../language/jsonpath/jsonpath.ts'
import { isFarewell, MEETING_MS, metClose } from './failures.ts'
import { isId } from './options/correlation.ts'
import { Incoming } from './options/incoming.ts'
import type { WebSocketOptions } from './options/options.ts'
import { compilePredicate, lookUp, type Predicate } from './options/predicate.ts'
import { frameBytes, type ReplyCompletion } from './options/request.ts'

/** A request whose reply is not complete. */
interface Open {
  readonly exchange: Exchange
  readonly completion: ReplyCompletion
  /** The id of the request; undefined when it has none and takes the messages that belong to no other request. */
  readonly id: string | undefined
  /** True when the request was sent so soon after the server's last bytes that a close frame may have been on its way. */
  readonly soon: boolean
  messages: number
}

/** The rules that decide which request a received WebSocket message belongs to; they are the same for all users of a target. */
export interface Matching {
  readonly ignore: readonly Predicate[]
  /** Path to the id in messages; undefined when they are matched in the order of the requests. */
  readonly idPath: JsonPath | undefined
  /** True when messages are matched in the order of the requests until the first one with an id. */
  readonly fifoUntilIds: boolean
  /** Messages of the server that belong to no reply and are answered at once, with these bytes. */
  readonly answers: readonly { readonly fits: Predicate; readonly bytes: Buffer }[]
}

/** Compiles the blocks `websocket.reply` and `websocket.answer` to the rules that decide which request a received message belongs to. */
export function matchingOf({ reply, answer }: WebSocketOptions): Matching {
  const rule = reply?.match
  const correlate = typeof rule === 'object' ? rule.correlate : undefined
  return {
    ignore: (reply?.ignore ?? []).map(compilePredicate),
    idPath: correlate && compileJsonPath(correlate.receive ?? correlate.send),
    fifoUntilIds: correlate?.otherwise === 'fifo',
    answers: answer.map(({ to, send }) => ({
      fits: typeof to === 'string' ? (message) => message.text === to : compilePredicate(to),
      bytes: frameBytes(send),
    })),
  }
}

/** Failure classes that the target itself reported, after which its reply is over. After any other failure, more of it may come. */
const LAST_WORDS = new Set(['error_in_stream', 'rate_limited'])

/** The WebSocket requests of one user whose replies are not complete, the oldest first. Decides which of them a message answers, and completes it. */
export class Replies {
  private readonly matching: Matching
  private readonly open = new Map<Exchange, Open>()
  /** Number of messages since the last request that came after its reply was complete; not counted when ids are used. */
  stray = 0
  /** Bytes of messages that belong to no reply; the next request counts them. */
  private strayBytes = 0
  /** True when a reply was completed on this connection. */
  private answered = false
  /** True when a message has carried an id. */
  private idsSeen = false

  constructor(matching: Matching) {
    this.matching = matching
  }

  /** Prepares for a new connection: its first messages, such as a greeting, are not taken for the rest of an earlier reply. */
  restart(): void {
    this.answered = false
  }

  /**
   * Adds the bytes of messages that belonged to no request to `exchange`, which is sent next; they do not count against its
   * limit. Warns when more such messages could be taken for its reply.
   */
  settleUp(exchange: Exchange, completion: ReplyCompletion): void {
    exchange.surplus(this.strayBytes)
    this.strayBytes = 0
    if (completion.kind === 'none') return
    if (this.stray > 0) exchange.warn('unasked_frames')
    this.stray = 0
  }

  /** True when messages are matched by id. */
  private get byId(): boolean {
    const { idPath, fifoUntilIds } = this.matching
    return idPath !== undefined && (!fifoUntilIds || this.idsSeen)
  }

  start(exchange: Exchange, completion: ReplyCompletion, id: string | undefined, soon: boolean): void {
    this.open.set(exchange, { exchange, completion, id, soon, messages: 0 })
  }

  /** Gives a received message to its request, if any. Returns the scenario's answer to it as bytes; undefined without one. */
  take(bytes: Buffer, at: number): Buffer | undefined {
    const message = new Incoming(bytes)
    for (const answer of this.matching.answers) {
      if (!answer.fits(message)) continue
      this.strayBytes += bytes.byteLength
      return answer.bytes
    }
    this.give(message, at)
    return undefined
  }

  private give(message: Incoming, at: number): void {
    const { bytes } = message
    const ignored = this.isIgnored(message)
    const open = ignored ? undefined : this.ownerOf(message)
    if (!open) {
      this.strayBytes += bytes.byteLength
      if (!ignored && this.answered && !this.byId) this.stray += 1
      return
    }
    open.messages += 1
    // The arrival time of a compressed message may be older than the request it belongs to, but no reply precedes its request.
    open.exchange.data(bytes, Math.max(at, open.exchange.sentAt))
    if (!open.exchange.settled && completes(open, message)) open.exchange.done()
    if (!isOver(open.exchange)) return
    this.open.delete(open.exchange)
    this.answered = true
  }

  private isIgnored(message: Incoming): boolean {
    for (const skip of this.matching.ignore) if (skip(message)) return true
    return false
  }

  /** True when messages for an exchange that has ended may still come, and could be taken for the next reply. */
  get tainted(): boolean {
    if (this.byId) return false
    for (const exchange of this.open.keys()) if (exchange.settled) return true
    return false
  }

  /** Number of requests whose reply is not complete. */
  get inFlight(): number {
    let count = 0
    for (const exchange of this.open.keys()) if (!exchange.settled) count += 1
    return count
  }

  /** Forgets an exchange. Returns true when the rest of its reply could be taken for another one. */
  forget(exchange: Exchange): boolean {
    return this.open.delete(exchange) && !this.byId
  }

  /** Forgets all open requests and calls `end` for each, because the connection has ended. */
  endAll(end: (exchange: Exchange) => void): void {
    const exchanges = [...this.open.keys()]
    this.open.clear()
    for (const exchange of exchanges) end(exchange)
  }

  failAll(failure: Failure): void {
    this.endAll((exchange) => fail(exchange, failure))
  }

  /** Ends all open requests after a loss. `expected` is true when the scenario accepts the close code as the end of a reply. */
  lose(failure: Failure, expected: boolean): void {
    const all = [...this.open.values()]
    this.open.clear()
    for (const one of all) {
      const { exchange, completion, messages } = one
      if (expected && !hasMet(one, failure) && (messages > 0 || completion.kind !== 'reader')) exchange.done()
      else fail(exchange, hasMet(one, failure) ? metClose(failure) : failure)
    }
  }

  private ownerOf(message: Incoming): Open | undefined {
    const { idPath } = this.matching
    const id = idPath && lookUp(idPath, message)
    if (!isId(id)) return this.byId ? this.withoutId() : this.oldest()
    this.idsSeen = true
    const text = String(id)
    for (const open of this.open.values()) if (open.id === text) return open
    return this.withoutId()
  }

  private withoutId(): Open | undefined {
    for (const open of this.open.values()) if (open.id === undefined) return open
    return undefined
  }

  private oldest(): Open | undefined {
    for (const open of this.open.values()) return open
    return undefined
  }
}

function hasMet({ exchange, soon, messages }: Open, failure: Failure): boolean {
  return soon && messages === 0 && isFarewell(failure) && now() - exchange.sentAt < MEETING_MS
}

/** Fails an exchange with this failure. */
export function fail(exchange: Exchange, failure: Failure): void {
  exchange.fail(failure.class, failure.phase, failure.message, failure.code)
}

function completes({ completion, messages }: Open, message: Incoming): boolean {
  if (completion.kind === 'count') return messages >= completion.count
  return completion.kind === 'until' && completion.ends(message)
}

function isOver({ outcome, failure }: Exchange): boolean {
  return outcome === 'ok' || (outcome === 'failed' && LAST_WORDS.has(failure?.class ?? ''))
}
