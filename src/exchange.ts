/** The one record that crosses the middle: one request and everything that came back for it. */
import { now } from './clock.ts'
import type { ConnectTimes } from './connect-times.ts'
import { type Failure, type FailureKind, type FailurePhase, kindsOfFailure } from './errors.ts'
import { ReplyRecord } from './reply-record.ts'
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

/**
 * One attempt: a request with its reply. The engine makes it; the connector reports events in the order connected? → sent → head? → data* →
 * done | fail; the reader turns data into text and tokens. The first of finish, fail and cancel settles it, anything later is ignored. All
 * times are ms on the monotonic clock, NaN until they happen. Only its own methods write its fields.
 */
export interface Exchange extends Readonly<ExchangeRecord> {}

/** What the maker of an exchange may set; the rest has its defaults. `onSent` is called when the request was handed to the socket. */
type ExchangeSettings = Partial<
  Pick<Exchange, 'lagMs' | 'queueWaitMs' | 'maxReplyBytes' | 'kindsOf' | 'keepText' | 'keepBody' | 'onSent'>
>

class ExchangeRecord extends ReplyRecord {
  /** When it was due. */
  readonly intended: number
  /** How late the generator got to it, in ms: its own doing. */
  lagMs = 0
  /** How long it waited for a free user, in ms: the target's or the limit's doing. */
  queueWaitMs = 0
  sentAt = Number.NaN
  firstByteAt = Number.NaN
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
  /** A larger reply fails as `too_big`. */
  maxReplyBytes = MAX_REPLY_BYTES

  /** What the failures mean that only the target's protocol has; undefined when it has none. */
  kindsOf: ((failure: Failure) => readonly FailureKind[]) | undefined = undefined
  onSent: (() => void) | undefined = undefined
  private readonly reader: ReplyReader
  private readonly onSettled: (exchange: Exchange) => void
  private readonly oddities: string[] = []

  constructor(intended: number, reader: ReplyReader, onSettled: (exchange: Exchange) => void, settings?: ExchangeSettings) {
    super()
    this.intended = intended
    this.reader = reader
    this.onSettled = onSettled
    Object.assign(this, settings)
  }

  override get settled(): boolean {
    return this.outcome !== undefined
  }

  /** Whether there is a reply to speak of; an acknowledgement of the protocol alone, such as that of an MQTT broker, is none. */
  get replied(): boolean {
    return this.bytesReceived > 0 || Object.keys(this.headers).length > 0
  }

  /** Names of what is odd and not a failure: `empty_reply`, `unverified_end`, `bad_utf8`. */
  get warnings(): readonly string[] {
    return this.oddities
  }

  /** Adds warnings; one that is there already is added again. */
  warn(...names: readonly string[]): void {
    this.oddities.push(...names)
  }

  /** Adds a warning unless it is there already. */
  warnOnce(name: string): void {
    if (!this.oddities.includes(name)) this.warn(name)
  }

  /** Takes back a warning that turned out not to apply. */
  withdrawWarning(name: string): void {
    const at = this.oddities.indexOf(name)
    if (at >= 0) this.oddities.splice(at, 1)
  }

  /** The socket stands, and the protocol's own handshake begins. */
  startHandshake(): void {
    this.handshaking = true
  }

  /** A connection was made for this exchange (not called for a reused one). */
  connected(times: ConnectTimes): void {
    if (this.settled) return
    this.connect = times
    this.lastActivityAt = now()
  }

  /** The connection that was made for it is given up; its times do not count. */
  disconnected(): void {
    this.connect = undefined
  }

  /** A connection takes it; `reused` when that connection has carried an exchange before. */
  carried(reused: boolean): void {
    this.reused = reused
  }

  /** The request was handed to the socket. Called exactly once per attempt that got that far. */
  sent(bytes: number): void {
    if (this.settled || !Number.isNaN(this.sentAt)) return
    this.sentAt = now()
    this.lastActivityAt = this.sentAt
    this.bytesSent = bytes
    this.onSent?.()
  }

  /** More bytes of the request were written than `sent` said. */
  wrote(bytes: number): void {
    this.bytesSent += bytes
  }

  /** The request came back unprocessed, and may be sent again. */
  unsent(): void {
    if (this.settled) return
    this.sentAt = Number.NaN
    this.bytesSent = 0
  }

  /** The target showed at `at` that it is alive, with nothing that counts as a piece of the reply. */
  active(at: number): void {
    if (!this.settled) this.lastActivityAt = at
  }

  /** Status and headers arrived; `at` only when they were stamped earlier, or belong to a reply that begins then. */
  head(status: number, headers: Headers, at: number = now()): void {
    if (this.settled) return
    this.arrive(at)
    this.status = status
    this.headers = headers
    this.reader.head?.(status, headers, this)
  }

  /** Headers arrived in a protocol whose status comes last. */
  headersFirst(headers: Headers): void {
    if (this.settled) return
    this.arrive(now())
    this.headers = headers
  }

  /** The status came after the headers, with more of these or none. */
  statusLast(status: number | undefined, trailers: Headers = {}): void {
    if (this.settled) return
    this.status = status
    this.headers = { ...this.headers, ...trailers }
  }

  /** Bytes of the reply came that are not handed over as `data`: compressed ones, or those of a refused reply. */
  received(bytes: number): void {
    if (!this.settled) this.bytesReceived += bytes
  }

  /** Bytes came that belong to no reply. They are counted with this one, but not against the largest reply. */
  surplus(bytes: number): void {
    this.bytesReceived += bytes
    this.maxReplyBytes += bytes
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
    this.hold(bytes)
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

  /** Says more about why it failed. */
  amendFailure(change: Partial<Failure>): void {
    if (this.failure) this.failure = { ...this.failure, ...change }
  }

  /** The run ended first: the outcome is `cut`. */
  cancel(): void {
    if (!this.settled) this.settle('cut', now())
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

/** Makes the record of an attempt that was due at `intended`, in ms; `onSettled` is called when it has its outcome. */
export const Exchange: new (...parts: ConstructorParameters<typeof ExchangeRecord>) => Exchange = ExchangeRecord
