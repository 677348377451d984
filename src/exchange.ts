/** The record that connectors, dialects and metrics share: one request, and everything that came back for it. */
import { now } from './clock.ts'
import type { ConnectTimes } from './connect-times.ts'
import { type Failure, type FailureKind, type FailurePhase, kindsOfFailure, type WireCauses } from './errors.ts'
import { ReplyRecord } from './reply-record.ts'
import type { AskedTokens, UnitKind, Usage } from './usage.ts'

export type { AskedTokens, ConnectTimes, Failure, UnitKind, Usage, WireCauses }

/** The outcome of an attempt: `ok`, `failed`, or `cut` when the run ended before the attempt did. */
export type Outcome = 'ok' | 'failed' | 'cut'

/**
 * Reads the raw bytes of one reply, and reports text, token counts and the end to the exchange (the record of the request and its reply). Each
 * exchange has its own reader. For bad input it calls `exchange.fail` and never throws.
 */
export interface ReplyReader {
  /** Called when the status line and headers have come (HTTP), before any byte of the body. Header names are in lower case. */
  head?(status: number, headers: Headers, exchange: Exchange): void
  /** Takes the next piece of the body (HTTP) or the next whole message (WebSocket, gRPC, MQTT); its memory may be used again after the call. */
  push(bytes: Uint8Array, exchange: Exchange): void
  /** Called when the transport reports that the reply is complete. Checks the reply, and calls `finish` or `fail`. */
  end(exchange: Exchange): void
}

/** Reply headers by lower-case name; the values of a repeated header are joined with ", ". */
export type Headers = Readonly<Record<string, string>>

export const MAX_REPLY_BYTES = 16 * 1024 * 1024 // unless the target's `limits` set another

/**
 * One attempt: the record of a request with its reply. The connector reports what happens, in the order connected, sent, head, data, and then done or
 * fail; a failed attempt lacks some of these. The first of finish, fail and cancel decides the outcome; later events are ignored. All times are in ms
 * on the monotonic clock, NaN until they happen.
 */
export interface Exchange extends Readonly<ExchangeRecord> {}

/** The settings that the maker of an exchange may give; all others have defaults. `onSent` is called when the request was handed to the socket. */
type ExchangeSettings = Partial<Pick<Exchange, Basic | 'onSent' | 'fault' | 'afterFault'>>
type Basic = 'lagMs' | 'queueWaitMs' | 'maxReplyBytes' | 'kindsOf' | 'keepText' | 'keepBody'

const NO_HEADERS: Headers = Object.freeze({})
const NO_WARNINGS: readonly string[] = []

class ExchangeRecord extends ReplyRecord {
  /** When the attempt was due, in ms on the monotonic clock. */
  readonly intended: number
  /** How late the load generator itself started the attempt, in ms. */
  lagMs = 0
  /** How long the attempt waited for a free user, in ms, because the target was slow or the number of users is limited. */
  queueWaitMs = 0
  sentAt = Number.NaN
  firstByteAt = Number.NaN
  endedAt = Number.NaN
  /** When the target last sent anything, in ms on the monotonic clock. The idle deadline is counted from it. */
  lastActivityAt = Number.NaN

  outcome: Outcome | undefined = undefined
  failure: Failure | undefined = undefined
  /** The HTTP status, gRPC status number or MQTT reason code; undefined until known. */
  status: number | undefined = undefined
  headers: Headers = NO_HEADERS
  /** True when only the status ends the reply, none of its messages. `complete`: the reader has seen the reply's own end before that. */
  endsByStatus = false
  private complete = false
  /** True when the socket is connected and the protocol's own handshake (such as a WebSocket upgrade) waits for its reply. */
  handshaking = false
  /** True when its connection had carried an exchange before. `wireFaults` are the faults injected into that connection. */
  reused = false
  wireFaults: WireCauses | undefined = undefined
  connect: ConnectTimes | undefined = undefined
  bytesSent = 0
  bytesReceived = 0
  /** The largest reply in bytes. A larger one fails with the class `too_big`. */
  maxReplyBytes = MAX_REPLY_BYTES

