/** Keeps one user's event stream: has it opened, opens it again when it was lost, and gives it up for good. */
import { now } from '../../clock.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import type { HttpRequest } from '../http/transport.ts'
import { Backoff } from '../wire/backoff.ts'
import type { ConnectionEvents } from '../wire/connector.ts'
import { EventCutter, MAX_EVENT_BYTES, type StreamEvent } from './events.ts'
import { EventStream, type StreamOpener } from './stream.ts'

/** How long one try to reconnect may take, in ms: nobody else watches over it. */
const TRY_MS = 10_000
/** Wait before a reconnect where the server names none, and the least that one grows from, in ms. */
const DEFAULT_RETRY_MS = 1000
const BASE_MS = 10
/** The longest delay of a timer. */
const LONGEST_MS = 2_147_483_647

export interface KeeperSettings {
  readonly open: StreamOpener
  readonly events: ConnectionEvents
  readonly maxReconnects: number
  readonly userId: number
  readonly seed: string | number
}

/** What a keeper tells; connections are counted by the keeper itself. */
export interface KeeperEvents {
  up(times: ConnectTimes): void
  event(event: StreamEvent, at: number): void
  /** The stream that was up is over. */
  down(failure: Failure): void
  /** No stream could be had, and none will be until it is wanted again. */
  failed(failure: Failure): void
  /** Exchanges that a loss takes along. */
  readonly inFlight: number
}

/**
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
  /** What to ask for: credentials may change from one request to the next. */
  request: HttpRequest
  private readonly settings: KeeperSettings
  private readonly owner: KeeperEvents
  private readonly backoff: Backoff
  private cutter: EventCutter
  private stream: EventStream | undefined
  private timer: NodeJS.Timeout | undefined
  /** Streams that are not gone yet. */
  private readonly ending = new Set<Promise<void>>()
  /** While reconnecting: since when; NaN else. */
  private lostAt = Number.NaN
  /** When the bytes that are being cut arrived. */
  private at = Number.NaN

  constructor(request: HttpRequest, settings: KeeperSettings, owner: KeeperEvents) {
    const { maxReconnects: attempts } = settings
    this.request = request
    this.settings = settings
    this.owner = owner
    this.backoff = new Backoff({ attempts, base: BASE_MS, factor: 2, jitter: 'full' }, 'sse reconnect', settings)
    this.cutter = this.newCutter()
  }

  /** Whether events can come. */
  get isUp(): boolean {
    return this.stream?.isUp ?? false
  }

  get isStanding(): boolean {
    return this.stream?.isStanding ?? false
  }

  /** Somebody waits for `up` or `failed`. */
  want(): void {
    if (!this.closed && !this.stream && this.timer === undefined) this.connect()
  }

  /** Nobody waits any more; `tooLate` when that is because it took too long. A stream that is asked for again goes on: it is for whoever comes next. */
  unwant(tooLate: boolean): void {
    if (!this.stream || this.stream.isUp || !Number.isNaN(this.lostAt)) return
    if (tooLate) this.settings.events.openFailed(this.lateness('').class)
    this.end()
  }

  /** Ends the stream; the next `want` asks for one that knows nothing of this one. */
  drop(): void {
    this.backoff.reset()
    this.lostAt = Number.NaN
    this.stopTimer()
    this.cutter = this.newCutter()
    this.end()
  }

  /** Ends everything; resolves when no socket is left. */
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
    // header values are Latin-1: the bytes of UTF-8, one by one
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

  /** The stream ended, or could not be had. */
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

  /** Waits for the next try to reconnect; false when there have been enough. */
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

  /** Lets go of the stream, whose socket may take a while to be gone. */
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

/** The standard gives a stream up that is answered with another status or content type. */
function isRefusal({ class: failureClass }: Failure): boolean {
  return failureClass === 'http_status' || failureClass === 'rate_limited' || failureClass === 'bad_sse'
}
