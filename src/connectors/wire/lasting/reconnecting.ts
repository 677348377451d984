import { after, LONGEST_TIMER_MS, now } from '../../../clock.ts'
import { LocalError } from '../../../errors.ts'
import type { ConnectTimes, Failure } from '../../../exchange.ts'
import type { ConnectionEvents } from '../connector.ts'
import type { Backoff } from './backoff.ts'

const GIVEN_UP = 'given up before the connection was made'

/**
 * How burn ends a WebSocket or MQTT connection: with the closing handshake of the protocol (`close`), without it (`drop`), or by a TCP reset.
 * Protocols without these differences ignore it.
 */
export type Ending = 'close' | 'drop' | 'reset'

/**
 * A try to connect that is going on. It reports `opened` or `failed` to the `ReconnectingConnection` that started it, and nothing after `destroy`.
 */
export interface ConnectTry {
  /** Returns the failure, with the message `why`, for giving up now. */
  givenUp(why: string): Failure
  /** Stops the try and frees its socket; the promise, if any, resolves when the socket is gone. */
  destroy(): Promise<void> | void
}

/** An open connection that a `ReconnectingConnection` keeps. It reports `lost` to that object when the peer or the network ends it. */
export interface OpenConnection {
  /** Resolves when its socket is gone, whoever ended it. */
  readonly gone: Promise<void>
  /** Ends the connection; has no effect when it is gone. */
  end(how: Ending): void
}

/**
 * The callbacks of a `ReconnectingConnection`: `connect` starts a try to connect; the others are called when a try succeeds or fails, or the
 * connection is lost.
 */
export interface ReconnectingOwner<Connected> {
  /** Starts a try to connect. @throws LocalError when settings are wrong, so that no other try could succeed */
  connect(): ConnectTry
  opened(connection: Connected, times: ConnectTimes): void
  /** Called when the current connection was lost; `expected` is true when the scenario accepts this end as a normal one. */
  lost(failure: Failure, expected: boolean, connection: Connected): void
  /** Called when no connection could be made; burn tries again only when `want` is called. */
  failed(problem: Failure | LocalError): void
  /** Number of requests in flight on the current connection. */
  readonly inFlight: number
  /** The wait in ms that the server asked for before a reconnect; left out by protocols in which servers cannot ask for one. */
  readonly leastWaitMs?: number
  /** Returns true when the server's refusal ends reconnecting; left out when no failure does. */
  refuses?(failure: Failure): boolean
}

/**
 * The settings for opening a WebSocket or MQTT connection again after it was lost: how long to wait between tries, how long a try may take, and the
 * callbacks to which successes and losses are reported.
 */
export interface ReconnectRule {
  readonly events: ConnectionEvents
  /** The waits between tries to reconnect; undefined when burn reconnects only when `want` is called. */
  readonly backoff: Backoff | undefined
  /** Longest duration of one try to reconnect, in ms; no other deadline applies to it. */
  readonly tryMs: number
  /** The message of a try that took longer than `tryMs`. */
  readonly lateMessage: string
  /** True when a connection made for `want` after a loss counts as a reconnect too; false when only those count that were made unasked. */
  readonly countsLater: boolean
}

/**
 * Keeps one connection of a user: opens it when it is needed, opens it again after a loss, and closes it at the end. The method `close` also waits
 * for earlier connections that are still closing. The table has the states and what ends each: the fate of the connection, or a call of a method
 * (`want` and others). `backoff` are the waits between tries; without them, a lost connection is not opened again unasked.
 * | state | what it has | how it ends |
 * | --- | --- | --- |
 * | idle | nothing | `want` → connecting; `resume` → resting with `backoff`, else connecting |
 * | connecting | a try | opened → open; failed, `unwant` → idle; when reconnecting, failed → resting, and `unwant` does nothing |
 * | open | the connection | lost → resting with `backoff`, else idle; expected end, `leave`, `release` → idle |
 * | resting: the wait before the next try | a timer | the timer → connecting; `leave` → idle |
 * | closed | nothing | never |
 */
export class ReconnectingConnection<Connected extends OpenConnection> {
  /** The connection in use; undefined when there is none. */
  current: Connected | undefined
  closed = false
  private readonly rule: ReconnectRule
  private readonly owner: ReconnectingOwner<Connected>
  private attempt: ConnectTry | undefined
  private stopTimer: (() => void) | undefined
  /** All connections whose socket still exists, each with who ended it. */
  private readonly existing = new Map<Connected, 'open' | 'ours' | 'lost'>()
  /** One promise for each connection that is closing; it resolves when the socket is closed. */
  private readonly ending = new Set<Promise<void>>()
  /** True from a loss until the connection is made again or the last try has failed. */
  private reconnecting = false
  /** When the connection was lost that has not been replaced yet, in monotonic ms; else NaN. */
  private downAt = Number.NaN

  constructor(rule: ReconnectRule, owner: ReconnectingOwner<Connected>) {
    this.rule = rule
    this.owner = owner
  }

  /** Connects, unless there is a connection or a try is under way or planned; `opened` or `failed` follows. */
  want(): void {
    if (!this.closed && !this.current && !this.underWay) this.connect()
  }

  /** Connects as after a loss: an earlier connection of the same user was lost at `lostAt`, in monotonic ms. */
  resume(lostAt: number): void {
    if (this.closed) return
    this.downAt = lostAt
    this.reconnecting = this.rest()
    this.want()
  }

  /** True while a connection is being made, or during the wait before the next try. */
  get underWay(): boolean {
    return this.attempt !== undefined || this.stopTimer !== undefined
  }

