/** Enforces the deadlines of an attempt with a timer of its own, because those of the HTTP library fire up to 500 ms off. */
import { after, nextTurn, now } from '../../clock.ts'
import type { Exchange } from '../../exchange.ts'
import type { Timeouts } from '../../scenario/compile/plan.ts'

/** Failure class of an attempt that was in flight when its iteration timed out. */
export const ITERATION_TIMEOUT = 'timeout_iteration'

/** True for an attempt that was in flight when its iteration timed out. */
export const isIterationTimeout = (exchange: Exchange): boolean => exchange.failure?.class === ITERATION_TIMEOUT

/** The stages of an attempt that have deadlines: connecting, waiting for the first byte, for the first token, reading the rest. */
type Stage = 'connect' | 'headers' | 'first_token' | 'stream'

/** A deadline that an attempt can miss, with the failure that missing it causes. */
interface Missed {
  readonly class: string
  readonly phase: Stage
  readonly at: number
  readonly afterMs: number
  readonly of: string
}

/** An attempt whose deadlines are watched. */
interface WatchedAttempt {
  readonly exchange: Exchange
  /** When the attempt began, in ms on the monotonic clock. */
  readonly startedAt: number
  readonly timeouts: Timeouts
  /** False for an attempt whose reply has no generated tokens, so that there is no first token to wait for. */
  readonly generates: boolean
}

/**
 * Fails an attempt of one user when a stage of it, such as connecting, takes too long. All attempts of the user share one timer, which is set anew
 * only for an earlier deadline; quick attempts rarely need that.
 */
export class Deadlines {
  private watched: WatchedAttempt | undefined
  private stopTimer: (() => void) | undefined
  /** When the timer fires (monotonic ms); Infinity while none is set. */
  private firesAt = Number.POSITIVE_INFINITY

  /** Watches the deadlines of an attempt, and no longer those of the attempt before. */
  watch(exchange: Exchange, startedAt: number, timeouts: Timeouts, generates: boolean): void {
    this.watched = { exchange, startedAt, timeouts, generates }
    if (timeouts.connect > 0) this.wakeIn(Math.min(Math.ceil(timeouts.connect), shortestMs(this.watched)), startedAt)
    else this.check()
  }

  /** Stops watching; no failure is reported after this. The timer stays for the next attempt. */
  stop(): void {
    this.watched = undefined
  }

  /** Stops watching, and stops the timer. */
  close(): void {
    this.stop()
    this.stopTimer?.()
    this.firesAt = Number.POSITIVE_INFINITY
  }

  private wakeIn(ms: number, from: number): void {
    if (this.firesAt <= from + ms) return
    this.stopTimer?.()
    this.firesAt = from + ms
    this.stopTimer = after(ms, this.fire)
  }

  private readonly fire = (): void => {
    this.stopTimer = undefined
    this.firesAt = Number.POSITIVE_INFINITY
    this.check()
  }

  private check(): void {
    const { watched } = this
    if (watched === undefined || watched.exchange.settled) return
    const at = now()
    const leftMs = nextOf(watched).at - at
    // The next stage may have a shorter deadline: check again no later than the shortest one allows.
    if (leftMs > 0) this.wakeIn(Math.min(Math.ceil(leftMs), shortestMs(watched)), at)
    // After a stall of burn's own, data that came in time may still be unread: timers run before sockets are read, immediates after.
    else nextTurn(() => this.failIfLate(watched))
  }

  private failIfLate(watched: WatchedAttempt): void {
    if (this.watched !== watched || watched.exchange.settled) return
    const missed = nextOf(watched)
    if (missed.at > now()) this.check()
    else watched.exchange.fail(missed.class, missed.phase, `${missed.of} took longer than ${Math.round(missed.afterMs)} ms`)
  }
}

/** Returns how long the next check of the deadlines may wait, in ms. A stage that begins meanwhile can miss its deadline by at most this time. */
function shortestMs({ exchange, timeouts: { firstByte, firstToken, idle, total } }: WatchedAttempt): number {
  const unsent = Number.isNaN(exchange.sentAt)
  if (unsent) return Math.max(1, Math.min(firstByte, firstToken, idle, total))
  return Number.isNaN(exchange.firstByteAt) ? Math.max(1, Math.min(idle, firstToken)) : Math.max(1, idle)
}

/** Returns the next deadline of an attempt. */
function nextOf(watched: WatchedAttempt): Missed {
  const { exchange, timeouts, startedAt } = watched
  if (Number.isNaN(exchange.sentAt)) {
    const reached = exchange.handshaking
    return {
      class: reached ? 'timeout_headers' : 'connect_timeout',
      phase: reached ? 'headers' : 'connect',
      at: startedAt + timeouts.connect,
      afterMs: timeouts.connect,
      of: reached ? 'connecting, up to the answer to the handshake,' : 'connecting',
    }
  }
  const stage = deadlineOfStage(watched)
  const total = deadlineOfReply(watched, stage.phase)
  return stage.at <= total.at ? stage : total
}

/** Returns the deadline of the whole reply. `phase` is the stage in which the attempt is now. */
function deadlineOfReply({ exchange, timeouts }: WatchedAttempt, phase: Stage): Missed {
  return {
    class: 'timeout_total',
    phase,
    at: exchange.sentAt + timeouts.total,
    afterMs: timeouts.total,
    of: 'the whole reply',
  }
}

/** Returns the deadline of the stage in which the attempt is now. */
function deadlineOfStage({ exchange, timeouts, generates }: WatchedAttempt): Missed {
  if (Number.isNaN(exchange.firstByteAt)) {
    return {
      class: 'timeout_headers',
      phase: 'headers',
      at: exchange.sentAt + timeouts.firstByte,
      afterMs: timeouts.firstByte,
      of: 'the first byte',
    }
  }
  if (generates && Number.isNaN(exchange.firstTokenAt)) {
    const at = exchange.sentAt + timeouts.firstToken
    return { class: 'timeout_first_token', phase: 'first_token', at, afterMs: timeouts.firstToken, of: 'the first token' }
  }
  const at = exchange.lastActivityAt + timeouts.idle
  return { class: 'timeout_idle', phase: 'stream', at, afterMs: timeouts.idle, of: 'a silence inside the reply' }
}

/**
 * Returns the stage that an attempt is in now, such as connecting. With `generates`, the reply holds generated tokens, and waiting for the first of
 * them is a stage of its own.
 */
export function stageOf(exchange: Exchange, generates: boolean): Stage {
  if (Number.isNaN(exchange.sentAt)) return 'connect'
  if (Number.isNaN(exchange.firstByteAt)) return 'headers'
  return generates && Number.isNaN(exchange.firstTokenAt) ? 'first_token' : 'stream'
}