  /** Returns the kinds of a failure whose class only the target's protocol has; undefined when the protocol has no such classes. */
  kindsOf: ((failure: Failure) => readonly FailureKind[]) | undefined = undefined
  onSent: (() => void) | undefined = undefined
  /** The kind of the injected fault; undefined for none. `afterFault`: an injected failure came before in its iteration. */
  fault: string | undefined = undefined
  afterFault = false
  private readonly reader: ReplyReader
  private readonly onSettled: (exchange: Exchange) => void
  private oddities: string[] | undefined = undefined

  constructor(intended: number, reader: ReplyReader, onSettled: (exchange: Exchange) => void, settings?: ExchangeSettings) {
    super()
    this.intended = intended
    this.reader = reader
    this.onSettled = onSettled
    if (settings === undefined) return
    // Field by field, which costs a fraction of Object.assign: this runs once for each attempt.
    this.lagMs = settings.lagMs ?? this.lagMs
    this.queueWaitMs = settings.queueWaitMs ?? this.queueWaitMs
    this.maxReplyBytes = settings.maxReplyBytes ?? this.maxReplyBytes
    this.kindsOf = settings.kindsOf
    this.keepText = settings.keepText ?? this.keepText
    this.keepBody = settings.keepBody ?? this.keepBody
    this.onSent = settings.onSent
    this.fault = settings.fault
    this.afterFault = settings.afterFault ?? this.afterFault
  }

  override get settled(): boolean {
    return this.outcome !== undefined
  }

  /** True when anything of a reply has arrived; a mere acknowledgement by the protocol, such as an MQTT broker's, does not count. */
  get replied(): boolean {
    return this.bytesReceived > 0 || Object.keys(this.headers).length > 0
  }

  /** The names of warnings about this attempt, such as `empty_reply` or `bad_utf8`. A warning is not a failure. */
  get warnings(): readonly string[] {
    return this.oddities ?? NO_WARNINGS
  }

  /** Adds warnings, even if the attempt has the same ones already. */
  warn(...names: readonly string[]): void {
    if (this.oddities) this.oddities.push(...names)
    else this.oddities = [...names]
  }

  /** Adds a warning unless the attempt has it already. */
  warnOnce(name: string): void {
    if (!this.warnings.includes(name)) this.warn(name)
  }

  /** Removes a warning that turned out not to apply. */
  withdrawWarning(name: string): void {
    const at = this.warnings.indexOf(name)
    if (at >= 0) this.oddities?.splice(at, 1)
  }

  /** Records that the socket is connected and the protocol's own handshake begins. */
  startHandshake(): void {
    this.handshaking = true
  }

  /** Records that a new connection was made for this exchange; not called when one is reused. */
  connected(times: ConnectTimes): void {
    if (this.settled) return
    this.connect = times
    this.lastActivityAt = now()
  }

  /** Forgets the times of the connection that was made for this exchange, because it was given up. */
  disconnected(): void {
    this.connect = undefined
  }

  /** Records which connection carries this exchange: whether it had carried another one before, and the faults injected into it. */
  carried(reused: boolean, wireFaults?: WireCauses): void {
    this.reused = reused
    this.wireFaults = wireFaults
  }

  /** Records that the request was handed to the socket, with its size in bytes: now, or at time `at`. Only the first call counts. */
  sent(bytes: number, at?: number): void {
    if (this.settled || !Number.isNaN(this.sentAt)) return
    this.lastActivityAt = now()
    this.sentAt = at ?? this.lastActivityAt
    this.bytesSent = bytes
    this.onSent?.()
  }

  /** Adds bytes of the request that were written in addition to those given to `sent`. */
  wrote(bytes: number): void {
    this.bytesSent += bytes
  }

  /** Takes back a call of `sent`: the target did not process the request, so it may be sent again. */
  unsent(): void {
    if (this.settled) return
    this.sentAt = Number.NaN
    this.bytesSent = 0
  }

  /** Records that the target showed at time `at` that it is alive, by something that is not a piece of the reply. */
  active(at: number): void {
    if (!this.settled) this.lastActivityAt = at
  }

  /** Records that status and headers have arrived. `at` is when they arrived, or when the reply began, if not now. */
  head(status: number, headers: Headers, at: number = now()): void {
    if (this.settled) return
    this.arrive(at)
    this.status = status
    this.headers = headers
    this.reader.head?.(status, headers, this)
  }

