/**
 * Starts arrivals for which burn itself was too late, no faster than the planned rate allows, so that catching up makes no burst that the plan does
 * not contain.
 */
import { now } from '../../clock.ts'
import { type Control, TIMER_SLACK_MS } from './control.ts'
import { type WaitingArrival, WaitingArrivals } from './queue/waiting.ts'

/** While some arrivals are late, starts may exceed the planned rate by this share. */
const EXTRA_SHARE = 0.1
/** And by at least this many per second: where few arrive, one more is no burst. */
const LEAST_EXTRA = 20
/** As many starts at once as the plan holds for this time, in ms: what regular lateness of the usual size explains. */
const AT_ONCE_MS = 2 * TIMER_SLACK_MS
/** Shortest time between two looks at the queue, in ms. */
const LOOK_MS = 1
/** How long after the end of the load late arrivals may still start, in ms. */
const CATCH_UP_MS = 1000

/** What late arrivals need of the loop that they belong to. */
interface LateEvents {
  /** Called at each look at the queue, before arrivals start. */
  turn(): void
  /** Returns true when an arrival may start now. */
  mayStart(): boolean
  start(arrival: WaitingArrival): void
}

/**
 * Queues arrivals that were noticed more than `TIMER_SLACK_MS` after they were due, or that could not start then, and starts them, the
 * oldest first. A token bucket limits how fast: each start of the load takes a token. Tokens are added at 1.1 times the planned rate, and
 * those of at most `AT_ONCE_MS` are saved up.
 */
export class LateArrivals {
  private readonly control: Control
  private readonly events: LateEvents
  private readonly queue = new WaitingArrivals()
  private draining: Promise<void> | undefined
  private tokens = 1
  private tokensPerMs = 0
  private mostTokens = 1
  private filledAt = 0

  constructor(control: Control, events: LateEvents) {
    this.control = control
    this.events = events
  }

  get size(): number {
    return this.queue.size
  }

  /** Sets the rate that is planned now, per second. */
  goBy(ratePerSecond: number): void {
    this.tokensPerMs = (ratePerSecond + Math.max(LEAST_EXTRA, EXTRA_SHARE * ratePerSecond)) / 1000
    this.mostTokens = Math.max(1, (ratePerSecond / 1000) * AT_ONCE_MS)
  }

  /** Counts the start of a punctual arrival, which takes a token, also one that has not come in yet. */
  punctual(at: number): void {
    this.fill(at)
    this.tokens = Math.max(-this.mostTokens, this.tokens - 1)
  }

  private fill(at: number): void {
    this.tokens = Math.min(this.mostTokens, this.tokens + (at - this.filledAt) * this.tokensPerMs)
    this.filledAt = at
  }

  /** Adds an arrival. Returns false when too many wait already. */
  push(arrival: WaitingArrival): boolean {
    if (!this.queue.push(arrival)) return false
    this.draining ??= this.drain()
    return true
  }

  private async drain(): Promise<void> {
    while (this.queue.size > 0 && (await this.control.sleepUntil(now() + this.msToToken()))) {
      const from = now()
      this.fill(from)
      this.events.turn()
      for (; this.tokens >= 1 && now() - from <= LOOK_MS && this.events.mayStart() && this.startOldest(); this.tokens -= 1);
    }
    this.draining = undefined
  }

  private msToToken(): number {
    return Math.max(LOOK_MS, (1 - this.tokens) / this.tokensPerMs)
  }

  private startOldest(): boolean {
    const arrival = this.queue.shift()
    if (arrival) this.events.start(arrival)
    return arrival !== undefined
  }

  /** Resolves when no arrival is late any more, the run was stopped, or a second has passed. */
  async caughtUp(): Promise<void> {
    if (this.draining) await Promise.race([this.draining, this.control.sleepUntil(now() + CATCH_UP_MS)])
  }

  /** Removes the oldest arrival and returns it; undefined when none is late. */
  shift(): WaitingArrival | undefined {
    return this.queue.shift()
  }
}
