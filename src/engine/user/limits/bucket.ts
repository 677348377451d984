/** The size of a rate limit's token bucket: it holds at most `burst` tokens, and `perSecond` are added per second. */
interface BucketSize {
  readonly perSecond: number
  readonly burst: number
}

/**
 * A token bucket that is full at first. It stores the moment at which it was last empty, so that rounding errors do not add up. All times
 * are in ms on one clock.
 * @see ITU-T I.371, the generic cell rate algorithm in its virtual-scheduling form
 */
export class Bucket {
  /** Time in ms in which one token is added; `fullMs` is the time in which the empty bucket fills. */
  private readonly tokenMs: number
  private readonly fullMs: number
  private emptyAt: number

  constructor({ perSecond, burst }: BucketSize, at: number) {
    this.tokenMs = 1000 / perSecond
    this.fullMs = burst * this.tokenMs
    this.emptyAt = at - this.fullMs
  }

  /** Returns when the bucket holds `count` tokens, or is full if it cannot hold so many; a time in the past when it already does. */
  readyAt(count: number): number {
    return this.emptyAt + Math.min(count * this.tokenMs, this.fullMs)
  }

  /** Takes `count` tokens at the moment `at`. Missing tokens are owed: those who take later have to wait for them. */
  take(count: number, at: number): void {
    this.emptyAt = Math.max(this.emptyAt, at - this.fullMs) + count * this.tokenMs
  }

  /** Corrects an estimate: takes `count` further tokens, or puts tokens back when `count` is negative. */
  correct(count: number): void {
    this.emptyAt += count * this.tokenMs
  }
}
