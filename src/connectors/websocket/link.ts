import { now } from '../../clock.ts'
import { LocalError } from '../../errors.ts'
import type { ConnectTimes, Failure } from '../../exchange.ts'
import { Backoff } from '../wire/backoff.ts'
import type { ConnectionEvents, TargetAddress } from '../wire/connector.ts'
import { givenUp, silentFailure } from './failures.ts'
import { Handshake, type HandshakeSettings, type Upgraded } from './handshake.ts'
import { DEFAULT_PONG_MS, Heartbeat } from './heartbeat.ts'
import { frameBytes } from './options/request.ts'
import { upgradeOf } from './upgrade.ts'
import { Wire } from './wire.ts'

/** Longest duration of one try to reconnect in ms when `reconnect.timeout` is not set; no other deadline applies to it. */
const DEFAULT_TRY_MS = 10_000

const GIVEN_UP = 'given up before the connection was made'

/** The settings for the WebSocket of one user: how to open it, where to report its connections, the user's number, and the seed for random waits. */
export interface LinkSettings extends HandshakeSettings {
  readonly events: ConnectionEvents
  readonly userId: number
  readonly seed: string | number
}

/** The callbacks of a user's WebSocket: its socket is connected, it is open, a message has come, it was lost, it could not be opened. */
export interface WebSocketLinkEvents {
  /** Called when a socket is connected; its handshake follows. */
  standing(): void
  up(wire: Wire, times: ConnectTimes): void
  message(bytes: Buffer, at: number): void
  /** Number of requests in flight on the current connection. */
  readonly inFlight: number
  /** Called when the current connection was lost; `expected` is true when the option `expectClose` lists its close code. */
  down(failure: Failure, expected: boolean, wire: Wire): void
  /** Called when no connection could be made; the next try is made only when `want` is called. */
  failed(problem: Failure | LocalError): void
}

/**
 * Keeps the WebSocket of one user: opens it, opens it again when it is lost, and closes it for good.
 * | state | holds | left by |
 * | --- | --- | --- |
 * | idle | nothing | `want` → connecting |
 * | connecting | handshake; while reconnecting also a timer, the deadline of the try | up → open; failed → resting while reconnecting, else idle |
 * | open | wire | lost → resting with `reconnect`, else idle; `drop` → idle |
 * | resting | timer, the wait before the next try | timer → connecting |
 * | closed | nothing | never |
 */
export class WebSocketLink {
  /** The current connection; undefined when there is none. */
  wire: Wire | undefined
  /** The address to connect to; its credentials may change between requests. */
  address: TargetAddress
  closed = false
  private readonly settings: LinkSettings
  private readonly owner: WebSocketLinkEvents
  private readonly backoff: Backoff | undefined
  private handshake: Handshake | undefined
  private heartbeat: Heartbeat | undefined
  private timer: NodeJS.Timeout | undefined
  /** All connections that still exist, those that are closing included. */
  private readonly wires = new Set<Wire>()
  private readonly whenEmpty: (() => void)[] = []
  /** While reconnecting, the monotonic time in ms of the loss; else NaN. */
  private lostAt = Number.NaN
  /** Monotonic time in ms at which a connection was lost that has not been replaced yet; else NaN. */
  private downAt = Number.NaN
  private made = 0

  constructor(address: TargetAddress, settings: LinkSettings, owner: WebSocketLinkEvents) {
    const { reconnect } = settings.options
    this.address = address
    this.settings = settings
    this.owner = owner
    this.backoff = reconnect && new Backoff(reconnect, 'websocket reconnect', settings)
  }

  /** Connects, unless a try is under way or planned; `up` or `failed` follows. */
  want(): void {
    if (!this.handshake && this.timer === undefined) this.connect()
  }

  /** Stops connecting, because no exchange waits for it; a reconnect goes on. `tooLate`: that counts as a failure. */
  unwant(tooLate: boolean): void {
    if (Number.isNaN(this.lostAt)) this.giveUp(tooLate)
  }

  /** Stops the current handshake and returns its failure; `tooLate` counts it as failed. */
  private giveUp(tooLate: boolean): Failure | undefined {
    const { handshake } = this
    if (!handshake) return undefined
    this.handshake = undefined
    const failure = handshake.givenUp(GIVEN_UP)
    handshake.destroy()
    if (tooLate) this.settings.events.openFailed(failure.class)
    return failure
  }

  /** Ends the current connection at once; the next `want` makes another. */
  drop(): void {
    this.release()?.drop()
  }

  /** Closes the connection (`abrupt`: with a reset); reconnects only after the next `want`. Resolves when it is closed. */
  async leave(abrupt: boolean): Promise<void> {
    this.lostAt = Number.NaN
    this.downAt = Number.NaN
    this.stopTimer()
    this.giveUp(false)
    const wire = this.release()
    if (abrupt) wire?.reset()
    else wire?.close()
    await wire?.gone
  }