  /** Stops connecting, because no exchange waits for the connection; a reconnect goes on. `tooLate` is true when that counts as a failure. */
  unwant(tooLate: boolean): void {
    if (!this.reconnecting) this.giveUp(tooLate)
  }

  /** Ends the connection and does not reconnect until the next `want`. Resolves when the connection that was in use is closed. */
  async leave(how: Ending): Promise<void> {
    this.settle()
    this.downAt = Number.NaN
    this.giveUp(false)
    const connection = this.release()
    if (connection) this.end(connection, how)
    await connection?.gone
  }

  /** Takes the current connection out of use without ending it, and returns it; undefined when there is none. */
  release(): Connected | undefined {
    const { current } = this
    this.current = undefined
    return current
  }

  /** Closes all connections for good; resolves when no socket is left. */
  async close(): Promise<void> {
    this.shut('close', false)
    await Promise.all(this.ending)
  }

  /** Ends all connections at once and for good. A try to connect that was under way counts as failed; its failure is returned. */
  abort(): Failure | undefined {
    return this.shut('drop', true)
  }

  /** Called by the owner's try when it has made a connection. */
  opened(connection: Connected, times: ConnectTimes): void {
    const { events, backoff } = this.rule
    this.attempt = undefined
    this.current = connection
    this.existing.set(connection, 'open')
    this.track(connection.gone.then(() => this.gone(connection)))
    this.settle()
    backoff?.reset()
    events.opened(times)
    if (!Number.isNaN(this.downAt)) events.reconnected(now() - this.downAt)
    this.downAt = Number.NaN
    this.owner.opened(connection, times)
  }

  /** Called by the owner's try when it could not connect. A LocalError ends reconnecting, because another try would fail in the same way. */
  failed(problem: Failure | LocalError): void {
    const isLocal = problem instanceof LocalError
    const again = this.reconnecting && !isLocal && this.owner.refuses?.(problem) !== true
    this.clearTimer()
    this.endTry()
    if (!isLocal) this.rule.events.openFailed(problem.class)
    if (again && this.rest()) return
    this.forgetLoss()
    this.owner.failed(problem)
  }

  /** Called by a connection that the peer or the network has ended. Ignored when it was ended before. */
  lost(connection: Connected, failure: Failure, expected = false): void {
    const { events, countsLater } = this.rule
    if (this.existing.get(connection) !== 'open') return
    this.existing.set(connection, 'lost')
    const inUse = this.current === connection
    if (expected) events.closed()
    else events.lost(failure.class, inUse ? this.owner.inFlight : 0)
    if (!inUse) return
    this.current = undefined
    if (!expected) {
      this.reconnecting = this.rest()
      if (this.reconnecting || countsLater) this.downAt = now()
    }
    this.owner.lost(failure, expected, connection)
  }

  private connect(): void {
    try {
      this.attempt = this.owner.connect()
    } catch (error) {
      if (!(error instanceof LocalError)) throw error
      this.failed(error)
    }
  }

  /** Starts the wait before the next try to reconnect; returns false after the last try. */
  private rest(): boolean {
    const waitMs = this.rule.backoff?.next(this.owner.leastWaitMs)
    if (waitMs === undefined) return false
    this.stopTimer = after(Math.min(waitMs, LONGEST_TIMER_MS), () => this.tryAgain())
    return true
  }

  private tryAgain(): void {
    const { tryMs, lateMessage } = this.rule
    this.stopTimer = after(tryMs, () => {
      if (this.attempt) this.failed(this.attempt.givenUp(lateMessage))
    })
    this.connect()
  }

  /** Stops a try that is under way and returns its failure; undefined without one. With `tooLate`, the try counts as failed. */
  private giveUp(tooLate: boolean): Failure | undefined {
    const failure = this.attempt?.givenUp(GIVEN_UP)
    this.endTry()
    if (failure && tooLate) this.rule.events.openFailed(failure.class)
    return failure
  }

  private endTry(): void {
    const { attempt } = this
    this.attempt = undefined
    const gone = attempt?.destroy()
    if (gone) this.track(gone)
  }

  private shut(how: Ending, tooLate: boolean): Failure | undefined {
    this.closed = true
    this.settle()
    const failure = this.giveUp(tooLate)
    this.release()
    for (const connection of this.existing.keys()) this.end(connection, how)
    return failure
  }

  private end(connection: Connected, how: Ending): void {
    if (this.existing.get(connection) === 'open') this.existing.set(connection, 'ours')
    connection.end(how)
  }

  private gone(connection: Connected): void {
    if (this.existing.get(connection) === 'ours') this.rule.events.closed()
    this.existing.delete(connection)
  }

  private track(gone: Promise<void>): void {
    this.ending.add(gone)
    void gone.finally(() => this.ending.delete(gone))
  }

  /** Ends reconnecting although no connection was made. */
  private forgetLoss(): void {
    this.settle()
    if (!this.rule.countsLater) this.downAt = Number.NaN
  }

  /** Ends reconnecting and stops its timer. */
  private settle(): void {
    this.clearTimer()
    this.reconnecting = false
    this.rule.backoff?.reset()
  }

  private clearTimer(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
  }
}

/**
 * Returns the failure of an attempt whose connection could not be opened because of `problem`. A LocalError becomes a failure of class `local_setup`
 * with the same message; a failure is returned as it is.
 */
export function failureOf(problem: Failure | LocalError): Failure {
  return problem instanceof LocalError ? { class: 'local_setup', phase: 'connect', message: problem.message } : problem
}
