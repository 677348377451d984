/** Which open request a message answers, and when its reply is complete. */
import { now } from '../../clock.ts'
import type { Exchange, Failure } from '../../exchange.ts'
import { compileJsonPath, type JsonPath } from '../../language/jsonpath/jsonpath.ts'
import { isFarewell, MEETING_MS, metClose } from './failures.ts'
import { isId } from './options/correlation.ts'
import { Incoming } from './options/incoming.ts'
import type { WebSocketOptions } from './options/options.ts'
import { compilePredicate, lookUp, type Predicate } from './options/predicate.ts'
import { frameBytes, type WantedReply } from './options/request.ts'

/** A request whose reply is not complete. */
interface Open {
  readonly exchange: Exchange
  readonly wanted: WantedReply
  /** Undefined: it carried none, and takes what is nobody else's. */
  readonly id: string | undefined
  /** Sent right after the connection had delivered something. */
  readonly soon: boolean
  messages: number
}

/** How messages find their requests; the same for all users of a target. */
export interface Matching {
  readonly ignore: readonly Predicate[]
  /** Where messages carry the id of their request; undefined when they come in the order of the requests. */
  readonly idPath: JsonPath | undefined
  /** Until a message has carried an id, they are taken in the order of the requests all the same. */
  readonly fifoUntilIds: boolean
  /** Messages that are answered at once, and belong to no reply. */
  readonly answers: readonly { readonly fits: Predicate; readonly bytes: Buffer }[]
}

/** Compiles what the `reply:` block says. */
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

/** Failures that the target itself reported: with that its reply is over. After any other, more of it may come. */
const LAST_WORDS = new Set(['error_in_stream', 'rate_limited'])

/** The open requests of one user, oldest first. */
export class Replies {
  private readonly matching: Matching
  private readonly open = new Map<Exchange, Open>()
  /** Messages since the last request that came when its reply was complete, unless ids tell whose they are. */
  stray = 0
  /** Bytes of all messages that were no part of a reply, until a request takes them into its account. */
  private strayBytes = 0
  /** A reply was complete on this connection. */
  private answered = false
  /** A message has carried an id. */
  private idsSeen = false

  constructor(matching: Matching) {
    this.matching = matching
  }

  /** A new connection: whatever it begins with, a greeting, is not left over from a reply. */
  afresh(): void {
    this.answered = false
  }

  /**
   * A request goes out: what came unasked before it counts in its bytes, and is a warning when its reply may be made of the same.
   * They are no part of the reply, so they make it no larger.
   */
  settleUp(exchange: Exchange, wanted: WantedReply): void {
    exchange.bytesReceived += this.strayBytes
    exchange.maxReplyBytes += this.strayBytes
    this.strayBytes = 0
    if (wanted.kind === 'none') return
    if (this.stray > 0) exchange.warnings.push('unasked_frames')
    this.stray = 0
  }

  /** Whether ids tell whose a message is. */
  private get byId(): boolean {
    const { idPath, fifoUntilIds } = this.matching
    return idPath !== undefined && (!fifoUntilIds || this.idsSeen)
  }

  start(exchange: Exchange, wanted: WantedReply, id: string | undefined, soon: boolean): void {
    this.open.set(exchange, { exchange, wanted, id, soon, messages: 0 })
  }

  /** A message that belongs to no open request is only counted: nobody asked for it, or it is too late. Gives the answer that it wants. */
  take(bytes: Buffer, at: number): Buffer | undefined {
    const message = new Incoming(bytes)
    const answer = this.matching.answers.find(({ fits }) => fits(message))
    if (answer) this.strayBytes += bytes.byteLength
    else this.give(message, at)
    return answer?.bytes
  }

  private give(message: Incoming, at: number): void {
    const { bytes } = message
    const ignored = this.matching.ignore.some((skip) => skip(message))
    const open = ignored ? undefined : this.ownerOf(message)
    if (!open) {
      this.strayBytes += bytes.byteLength
      if (!ignored && this.answered && !this.byId) this.stray += 1
      return
    }
    open.messages += 1
    // An inflated message may be older than the request it now belongs to: nothing is answered before it was sent.
    open.exchange.data(bytes, Math.max(at, open.exchange.sentAt))
    if (!open.exchange.settled && completes(open, message)) open.exchange.done()
    if (!isOver(open.exchange)) return
    this.open.delete(open.exchange)
    this.answered = true
  }

  /** True when messages of a settled exchange may still come, and cannot be told from those of the next one. */
  get spoilt(): boolean {
    if (this.byId) return false
    for (const exchange of this.open.keys()) if (exchange.settled) return true
    return false
  }

  /** Requests that wait for their reply, or for the rest of it. */
  get inFlight(): number {
    let count = 0
    for (const exchange of this.open.keys()) if (!exchange.settled) count += 1
    return count
  }

  /** Forgets an exchange. True when its reply was not complete, and what is left of it would be taken for another's. */
  forget(exchange: Exchange): boolean {
    return this.open.delete(exchange) && !this.byId
  }

  /** The connection is over: how that leaves each open request is the caller's to say. */
  endAll(end: (exchange: Exchange) => void): void {
    const exchanges = [...this.open.keys()]
    this.open.clear()
    for (const exchange of exchanges) end(exchange)
  }

  failAll(failure: Failure): void {
    this.endAll((exchange) => fail(exchange, failure))
  }

  /** The connection was lost; `expected` when the scenario takes its close code for a good end of a reply. */
  lose(failure: Failure, expected: boolean): void {
    const all = [...this.open.values()]
    this.open.clear()
    for (const one of all) {
      const { exchange, wanted, messages } = one
      if (expected && !hasMet(one, failure) && (messages > 0 || wanted.kind !== 'reader')) exchange.done()
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

function fail(exchange: Exchange, failure: Failure): void {
  exchange.fail(failure.class, failure.phase, failure.message, failure.code)
}

function completes({ wanted, messages }: Open, message: Incoming): boolean {
  if (wanted.kind === 'count') return messages >= wanted.count
  return wanted.kind === 'until' && wanted.ends(message)
}

function isOver({ outcome, failure }: Exchange): boolean {
  return outcome === 'ok' || (outcome === 'failed' && LAST_WORDS.has(failure?.class ?? ''))
}
