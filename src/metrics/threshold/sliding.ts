/** Keeps the sums over a time window that moves along with the run. */
import { addTo, type Counters, NO_COUNTERS, type OpenCounters, takeFrom } from '../counts/counters.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'

/** The counters and samples of one second, or of another interval. */
interface WindowRow {
  /** Start of the interval, in ms since the run began. */
  readonly fromMs: number
  readonly toMs: number
  readonly counters: Counters
  /** Number of attempts in flight at the end of the interval. */
  readonly inFlight: number
  readonly samples: SparseHistogram | undefined
  /** The value of a gauge at the end of the interval, such as the memory in use; null when it is not known. */
  readonly gauge?: number | null
}

/** The minimum of a queue of numbers. A number that is larger than a later one can never be the minimum, so it is forgotten at once. */
class SlidingMinimum {
  private readonly rising: number[] = []

  add(value: number): void {
    while (this.rising.length > 0 && (this.rising.at(-1) ?? 0) > value) this.rising.pop()
    this.rising.push(value)
  }

  /** Removes the oldest number of the queue, which has this value. */
  leave(value: number): void {
    if (this.rising[0] === value) this.rising.shift()
  }

  /** The smallest number in the queue; Infinity when the queue is empty. */
  get value(): number {
    return this.rising[0] ?? Number.POSITIVE_INFINITY
  }
}

/**
 * The sums and extremes of a metric over a time window that moves with the run, for thresholds. The window consists of rows for short intervals,
 * mostly seconds. Each row is added once and subtracted once, so that the work does not depend on the length of the window.
 */
export class SlidingWindow {
  /** The samples of all rows in the window. */
  readonly histogram: Histogram
  private readonly windowMs: number | undefined
  private readonly rows: WindowRow[] = []
  private readonly sums: OpenCounters = { ...NO_COUNTERS }
  private readonly lowest = new SlidingMinimum()
  /** The largest sample of each row, negated, so that the minimum of these is the largest of all. */
  private readonly highest = new SlidingMinimum()
  private readonly flights = new SlidingMinimum()
  /** The gauges of the rows, negated, so that the minimum of these is the largest. */
  private readonly gauges = new SlidingMinimum()

  /** Makes an empty window. `windowMs` is its length in ms; undefined for one that covers all of the run so far. */
  constructor(unit: Histogram['unit'], windowMs: number | undefined) {
    this.histogram = new Histogram(unit)
    this.windowMs = windowMs
  }

  /** The first row in the window; undefined when the window is empty. */
  get first(): Pick<WindowRow, 'fromMs' | 'toMs'> | undefined {
    return this.rows[0]
  }

  /** The sum of the counters of all rows in the window. The object changes with the next row. */
  get counters(): Counters {
    return this.sums
  }

  /** The number of attempts that were in flight at the end of every row. */
  get inFlight(): number {
    return this.flights.value
  }

  /** The largest `gauge` of all rows in the window; null when none has one. */
  get peak(): number | null {
    return Number.isFinite(this.gauges.value) ? -this.gauges.value : null
  }

  /** Adds a row and removes those before the window. Because seconds end a little early or late, a row is inside when its middle is. */
  add(row: WindowRow): void {
    addTo(this.sums, row.counters)
    if (row.samples) this.histogram.addSparse(row.samples)
    if (this.windowMs === undefined && this.rows.length > 0) return
    this.rows.push(row)
    this.flights.add(row.inFlight)
    if (this.windowMs === undefined) return
    if (typeof row.gauge === 'number') this.gauges.add(-row.gauge)
    if (row.samples && row.samples.pairs.length > 0) this.addEnds(row.samples)
    const start = row.toMs - this.windowMs
    for (let [first] = this.rows; first && first.fromMs + first.toMs < 2 * start; [first] = this.rows) this.drop(first)
  }

  private addEnds({ min, max }: SparseHistogram): void {
    this.lowest.add(min)
    this.highest.add(-max)
  }

  private drop({ counters, inFlight, samples, gauge }: WindowRow): void {
    this.rows.shift()
    takeFrom(this.sums, counters)
    this.flights.leave(inFlight)
    if (typeof gauge === 'number') this.gauges.leave(-gauge)
    if (!samples) return
    this.lowest.leave(samples.min)
    this.highest.leave(-samples.max)
    this.histogram.removeSparse(samples, this.lowest.value, -this.highest.value)
  }
}
