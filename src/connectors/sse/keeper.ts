import { now } from '../../clock.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import { Backoff } from '../wire/backoff.ts'
import type { ConnectionEvents } from '../wire/connector.ts'
import { EventCutter, MAX_EVENT_BYTES, type StreamEvent } from './events.ts'
import { EventStream, type StreamOpener } from './stream.ts'

/** Longest duration of one try to reconnect, in ms; no other deadline applies to it. */
const TRY_MS = 10_000
/** Wait before a reconnect in ms when the server asks for none; BASE_MS is the first step of the growing part of the wait. */
const DEFAULT_RETRY_MS = 1000
const BASE_MS = 10
/** Longest delay of a timer in Node, in ms. */
const LONGEST_MS = 2_147_483_647

/** The settings for keeping the event stream of a user open, such as the waits between tries. */
export interface KeeperSettings {
  readonly open: StreamOpener
  readonly events: ConnectionEvents
  readonly maxReconnects: number
  readonly userId: number
  readonly seed: string | number
}

/** The callbacks of a user's event stream that is kept open: it was opened, an event came, it was lost, it could not be opened. */
export interface KeeperEvents {
  up(times: ConnectTimes): void
  event(event: StreamEvent, at: number): void
  /** Called when the open stream was lost. */
  down(failure: Failure): void
  /** Called when no stream could be opened; the `Keeper` tries again only when `want` is called. */
  failed(failure: Failure): void
  /** Number of exchanges that wait for events; they fail when the stream is lost. */
  readonly inFlight: number
}

/**
 * Keeps the event stream of one user: opens it, opens it again when it is lost, and closes it for good.
 * | state | holds | left by |
 * | --- | --- | --- |
 * | idle | nothing | `want` → connecting |
 * | connecting | stream, not up; while reconnecting also a timer, the deadline of the try | up → open; failed → resting while reconnecting, else idle |
 * | open | stream, up | lost → resting, or idle after the last try; `drop` → idle |
 * | resting | timer, the wait before the next try | timer → connecting |
 * | closed | nothing | never |
 */
export class Keeper {
  closed = false
  /** The request that opens the stream; its credentials may change between tries. */
  request: HttpRequest
  private readonly settings: KeeperSettings
  private readonly owner: KeeperEvents
  private readonly backoff: Backoff
  private cutter: EventCutter
  private stream: EventStream | undefined
  private timer: NodeJS.Timeout | undefined
  /** Streams that are still closing. */
  private readonly ending = new Set<Promise<void>>()
  /** While reconnecting, the monotonic time in ms of the loss; else NaN. */
  private lostAt = Number.NaN
  /** Arrival time in monotonic ms of the bytes that are being cut. */
  private at = Number.NaN

  constructor(request: HttpRequest, settings: KeeperSettings, owner: KeeperEvents) {
    const { maxReconnects: attempts } = settings
    this.request = request
    this.settings = settings
    this.owner = owner
    this.backoff = new Backoff({ attempts, base: BASE_MS, factor: 2, jitter: 'full' }, 'sse reconnect', settings)
    this.cutter = this.newCutter()
  }

  /** True while the stream is open. */
  get isUp(): boolean {
    return this.stream?.isUp ?? false
  }

  get isStanding(): boolean {
    return this.stream?.isStanding ?? false
  }

  /** Opens the stream unless it is open or being opened; `up` or `failed` follows. */
  want(): void {
    if (!this.closed && !this.stream && this.timer === undefined) this.connect()
  }

  /** Stops opening the stream, because no exchange waits for it; a reconnect goes on. `tooLate`: that counts as a failure. */
  unwant(tooLate: boolean): void {
    if (!this.stream || this.stream.isUp || !Number.isNaN(this.lostAt)) return
    if (tooLate) this.settings.events.openFailed(this.lateness('').class)
    this.end()
  }

  /** Closes the stream; the next `want` opens a new one, without a Last-Event-ID. */
  drop(): void {
    this.backoff.reset()
    this.lostAt = Number.NaN
    this.stopTimer()
    this.cutter = this.newCutter()
    this.end()
  }

