/** The one record that crosses the middle: one request and everything that came back for it. */
import { now } from './clock.ts'
import type { ConnectTimes } from './connect-times.ts'
import { type Failure, type FailureKind, type FailurePhase, kindsOfFailure } from './errors.ts'
import { HEAD_CHARACTERS, HeldText } from './text/held-text.ts'
import type { UnitKind, Usage } from './usage.ts'

export type { ConnectTimes, Failure, UnitKind, Usage }

/** How an attempt ended; `cut` means that the run ended first. */
export type Outcome = 'ok' | 'failed' | 'cut'

/**
 * Turns the raw bytes of one reply into text pieces, token counts and an end; each exchange has its own. For bad input it calls
 * `exchange.fail` and never throws.
 */
export interface ReplyReader {
  /** The status line and headers are here (HTTP), before any byte of the body. Header names are lower case. */
  head?(status: number, headers: Headers, exchange: Exchange): void
  /** One piece of the body (HTTP) or one whole message (WebSocket, gRPC, MQTT), in order. */
  push(bytes: Uint8Array, exchange: Exchange): void
  /** The transport says that the reply is complete. The reader decides whether it really was: it calls `finish` or `fail`. */
  end(exchange: Exchange): void
}

/** Reply headers by lower-case name; the values of a repeated header are joined with ", ". */
export type Headers = Readonly<Record<string, string>>

/** Largest reply, in bytes, unless the target's `limits` set another. */
export const MAX_REPLY_BYTES = 16 * 1024 * 1024
/** Bytes that are held of a bad event. */
const MAX_ODD_BYTES = 4096

/**
 * One attempt: a request with its reply. The engine makes it; the connector reports events in the order connected? → sent → head? → data* →
 * done | fail; the reader turns data into text and tokens. The first of finish, fail and cancel settles it, anything later is ignored. All
 * times are ms on the monotonic clock, NaN until they happen.
 */
export class Exchange {
  /** When it was due. */
  readonly intended: number
  /** How late the generator got to it, in ms: its own doing. */
  lagMs = 0
  /** How long it waited for a free user, in ms: the target's or the limit's doing. */
  queueWaitMs = 0
  sentAt = Number.NaN
  firstByteAt = Number.NaN
  firstTokenAt = Number.NaN
  firstOutputAt = Number.NaN
  lastTokenAt = Number.NaN
  endedAt = Number.NaN
  /** When the last sign of life came from the target; what the idle deadline looks at. */
  lastActivityAt = Number.NaN

  outcome: Outcome | undefined = undefined
  failure: Failure | undefined = undefined
  /** HTTP status, gRPC status number, MQTT reason code; undefined until known. */
  status: number | undefined = undefined
  headers: Headers = {}
  /** Its socket stands, and the protocol's own handshake (the upgrade of a WebSocket) waits for its answer. */
  handshaking = false
  /** Whether the connection had carried an exchange before. */
  reused = false
  connect: ConnectTimes | undefined = undefined

  bytesSent = 0
  bytesReceived = 0
  /** Network deliveries with at least one generated unit. */
  frames = 0
  /** Gaps between neighbouring generated frames, in ms. */
  readonly gapsMs: number[] = []
  /** Tokens of the first generated frame, when the target says; else 1. */
  firstFrameTokens = 1
  /** Tokens of the first frame with output, reasoning left out, when the target says; else 1. */
  firstOutputTokens = 1
  /** Generated frames without those of reasoning. */
  outputFrames = 0
  /** Size of the reasoning that was seen, in bytes of UTF-8. */
  reasoningBytes = 0
  /** The reply says that its reasoning is a summary, encrypted or left out: most of its tokens are never seen. */
  partialReasoning = false
  usage: Usage | undefined = undefined
  finishReason: string | undefined = undefined
  /** Output that a reader can see came: text that is not only white space, a refusal or a tool call. */
  spoke = false
  /** The model refused, in a part of the reply that is meant for it. */
  refused = false
  /** Where the reply holds text that was not read, or how much of it there is; undefined when all was read. Untrusted. */
  unread: string | undefined = undefined
  /** What it cost, in the currency of the target's pricing; undefined when that, or the token counts, are not known. */
  cost: number | undefined = undefined
  /** Something odd that is not a failure: `empty_reply`, `unverified_end`, `bad_utf8`. */
  readonly warnings: string[] = []
  /** The first bytes of the reply that are no UTF-8, with the rest of their line; undefined when there were none. */
  oddBytes: Uint8Array | undefined = undefined
  /** A larger reply fails as `too_big`. */
  maxReplyBytes = MAX_REPLY_BYTES

