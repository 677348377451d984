/** Deadlines of one attempt, on our own timer: those of the HTTP library fire up to 500 ms off. */
import { after, nextTurn, now } from '../../clock.ts'
import type { Exchange } from '../../exchange.ts'
import type { Timeouts } from '../../scenario/compile/plan.ts'

/** The stages of an attempt that have deadlines: connecting, waiting for the first byte, for the first token, reading the rest. */
type Stage = 'connect' | 'headers' | 'first_token' | 'stream'

/** A deadline, and the failure of an attempt that misses it. */
interface Missed {
  readonly class: string
  readonly phase: Stage
  readonly at: number
  readonly afterMs: number
  readonly of: string
}

/**
 * Fails an attempt when one of its stages takes too long. A single timer checks the stage when it fires, so that arriving data need not
 * restart it. Call `stop` when the attempt settles.
 */
export class Deadline {
  private stopTimer: (() => void) | undefined
  private readonly exchange: Exchange
  private readonly startedAt: number
  private readonly timeouts: Timeouts
  /** False for replies that generate nothing: they have no first token to wait for. */
  private readonly generates: boolean

  constructor(exchange: Exchange, startedAt: number, timeouts: Timeouts, generates: boolean) {
    this.exchange = exchange
    this.startedAt = startedAt
    this.timeouts = timeouts
    this.generates = generates
    this.check()
  }

  /** Stops the timer; no failure is reported after this. */
  stop(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
  }

  private readonly check = (): void => {
    if (this.exchange.settled) return
    const leftMs = this.next().at - now()
    // The next stage may have a shorter deadline: check again no later than the shortest one allows.
    if (leftMs > 0) this.stopTimer = after(Math.min(Math.ceil(leftMs), this.shortestMs()), this.check)
    // After a stall of burn's own, data that came in time may still be unread: timers run before sockets are read, immediates after.
    else nextTurn(this.failIfLate)
  }

  private readonly failIfLate = (): void => {
    if (this.exchange.settled) return
    const next = this.next()
    if (next.at > now()) this.check()
    else this.exchange.fail(next.class, next.phase, `${next.of} took longer than ${Math.round(next.afterMs)} ms`)
  }

  /** Longest time until the next check, in ms: a stage that begins meanwhile must not miss its deadline by more. */
  private shortestMs(): number {
    const { firstByte, firstToken, idle, total } = this.timeouts
    const unsent = Number.isNaN(this.exchange.sentAt)
    if (unsent) return Math.max(1, Math.min(firstByte, firstToken, idle, total))
    return Number.isNaN(this.exchange.firstByteAt) ? Math.max(1, Math.min(idle, firstToken)) : Math.max(1, idle)
  }

  private next(): Missed {
    const { exchange, timeouts, startedAt } = this
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
    const stage = this.stage()
    const total = this.total(stage.phase)
    return stage.at <= total.at ? stage : total
  }

  /** The deadline of the whole reply; `phase` is the stage that it is missed in. */
  private total(phase: Missed['phase']): Missed {
    const { exchange, timeouts } = this
    return {
      class: 'timeout_total',
      phase,
      at: exchange.sentAt + timeouts.total,
      afterMs: timeouts.total,
      of: 'the whole reply',
    }
  }

  private stage(): Missed {
    const { exchange, timeouts, generates } = this
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
}

/** Returns the stage that an attempt is in now. `generates` says that its reply should hold generated tokens, so that there is a first one to wait for. */
export function stageOf(exchange: Exchange, generates: boolean): Stage {
  if (Number.isNaN(exchange.sentAt)) return 'connect'
  if (Number.isNaN(exchange.firstByteAt)) return 'headers'
  return generates && Number.isNaN(exchange.firstTokenAt) ? 'first_token' : 'stream'
}
