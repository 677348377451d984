/** The size of a token bucket: it holds at most `burst` tokens, and `perSecond` are added per second. */
export interface BucketSize {
  readonly perSecond: number
  readonly burst: number
}

/**
 * A token bucket that is full at first. It stores the moment at which it was last empty, so that rounding errors do not add up. All times
 * are in ms on one clock.
 * @see ITU-T I.371, the generic cell rate algorithm in its virtual-scheduling form
 */
export class Bucket {
  /** Time in which one token comes, and in which the whole bucket fills, in ms. */
  private readonly tokenMs: number
  private readonly fullMs: number
  private emptyAt: number

  constructor({ perSecond, burst }: BucketSize, at: number) {
    this.tokenMs = 1000 / perSecond
    this.fullMs = burst * this.tokenMs
    this.emptyAt = at - this.fullMs
  }

  /** Returns when `count` tokens are there, or the bucket is full if they are more than it holds; a time in the past when they are there. */
  readyAt(count: number): number {
    return this.emptyAt + Math.min(count * this.tokenMs, this.fullMs)
  }

  /** Takes `count` tokens at the moment `at`. What is missing is owed: later takers wait for it. */
  take(count: number, at: number): void {
    this.emptyAt = Math.max(this.emptyAt, at - this.fullMs) + count * this.tokenMs
  }

  /** Takes `count` tokens more than were thought to be needed, or puts back as many when it is negative. */
  correct(count: number): void {
    this.emptyAt += count * this.tokenMs
  }
}
