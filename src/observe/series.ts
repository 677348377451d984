/** Observed values over the time of a run, thinned out when there are too many. */

/** The largest number of moments whose values are kept. */
const MAX_ROWS = 1200

/** The metrics of a server or machine at one moment of a run; `t` is that moment in ms since the run began. */
interface SeriesRow {
  readonly t: number
  readonly values: Readonly<Record<string, number>>
}

/**
 * Collects the metrics of a server or machine over time, one row for each reading. To limit memory to 1,200 rows, it drops every second row when they
 * are full, and keeps only every second new row from then on; this repeats whenever they are full again.
 */
export class SeriesRows {
  private kept: SeriesRow[] = []
  private taken = 0
  private stride = 1

  /** Adds a row with the values of one moment, unless there are no values. */
  take(atMs: number, values: Readonly<Record<string, number>>): void {
    if (Object.keys(values).length === 0) return
    if (this.taken % this.stride === 0) this.kept.push({ t: Math.round(atMs), values })
    this.taken += 1
    if (this.kept.length < MAX_ROWS) return
    this.kept = this.kept.filter((_, i) => i % 2 === 0)
    this.stride *= 2
  }

  get rows(): SeriesRow[] {
    return [...this.kept]
  }
}
