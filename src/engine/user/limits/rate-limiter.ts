/** Implements `target.rateLimit`: burn's own limit on the requests and tokens per second that it sends to a target. */
import { after, LONGEST_TIMER_MS, now } from '../../../clock.ts'
import type { PlannedRateLimit } from '../../../scenario/compile/plan.ts'
import { Bucket } from './bucket.ts'

/** The place of a request in the queue of a rate limiter (`rateLimit`), while the request waits and after it is granted. */
export interface Place {
  /** Estimated number of tokens that were taken for this request; 0 while it waits. */
  tokens: number
  /** When the limit lets the request go (monotonic ms); NaN while it waits. */
  grantedAt: number
}

interface Waiter extends Place {
  readonly enteredAt: number
  readonly wake: () => void
}

/**
 * Limits the rate of requests, and of the LLM tokens that they use, as the scenario says. Requests are granted first in, first out; each has an exact
 * due time, even when the timer fires late. A request's tokens are estimated as the mean of the replies so far; before the first reply, as the
 * largest burst of tokens that the limit allows.
 */
export class RateLimiter {
  private readonly requests: Bucket | undefined
  private readonly tokens: Bucket | undefined
  private readonly tokenBurst: number
  private readonly queue: Waiter[] = []
  private stopTimer: (() => void) | undefined
  /** The earliest moment at which a place may be granted (monotonic ms): that of the last place that was granted, or of the last correction. */
  private notBefore: number
  private used = 0
  private replies = 0

  constructor({ requests, tokens }: PlannedRateLimit, at = now()) {
    this.requests = requests && new Bucket(requests, at)
    this.tokens = tokens && new Bucket(tokens, at)
    this.tokenBurst = tokens?.burst ?? 0
    this.notBefore = at
  }

  /** Returns a place for a request now; undefined when the limit is reached or others wait. */
  tryEnter(at = now()): Place | undefined {
    const tokens = this.estimate()
    if (this.queue.length > 0 || this.readyAt(tokens) > at) return undefined
    this.take(tokens, at)
    return { tokens, grantedAt: at }
  }

  /** Takes a place for a request that is sent in any case, such as an injected copy. Later requests wait until its tokens are made up for. */
  claim(at = now()): Place {
    const tokens = this.estimate()
    this.take(tokens, at)
    return { tokens, grantedAt: at }
  }

  /** Joins the queue; `wake` is called once the place is granted. */
  enter(wake: () => void): Place {
    const place: Waiter = { tokens: 0, enteredAt: now(), grantedAt: Number.NaN, wake }
    this.queue.push(place)
    this.serve()
    return place
  }

  /** Gives up a place, granted or not, whose request was not sent. Others in the queue move up. */
  leave(place: Place): void {
    const at = this.queue.indexOf(place as Waiter)
    if (at >= 0) this.queue.splice(at, 1)
    else this.putBack(place.tokens, 1)
    this.serve()
  }

  /** Replaces the estimated tokens of a place by those that its request has used; `used` is undefined when that is not known. */
  settled({ tokens }: Place, used: number | undefined): void {
    if (!this.tokens || used === undefined) return
    if (used > 0) {
      this.used += used
      this.replies += 1
    }
    this.putBack(tokens - used, 0)
    this.serve()
  }

  /** Estimates the tokens of the next request: the mean of the replies so far. */
  private estimate(): number {
    if (!this.tokens) return 0
    return this.replies === 0 ? this.tokenBurst : this.used / this.replies
  }

  private putBack(tokens: number, requests: number): void {
    this.requests?.correct(-requests)
    this.tokens?.correct(-tokens)
    this.notBefore = Math.max(this.notBefore, now())
  }

  private readyAt(tokens: number): number {
    const requests = this.requests?.readyAt(1) ?? Number.NEGATIVE_INFINITY
    return Math.max(requests, this.tokens?.readyAt(tokens) ?? Number.NEGATIVE_INFINITY)
  }

  private take(tokens: number, at: number): void {
    this.requests?.take(1, at)
    this.tokens?.take(tokens, at)
    this.notBefore = at
  }

  /** Grants the places whose moment has come, and sets the timer for the next one. */
  private serve(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
    for (let head = this.queue[0]; head; head = this.queue[0]) {
      const tokens = this.estimate()
      const at = Math.max(this.readyAt(tokens), head.enteredAt, this.notBefore)
      const left = at - now()
      if (left > 0) {
        this.stopTimer = after(Math.min(Math.ceil(left), LONGEST_TIMER_MS), () => this.serve())
        return
      }
      this.queue.shift()
      this.take(tokens, at)
      head.tokens = tokens
      head.grantedAt = at
      head.wake()
    }
  }
}