  /** What the failures mean that only the target's protocol has; undefined when it has none. */
  kindsOf: ((failure: Failure) => readonly FailureKind[]) | undefined = undefined
  /** The whole text is held only when somebody asked (set before it arrives); else its beginning. */
  keepText = true
  private readonly texts = new HeldText()
  private readonly reasonings = new HeldText()
  private readonly tools = new HeldText()
  private readonly reader: ReplyReader
  private readonly onSettled: (exchange: Exchange) => void
  private stamp = Number.NaN
  /** The raw body is held only when somebody asked (set before it arrives); else its beginning, until there is text. */
  keepBody = false
  private readonly body: Uint8Array[] = []
  private beginning: Uint8Array[] = []
  private beginningBytes = 0

  constructor(intended: number, reader: ReplyReader, onSettled: (exchange: Exchange) => void) {
    this.intended = intended
    this.reader = reader
    this.onSettled = onSettled
  }

  get settled(): boolean {
    return this.outcome !== undefined
  }

  /** Whether there is a reply to speak of; an acknowledgement of the protocol alone, such as that of an MQTT broker, is none. */
  get replied(): boolean {
    return this.bytesReceived > 0 || Object.keys(this.headers).length > 0
  }

  /** A connection was made for this exchange (not called for a reused one). */
  connected(times: ConnectTimes): void {
    if (this.settled) return
    this.connect = times
    this.lastActivityAt = now()
  }

  /** The request was handed to the socket. Called exactly once per attempt that got that far. */
  sent(bytes: number): void {
    if (this.settled || !Number.isNaN(this.sentAt)) return
    this.sentAt = now()
    this.lastActivityAt = this.sentAt
    this.bytesSent = bytes
  }

  /** Status and headers arrived. */
  head(status: number, headers: Headers): void {
    if (this.settled) return
    this.arrive(now())
    this.status = status
    this.headers = headers
    this.reader.head?.(status, headers, this)
  }

  /** A piece of the reply arrived. `at` only when it was stamped earlier, `wireBytes` only when it took more or fewer bytes on the wire. */
  data(bytes: Uint8Array, at: number = now(), wireBytes: number = bytes.byteLength): void {
    if (this.settled) return
    this.arrive(at)
    this.bytesReceived += wireBytes
    if (this.bytesReceived > this.maxReplyBytes) {
      this.fail('too_big', 'stream', `the reply is larger than ${this.maxReplyBytes} bytes`)
      return
    }
    if (this.keepBody) this.body.push(bytes)
    else if (Number.isNaN(this.firstTokenAt)) this.keepBeginning(bytes)
    this.reader.push(bytes, this)
  }

  /** The transport completed the reply. The reader has the last word. */
  done(): void {
    if (this.settled) return
    this.stamp = now()
    this.reader.end(this)
    if (!this.settled) this.finish()
  }

