/** Deadlines of one attempt, on our own timer: those of the HTTP library fire up to 500 ms off. */
import { now } from '../clock.ts'
import type { Exchange } from '../exchange.ts'
import type { Timeouts } from '../scenario/plan.ts'

interface Missed {
  readonly class: string
  readonly phase: 'connect' | 'headers' | 'first_token' | 'stream'
  readonly at: number
  readonly afterMs: number
  readonly of: string
}

/**
 * Watches one attempt and fails it when a stage takes too long. One timer: when it fires it looks which stage the attempt is in now,
 * so that a frame costs nothing. `stop` must be called when the attempt settles.
 */
export class Deadline {
  private timer: NodeJS.Timeout | undefined
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

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private readonly check = (): void => {
    if (this.exchange.settled) return
    const next = this.next()
    const leftMs = next.at - now()
    if (leftMs <= 0) {
      this.exchange.fail(next.class, next.phase, `${next.of} took longer than ${Math.round(next.afterMs)} ms`)
      return
    }
    // An attempt that moves on shortens what may be left: look again no later than the shortest stage allows.
    this.timer = setTimeout(this.check, Math.min(Math.ceil(leftMs), this.shortestMs()))
  }

  /** A stage that begins after this look must still be caught on time. */
  private shortestMs(): number {
    const { firstByte, firstToken, idle, total } = this.timeouts
    const unsent = Number.isNaN(this.exchange.sentAt)
    if (unsent) return Math.max(1, Math.min(firstByte, firstToken, idle, total))
    return Number.isNaN(this.exchange.firstByteAt) ? Math.max(1, Math.min(idle, firstToken)) : Math.max(1, idle)
  }

  private next(): Missed {
    const { exchange, timeouts, startedAt } = this
    if (Number.isNaN(exchange.sentAt)) {
      return {
        class: 'connect_timeout',
        phase: 'connect',
        at: startedAt + timeouts.connect,
        afterMs: timeouts.connect,
        of: 'connecting',
      }
    }
    const stage = this.stage()
    const total = this.total(stage.phase)
    return stage.at <= total.at ? stage : total
  }

  /** The whole takes too long in whatever stage it is by then. */
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
