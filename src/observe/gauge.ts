/** The values of a gauge (a metric that is a state) over time. */

/** The largest number of values that are kept to compute percentiles. */
const MAX_VALUES = 20_000

/**
 * The values that one gauge of a server or machine, such as CPU use, had while a run lasted, with their mean, extremes and percentiles. Without any
 * value, the extremes are infinite and the mean is NaN.
 */
export class GaugeValues {
  count = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  last = 0
  private sum = 0
  private weight = 0
  private values: number[] = []
  /** Every how many values one is kept: 1 at first, doubled each time there are too many. */
  private stride = 1

  /** Adds a value. `weight` is how much it counts in the mean, such as the length of the time that it describes. */
  take(value: number, weight = 1): void {
    if (this.count % this.stride === 0) this.values.push(value)
    this.count += 1
    this.sum += value * weight
    this.weight += weight
    this.last = value
    this.min = Math.min(this.min, value)
    this.max = Math.max(this.max, value)
    if (this.values.length < MAX_VALUES) return
    this.values = this.values.filter((_, i) => i % 2 === 0)
    this.stride *= 2
  }

  /** Returns a copy of these values with one more. */
  and(value: number): GaugeValues {
    const all: GaugeValues = Object.assign(new GaugeValues(), this)
    all.values = [...this.values]
    all.take(value)
    return all
  }

  get mean(): number {
    return this.sum / this.weight
  }

  /** Returns the smallest value that is at least as large as `p` percent of all values. */
  percentile(p: number): number {
    const sorted = this.values.toSorted((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? 0
  }
}