  /** The attempt failed. Partial text and counts stay. */
  fail(failureClass: string, phase: FailurePhase, message: string, code?: string, retryAfterMs?: number): void {
    if (this.settled) return
    const details = { ...(code === undefined ? {} : { code }), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    this.failure = { class: failureClass, phase, message, ...details }
    this.settle('failed', now())
  }

  /** The run ended first: the outcome is `cut`. */
  cancel(): void {
    if (!this.settled) this.settle('cut', now())
  }

  /**
   * A generated unit. Several units of one network delivery share its stamp and count as one frame each. `tokens` when the target says;
   * `visible` when it says how many tokens that are no reasoning there are so far.
   */
  unit(kind: UnitKind, text: string, tokens?: number, visible?: number): void {
    if (this.settled) return
    if (Number.isNaN(this.firstTokenAt)) {
      this.firstTokenAt = this.stamp
      this.beginning = []
      if (tokens !== undefined) this.firstFrameTokens = tokens
    } else {
      this.gapsMs.push(this.stamp - this.lastTokenAt)
    }
    if (kind === 'reasoning') this.reasoningBytes += Buffer.byteLength(text)
    else this.output(kind, text, visible)
    this.lastTokenAt = this.stamp
    this.frames += 1
    const held = kind === 'reasoning' ? this.reasonings : kind === 'tool' ? this.tools : this.texts
    held.add(text, this.keepText)
  }

  private output(kind: UnitKind, text: string, visible: number | undefined): void {
    this.outputFrames += 1
    if (kind === 'refusal') this.refused = true
    if (!this.spoke && (kind === 'tool' || /\S/.test(text))) this.spoke = true
    if (!Number.isNaN(this.firstOutputAt)) return
    this.firstOutputAt = this.stamp
    if (visible !== undefined) this.firstOutputTokens = visible
  }

  /** These bytes of the reply are no UTF-8; the first ones are kept. */
  odd(bytes: Uint8Array): void {
    this.oddBytes ??= new Uint8Array(bytes.subarray(0, MAX_ODD_BYTES))
  }

  /** The reply is complete and good, as of the delivery that is being read. */
  finish(): void {
    if (!this.settled) this.settle('ok', Number.isNaN(this.stamp) ? now() : this.stamp)
  }

  /** The reader's own verdict on a bad reply, phased by what has arrived so far. */
  reject(failureClass: string, message: string, code?: string, retryAfterMs?: number): void {
    this.fail(failureClass, Number.isNaN(this.firstTokenAt) ? 'first_token' : 'stream', message, code, retryAfterMs)
  }

  /** A reply that came through well turned out wrong: a check or a capture failed. Times stay as they are. */
  overrule(failureClass: string, message: string): void {
    if (this.outcome !== 'ok') return
    this.outcome = 'failed'
    this.failure = { class: failureClass, phase: 'check', message }
  }

  /** The scenario judges the status itself: a reply that failed for its status alone is ok. */
  waiveStatus(): void {
    if (!this.failure || !this.hasFailedBy('status')) return
    this.status ??= Number(this.failure.code)
    this.outcome = 'ok'
    this.failure = undefined
  }

  /** Whether it failed in this way, as far as its class tells. */
  hasFailedBy(kind: FailureKind): boolean {
    return this.failure !== undefined && kindsOfFailure(this.failure, this.kindsOf).includes(kind)
  }

  /** Text and refusals generated so far; without `keepText` their beginning. */
  get text(): string {
    return this.texts.toString()
  }

  get reasoning(): string {
    return this.reasonings.toString()
  }

  /** Tokens of reasoning were generated that no frame showed. A token is at least a byte: a text has no more tokens than bytes. */
  get hidesReasoning(): boolean {
    return this.partialReasoning || (this.usage?.reasoningTokens ?? 0) > this.reasoningBytes
  }

  /** Tool-call argument fragments, joined. */
  get toolArguments(): string {
    return this.tools.toString()
  }

  /** The raw reply, empty unless `keepBody` was set before it arrived. */
  get rawBody(): Uint8Array {
    return Buffer.concat(this.body)
  }

  /** What is held of the raw reply: all of it with `keepBody`, else the beginning of one without text. */
  get rawBeginning(): Uint8Array {
    return this.keepBody ? this.rawBody : Buffer.concat(this.beginning)
  }

  private keepBeginning(bytes: Uint8Array): void {
    const room = HEAD_CHARACTERS - this.beginningBytes
    if (room <= 0) return
    // A copy: what is held must not keep the socket's whole block alive.
    const piece = new Uint8Array(bytes.subarray(0, room))
    this.beginning.push(piece)
    this.beginningBytes += piece.byteLength
  }

  private arrive(at: number): void {
    this.stamp = at
    this.lastActivityAt = at
    if (Number.isNaN(this.firstByteAt)) this.firstByteAt = at
  }

  private settle(outcome: Outcome, at: number): void {
    this.outcome = outcome
    this.endedAt = at
    this.onSettled(this)
  }
}