  /** Closes the stream for good; resolves when no socket is left. */
  async close(): Promise<void> {
    this.closed = true
    this.stopTimer()
    this.end()
    await Promise.all(this.ending)
  }

  private newCutter(): EventCutter {
    return new EventCutter({
      event: (event) => this.owner.event(event, this.at),
      tooBig: () => this.tooBig(),
    })
  }

  private connect(): void {
    const { lastEventId } = this.cutter
    const { headers } = this.request
    // header values are Latin-1, so each byte of the UTF-8 becomes one character
    const id = Buffer.from(lastEventId, 'utf8').toString('latin1')
    const request = id === '' ? this.request : { ...this.request, headers: { ...headers, 'last-event-id': id } }
    this.cutter.restart()
    const stream: EventStream = new EventStream(request, this.settings.open, {
      standing: () => this.settings.events.standing?.(),
      up: (times) => this.up(times),
      bytes: (bytes, at) => this.bytes(bytes, at),
      down: (failure) => this.down(failure),
    })
    this.stream = stream
  }

  private up(times: ConnectTimes): void {
    this.stopTimer()
    this.backoff.reset()
    this.settings.events.opened(times)
    if (!Number.isNaN(this.lostAt)) this.settings.events.reconnected(now() - this.lostAt)
    this.lostAt = Number.NaN
    this.owner.up(times)
  }

  private bytes(bytes: Uint8Array, at: number): void {
    this.at = at
    this.cutter.push(bytes)
  }

  /** Handles the end of the stream, or a failed try to open it. */
  private down(failure: Failure): void {
    const { stream } = this
    this.stopTimer()
    this.release()
    if (stream?.isUp) {
      this.settings.events.lost(failure.class, this.owner.inFlight)
      this.lostAt = now()
      this.rest()
      this.owner.down(failure)
      return
    }
    this.settings.events.openFailed(failure.class)
    const refused = !Number.isNaN(this.lostAt) && isRefusal(failure)
    if (Number.isNaN(this.lostAt) || refused || !this.rest()) {
      this.lostAt = Number.NaN
      this.backoff.reset()
      this.owner.failed(failure)
    }
  }

  /** Starts the wait before the next try to reconnect; returns false after the last try. */
  private rest(): boolean {
    const waitMs = this.backoff.next(this.cutter.retryMs ?? DEFAULT_RETRY_MS)
    if (waitMs === undefined) {
      this.lostAt = Number.NaN
      this.backoff.reset()
      return false
    }
    this.timer = setTimeout(() => this.tryAgain(), Math.min(waitMs, LONGEST_MS))
    return true
  }

  private tryAgain(): void {
    this.timer = setTimeout(() => {
      const failure = this.lateness(`asking for the event stream again took longer than ${TRY_MS} ms`)
      this.release()
      this.timer = undefined
      this.settings.events.openFailed(failure.class)
      if (!this.rest()) this.owner.failed(failure)
    }, TRY_MS)
    this.connect()
  }

  private lateness(message: string): Failure {
    return this.isStanding
      ? { class: 'timeout_headers', phase: 'headers', message }
      : { class: 'connect_timeout', phase: 'connect', message }
  }

  private tooBig(): void {
    const failure: Failure = {
      class: 'too_big',
      phase: 'stream',
      message: `one event of the stream is larger than ${MAX_EVENT_BYTES} bytes`,
    }
    this.drop()
    this.owner.down(failure)
  }

  private end(): void {
    const wasUp = this.isUp
    const gone = this.release()
    if (wasUp && gone) this.track(gone.then(() => this.settings.events.closed()))
  }

  /** Gives up the stream, whose socket may take a while to close. */
  private release(): Promise<void> | undefined {
    const { stream } = this
    this.stream = undefined
    const gone = stream?.stop()
    if (gone) this.track(gone)
    return gone
  }

  private track(gone: Promise<void>): void {
    this.ending.add(gone)
    void gone.finally(() => this.ending.delete(gone))
  }

  private stopTimer(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}

/** True when the server refused the stream by its status or content type; the standard says not to reconnect then. */
function isRefusal({ class: failureClass }: Failure): boolean {
  return failureClass === 'http_status' || failureClass === 'rate_limited' || failureClass === 'bad_sse'
}