  /** Closes all connections with closing handshakes, for good; resolves when none is left. */
  async close(): Promise<void> {
    this.shut()
    for (const wire of this.wires) wire.close()
    if (this.wires.size > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve))
  }

  /** Ends all connections at once, for good; returns the failure of a handshake that was under way, if any. */
  abort(): Failure | undefined {
    const failure = this.giveUp(true)
    this.shut()
    for (const wire of this.wires) wire.drop()
    return failure
  }

  private shut(): void {
    this.closed = true
    this.stopTimer()
    this.giveUp(false)
    this.release()
  }

  /** Stops using the current connection and returns it, for the caller to close; undefined when there is none. */
  release(): Wire | undefined {
    const { wire } = this
    this.heartbeat?.stop()
    this.heartbeat = undefined
    this.wire = undefined
    return wire
  }

  private connect(): void {
    try {
      this.handshake = new Handshake(upgradeOf(this.address, this.settings.options), this.settings, {
        standing: () => {
          this.settings.events.standing?.()
          this.owner.standing()
        },
        opened: (upgraded) => this.opened(upgraded),
        failed: (failure) => this.failed(failure),
      })
    } catch (error) {
      if (!(error instanceof LocalError)) throw error
      // The address or a file is wrong, so further tries would fail as well.
      this.lostAt = Number.NaN
      this.stopTimer()
      this.owner.failed(error)
    }
  }

  private opened(upgraded: Upgraded): void {
    this.handshake = undefined
    this.stopTimer()
    const wire = this.attach(upgraded)
    this.settings.events.opened(upgraded.times)
    this.recovered()
    if (this.made > 0) for (const message of this.settings.options.resubscribe) wire.send(frameBytes(message), false)
    this.made += 1
    this.owner.up(wire, upgraded.times)
  }

  private recovered(): void {
    this.backoff?.reset()
    if (!Number.isNaN(this.downAt)) this.settings.events.reconnected(now() - this.downAt)
    this.lostAt = Number.NaN
    this.downAt = Number.NaN
  }

  private attach(upgraded: Upgraded): Wire {
    const wire: Wire = new Wire(upgraded, {
      message: (bytes, at) => {
        if (this.wire === wire) this.owner.message(bytes, at)
      },
      pong: () => {
        if (this.wire === wire) this.heartbeat?.pong()
      },
      lost: (failure, code) => this.lost(wire, failure, code),
      ended: (ours) => this.ended(wire, ours),
    })
    this.wire = wire
    this.wires.add(wire)
    const { ping } = this.settings.options
    if (ping) this.heartbeat = beat(wire, ping.every, ping.timeout ?? DEFAULT_PONG_MS)
    return wire
  }

  private failed(failure: Failure): void {
    this.handshake = undefined
    this.stopTimer()
    this.settings.events.openFailed(failure.class)
    if (Number.isNaN(this.lostAt) || !this.rest()) {
      this.lostAt = Number.NaN
      this.owner.failed(failure)
    }
  }

  /** Starts the wait before the next try to reconnect; returns false after the last try. */
  private rest(): boolean {
    const waitMs = this.backoff?.next()
    if (waitMs === undefined) return false
    this.timer = setTimeout(() => this.tryAgain(), waitMs)
    return true
  }

  private tryAgain(): void {
    const tryMs = this.settings.options.reconnect?.timeout ?? DEFAULT_TRY_MS
    this.timer = setTimeout(() => {
      const why = `reconnecting took longer than ${tryMs} ms`
      const failure = this.handshake?.givenUp(why) ?? givenUp(why)
      this.handshake?.destroy()
      this.failed(failure)
    }, tryMs)
    this.connect()
  }

  private stopTimer(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private lost(wire: Wire, failure: Failure, code: number | undefined): void {
    const expected = code !== undefined && this.settings.options.expectClose.includes(code)
    if (expected) this.settings.events.closed()
    else this.settings.events.lost(failure.class, this.wire === wire ? this.owner.inFlight : 0)
    if (this.wire !== wire) return
    this.release()
    if (!expected) this.downAt = now()
    if (!expected && this.backoff) {
      this.lostAt = this.downAt
      this.rest()
    }
    this.owner.down(failure, expected, wire)
  }

  private ended(wire: Wire, ours: boolean): void {
    this.wires.delete(wire)
    if (ours) this.settings.events.closed()
    if (this.wires.size === 0) for (const resolve of this.whenEmpty.splice(0)) resolve()
  }
}

function beat(wire: Wire, everyMs: number, timeoutMs: number): Heartbeat {
  const silent = () => wire.abandon(silentFailure(timeoutMs))
  return new Heartbeat({ everyMs, timeoutMs }, () => wire.ping(), silent)
}