  /** Records the headers of a reply whose status comes last. `endsByStatus`: any number of messages come before the status. */
  headersFirst(headers: Headers, endsByStatus: boolean): void {
    if (this.settled) return
    this.arrive(now())
    this.headers = headers
    this.endsByStatus = endsByStatus
  }

  /** Records the status that came at the end of a reply, and any further headers (`trailers`) that came with it. */
  statusLast(status: number | undefined, trailers?: Headers): void {
    if (this.settled) return
    this.status = status
    if (trailers) this.headers = { ...this.headers, ...trailers }
  }

  /** Counts bytes of the reply that are not passed to `data`, such as compressed ones or those of a rejected reply. */
  received(bytes: number): void {
    if (!this.settled) this.bytesReceived += bytes
  }

  /** Adds bytes that belong to no reply to the bytes of this exchange. They do not count against `maxReplyBytes`. */
  surplus(bytes: number): void {
    this.bytesReceived += bytes
    this.maxReplyBytes += bytes
  }

  /** Passes a piece of the reply to the reader. `at`: when it arrived, if not now; `wireBytes`: its network size, if different. */
  data(bytes: Uint8Array, at: number = now(), wireBytes: number = bytes.byteLength): void {
    if (this.settled) return
    this.arrive(at)
    this.bytesReceived += wireBytes
    if (this.bytesReceived > this.maxReplyBytes) {
      this.fail('too_big', 'stream', `the reply is larger than ${this.maxReplyBytes} bytes`)
      return
    }
    this.hold(bytes)
    this.reader.push(bytes, this)
  }

  /** Ends the exchange because the transport has received the whole reply. The reader may still fail it. */
  done(): void {
    if (this.settled) return
    this.stamp = now()
    if (!this.complete) this.reader.end(this)
    this.endsByStatus = false
    this.finish()
  }

  /** Ends the exchange as failed. Text and counts that have arrived before stay. */
  fail(failureClass: string, phase: FailurePhase, message: string, code?: string, retryAfterMs?: number): void {
    if (this.settled) return
    const details = { ...(code === undefined ? {} : { code }), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    this.failure = { class: failureClass, phase, message, ...details }
    this.settle('failed', now())
  }

  /** Replaces parts of the recorded failure, to explain better why the attempt failed. */
  amendFailure(change: Partial<Failure>): void {
    if (this.failure) this.failure = { ...this.failure, ...change }
  }

  /** Ends the exchange with the outcome `cut`, because the run ended first. */
  cancel(): void {
    if (!this.settled) this.settle('cut', now())
  }

  /** Ends the exchange with the outcome `ok`, at the time at which the data being read arrived; if a status is still to come, at its arrival. */
  finish(): void {
    if (this.endsByStatus) this.complete = true
    else if (!this.settled) this.settle('ok', Number.isNaN(this.stamp) ? now() : this.stamp)
  }

  /** Ends the exchange as failed because the reader found the reply invalid. The phase of the failure follows from what has arrived. */
  reject(failureClass: string, message: string, code?: string, retryAfterMs?: number): void {
    this.fail(failureClass, Number.isNaN(this.firstTokenAt) ? 'first_token' : 'stream', message, code, retryAfterMs)
  }

  /** Changes the outcome `ok` to a failure, because a check or a capture failed. The times stay as they are. */
  overrule(failureClass: string, message: string): void {
    if (this.outcome !== 'ok') return
    this.outcome = 'failed'
    this.failure = { class: failureClass, phase: 'check', message }
  }

  /** Changes a failure that was caused by the status alone to `ok`, because the scenario checks the status itself. */
  waiveStatus(): void {
    if (!this.hasFailedBy('status')) return
    this.status ??= Number(this.failure?.code)
    this.outcome = 'ok'
    this.failure = undefined
  }

  /** True when the attempt failed in this way, such as by a time-out. The failure's class decides. */
  hasFailedBy(kind: FailureKind): boolean {
    return this.failure !== undefined && kindsOfFailure(this.failure, this.kindsOf).includes(kind)
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

/** Constructs the record of an attempt that was due at `intended` (monotonic ms). `onSettled` is called once the attempt has its outcome. */
export const Exchange: new (...parts: ConstructorParameters<typeof ExchangeRecord>) => Exchange = ExchangeRecord
