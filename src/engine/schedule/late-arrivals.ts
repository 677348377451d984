/**
 * Starts late arrivals (those that burn itself did not start in time) no faster than the planned rate allows, so that catching up makes no burst that
 * the plan does not contain.
 */
import { now } from '../../clock.ts'
import { type Control, TIMER_SLACK_MS } from './control.ts'
import { type WaitingArrival, WaitingArrivals } from './queue/waiting.ts'

/** Share by which starts may exceed the planned rate while some arrivals are late. */
const EXTRA_SHARE = 0.1
/** Smallest number of extra starts per second while some arrivals are late: at a low rate, one more per second is no burst. */
const LEAST_EXTRA = 20
/** Late arrivals may start together if the plan has as many arrivals within this time, in ms: about the usual lateness of timers. */
const AT_ONCE_MS = 2 * TIMER_SLACK_MS
/** Shortest time between two checks of the queue of late arrivals, in ms. */
const LOOK_MS = 1
/** How long after the end of the load late arrivals may still start, in ms. */
const CATCH_UP_MS = 1000

/** Callbacks to the open loop, whose late arrivals are queued. */
interface LateEvents {
  /** Called before each check of the queue of late arrivals, once per turn of the event loop. */
  turn(): void
  /** Returns true when the load still goes on, so that a late arrival may start now. */
  mayStart(): boolean
  start(arrival: WaitingArrival): void
}

/**
 * Queues arrivals that burn notices more than `TIMER_SLACK_MS` (10 ms) after they were due, and starts them in order. To avoid a burst, a token
 * bucket limits the rate of all starts to the planned rate plus 10 % (at least 20/s). The bucket holds as many tokens as arrivals are planned in 20
 * ms, at least one.
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

  /** Sets the planned arrival rate, per second, from which the limit on late starts is computed. */
  goBy(ratePerSecond: number): void {
    this.tokensPerMs = (ratePerSecond + Math.max(LEAST_EXTRA, EXTRA_SHARE * ratePerSecond)) / 1000
    this.mostTokens = Math.max(1, (ratePerSecond / 1000) * AT_ONCE_MS)
  }

  /** Takes a token from the bucket for an arrival that starts in time. The number of tokens may become negative. */
  punctual(at: number): void {
    this.fill(at)
    this.tokens = Math.max(-this.mostTokens, this.tokens - 1)
  }

  private fill(at: number): void {
    this.tokens = Math.min(this.mostTokens, this.tokens + (at - this.filledAt) * this.tokensPerMs)
    this.filledAt = at
  }

  /** Adds a late arrival to the queue. Returns false, without adding it, when the queue is full. */
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

  /** Removes the oldest late arrival and returns it; undefined when none waits. */
  shift(): WaitingArrival | undefined {
    return this.queue.shift()
  }
}
