import { now } from '../../clock.ts'
import type { Exchange, Failure } from '../../exchange.ts'
import { compileJsonPath } from '../../language/jsonpath/jsonpath.ts'
import { AwaitedReplies, type AwaitedReply, type ReplyMatching } from '../wire/lasting/replies.ts'
import { isFarewell, MEETING_MS, metClose } from './failures.ts'
import { isId } from './options/correlation.ts'
import { Incoming } from './options/incoming.ts'
import type { WebSocketOptions } from './options/options.ts'
import { compilePredicate, lookUp, type Predicate } from './options/predicate.ts'
import { frameBytes, type ReplyCompletion } from './options/request.ts'

/** A request that was sent and whose reply is not complete. */
class OpenRequest implements AwaitedReply<Incoming> {
  readonly exchange: Exchange
  readonly completion: ReplyCompletion
  readonly id: string | undefined
  /** True when the request was sent so soon after the server's last bytes that a close frame may have been on its way. */
  readonly soon: boolean
  messages = 0

  constructor(exchange: Exchange, completion: ReplyCompletion, id: string | undefined, soon: boolean) {
    this.exchange = exchange
    this.completion = completion
    this.id = id
    this.soon = soon
  }

  completes(message: Incoming): boolean {
    const { completion } = this
    if (completion.kind === 'count') return this.messages >= completion.count
    return completion.kind === 'until' && completion.ends(message)
  }

  /** True when the server sent its close frame before it could read the message, so that the message was never answered. */
  hasMet(failure: Failure): boolean {
    return this.soon && this.messages === 0 && isFarewell(failure) && now() - this.exchange.sentAt < MEETING_MS
  }
}

/** The rules that decide which request of a user a received WebSocket message belongs to. All users of a target have the same rules. */
export interface Matching extends ReplyMatching<Incoming> {
  readonly ignore: readonly Predicate[]
  /** The fixed answers to certain messages of the server that belong to no reply: which messages, and the bytes to send. */
  readonly answers: readonly { readonly fits: Predicate; readonly bytes: Buffer }[]
}

/** Compiles the blocks `websocket.reply` and `websocket.answer` to the rules that decide which request a received message belongs to. */
export function matchingOf({ reply, answer }: WebSocketOptions): Matching {
  const rule = reply?.match
  const correlate = typeof rule === 'object' ? rule.correlate : undefined
  return {
    ignore: (reply?.ignore ?? []).map(compilePredicate),
    idOf: correlate && idAt(correlate.receive ?? correlate.send),
    fifoUntilIds: correlate?.otherwise === 'fifo',
    answers: answer.map(({ to, send }) => ({
      fits: typeof to === 'string' ? (message) => message.text === to : compilePredicate(to),
      bytes: frameBytes(send),
    })),
  }
}

function idAt(path: string): (message: Incoming) => string | undefined {
  const compiled = compileJsonPath(path)
  return (message) => {
    const id = lookUp(compiled, message)
    return isId(id) ? String(id) : undefined
  }
}

/** Failure classes that the target itself reports and that end its reply. After other failures, more of the reply may come. */
const LAST_WORDS = new Set(['error_in_stream', 'rate_limited'])

/**
 * The WebSocket requests of one user that wait for their replies, the oldest first. Decides which of them a received message answers, and completes
 * that request.
 */
export class Replies {
  private readonly matching: Matching
  private readonly open: AwaitedReplies<Incoming, OpenRequest>
  /** Number of messages since the last request that came after its reply was complete; not counted when ids are used. */
  stray = 0
  /** Number of bytes in messages that belong to no reply. The next request counts them. */
  private strayBytes = 0
  /** True when a reply was completed on this connection. */
  private answered = false

  constructor(matching: Matching) {
    this.matching = matching
    this.open = new AwaitedReplies(matching)
  }

  /** Prepares for a new connection, whose first messages, such as a greeting, cannot belong to an earlier reply. */
  restart(): void {
    this.answered = false
  }

  /**
   * Adds the bytes of messages that belonged to no request to `exchange`, which is sent next; they do not count against its size limit. Warns when
   * more of such messages could be taken for its reply.
   */
  settleUp(exchange: Exchange, completion: ReplyCompletion): void {
    exchange.surplus(this.strayBytes)
    this.strayBytes = 0
    if (completion.kind === 'none') return
    if (this.stray > 0) exchange.warn('unasked_frames')
    this.stray = 0
  }

  start(exchange: Exchange, completion: ReplyCompletion, id: string | undefined, soon: boolean): void {
    this.open.start(new OpenRequest(exchange, completion, id, soon))
  }

  /**
   * Passes a received message to the request that it belongs to, if any. Returns the scenario's fixed answer to the message as bytes; undefined
   * without one.
   */
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
    const open = ignored ? undefined : this.open.ownerOf(message)
    if (!open) {
      this.strayBytes += bytes.byteLength
      if (!ignored && this.answered && !this.open.byId) this.stray += 1
      return
    }
    // The arrival time of a compressed message may be older than the request it belongs to, but no reply precedes its request.
    this.open.deliver(open, message, bytes, Math.max(at, open.exchange.sentAt))
    if (!isOver(open.exchange)) return
    this.open.forget(open.exchange)
    this.answered = true
  }

  private isIgnored(message: Incoming): boolean {
    for (const skip of this.matching.ignore) if (skip(message)) return true
    return false
  }

  /** True when messages for an exchange that has ended may still come and could be mistaken for the next reply. */
  get tainted(): boolean {
    return this.open.tainted
  }

  /** Number of requests whose reply is not complete. */
  get inFlight(): number {
    return this.open.inFlight
  }

  /** Removes the request of an exchange. Returns true when the rest of its reply could be mistaken for another one. */
  forget(exchange: Exchange): boolean {
    return this.open.forget(exchange) && !this.open.byId
  }

  /** Cancels the exchanges of all requests whose reply is not complete. */
  cancelAll(): void {
    for (const { exchange } of this.open.takeAll()) exchange.cancel()
  }

  /** Fails the exchanges of all requests whose reply is not complete, because the connection is given up. */
  failAll(failure: Failure): void {
    for (const { exchange } of this.open.takeAll()) fail(exchange, failure)
  }

  /**
   * Ends all requests whose reply is not complete after a loss. `expected` is true when the scenario accepts the close code as the end of a reply.
   */
  lose(failure: Failure, expected: boolean): void {
    for (const one of this.open.takeAll()) {
      const { exchange, completion, messages } = one
      const hasMet = one.hasMet(failure)
      if (expected && !hasMet && (messages > 0 || completion.kind !== 'reader')) exchange.done()
      else fail(exchange, hasMet ? metClose(failure) : failure)
    }
  }
}

/** Fails the exchange of a WebSocket message with this failure, unless the exchange has an outcome already. */
export function fail(exchange: Exchange, failure: Failure): void {
  exchange.fail(failure.class, failure.phase, failure.message, failure.code)
}

function isOver({ outcome, failure }: Exchange): boolean {
  return outcome === 'ok' || (outcome === 'failed' && LAST_WORDS.has(failure?.class ?? ''))
}
