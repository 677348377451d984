/** Number of classes of equal probability into which gaps are counted. The distance to the planned distribution is at most 1 ÷ this too small. */
const CLASSES = 4096
/**
 * Critical value of the distance × √gaps: by chance, one sample in a hundred exceeds it. @see N. Smirnov (1948), the limit distribution of D·√n at 1
 * %
 */
const CRITICAL_AT_1_PERCENT = 1.628

/**
 * Records the gaps between the starts of iterations, to test whether they have the planned distribution, such as an exponential one. The caller
 * divides each gap by the mean gap at its moment, so that gaps can be compared while the rate changes. The memory needed does not grow with the
 * number of gaps.
 */
export class GapRecorder {
  count = 0
  private sum = 0
  private squares = 0
  private readonly shareBelow: ((gap: number) => number) | undefined
  private readonly classes: Uint32Array | undefined

  /**
   * Makes an empty recorder. `shareBelow` returns the planned share of gaps below a length; undefined for constant arrivals, whose gaps are all
   * equal.
   */
  constructor(shareBelow: ((gap: number) => number) | undefined) {
    this.shareBelow = shareBelow
    this.classes = shareBelow && new Uint32Array(CLASSES)
  }

  /** Adds a gap, measured in expected arrivals. */
  add(gap: number): void {
    this.count += 1
    this.sum += gap
    this.squares += gap * gap
    if (!this.classes || !this.shareBelow) return
    const index = Math.min(CLASSES - 1, Math.floor(this.shareBelow(gap) * CLASSES))
    this.classes[index] = (this.classes[index] ?? 0) + 1
  }

  /** The standard deviation of the gaps as a share of their mean; null with fewer than two. */
  get variation(): number | null {
    if (this.count < 2 || this.sum === 0) return null
    const mean = this.sum / this.count
    return Math.sqrt(Math.max(0, this.squares / this.count - mean * mean)) / mean
  }

  /** The Kolmogorov-Smirnov distance to the planned distribution, at most 1/4096 too small; null for constant arrivals, and without gaps. */
  get distance(): number | null {
    if (!this.classes || this.count === 0) return null
    let below = 0
    let distance = 0
    // Read for every checkpoint: a plain loop takes 10 µs.
    for (let index = 0; index < CLASSES; index += 1) {
      below += this.classes[index] ?? 0
      distance = Math.max(distance, Math.abs(below / this.count - (index + 1) / CLASSES))
    }
    return distance
  }

  /** The distance that one sample in a hundred of this size exceeds by chance; null without gaps. */
  get critical(): number | null {
    return this.count === 0 ? null : CRITICAL_AT_1_PERCENT / Math.sqrt(this.count)
  }
}
