import type { TimelineRow } from '../../result/schema.ts'
import type { Histogram, SparseHistogram } from '../histogram/histogram.ts'
import { mergeSparse, sparsePercentiles } from '../histogram/sparse.ts'
import { ATTEMPT_DISTRIBUTIONS } from './catalogue.ts'
import { Measurements } from './measurements.ts'

const MAX_ROWS = 1200
/** Latencies that each row carries. */
const METRICS = ATTEMPT_DISTRIBUTIONS.filter(({ inTimeline }) => inTimeline)

/** What is counted within one second. */
const NOTHING = { started: 0, ok: 0, failed: 0, cut: 0, dropped: 0, outputTokens: 0 }
const COUNTED = Object.keys(NOTHING) as readonly (keyof typeof NOTHING)[] // Object.keys forgets the keys of a literal.

interface Row {
  readonly row: TimelineRow
  /** The latencies of the row, one histogram for each of `METRICS`, in that order. */
  readonly sparse: readonly (SparseHistogram | undefined)[]
}

/** Collects the rows of a run's timeline, one per second. When there are too many, neighbouring rows are merged exactly. */
export class Timeline {
  /** What was measured in the current second, to which attempts are added. */
  readonly receiving = new Measurements(METRICS.map(({ name }) => name))
  private rows: Row[] = []
  private secondsPerRow = 1

  /** Ends the current second and makes a row of it. `atMs` is its start in ms since the run began, `lengthMs` its length. */
  rotate(
    atMs: number,
    lengthMs: number,
    phase: string,
    users: number,
    flights: Pick<TimelineRow, 'inFlight' | 'peakInFlight'>,
  ): void {
    const sparse = METRICS.map(({ name }) => sparseOf(this.receiving.histogramOf(name)))
    const { started, ok, failed, cut, dropped, outputTokens } = this.receiving.counters
    const counts = { started, ok, failed, cut, dropped, outputTokens }
    this.append({ row: { atMs, lengthMs, phase, users, ...flights, ...counts, latencies: latenciesOf(sparse) }, sparse })
    this.receiving.reset()
  }

  private append(added: Row): void {
    const last = this.rows.at(-1)
    const lengthMs = (last?.row.lengthMs ?? 0) + added.row.lengthMs
    if (last && lengthMs <= this.secondsPerRow * 1000 + 500 && this.secondsPerRow > 1) {
      this.rows[this.rows.length - 1] = merge(last, added)
      return
    }
    this.rows.push(added)
    if (this.rows.length > MAX_ROWS) this.halve()
  }

  private halve(): void {
    this.secondsPerRow *= 2
    const merged: Row[] = []
    for (let i = 0; i < this.rows.length; i += 2) {
      const [a, b] = [this.rows[i], this.rows[i + 1]]
      if (a) merged.push(b ? merge(a, b) : a)
    }
    this.rows = merged
  }

  /** Returns the rows in the form in which a result file holds them. */
  toRows(): TimelineRow[] {
    return this.rows.map(({ row }) => row)
  }
}

/** A row without samples of a metric keeps nothing of it. */
function sparseOf(histogram: Histogram | undefined): SparseHistogram | undefined {
  return histogram && histogram.count > 0 ? histogram.sparse() : undefined
}

function latenciesOf(sparse: Row['sparse']): TimelineRow['latencies'] {
  return Object.fromEntries(METRICS.flatMap(({ name }, i) => quantiles(name, sparse[i])))
}

function quantiles(metric: string, sparse: SparseHistogram | undefined): [string, TimelineRow['latencies'][string]][] {
  const [p50, p95, max] = sparse ? sparsePercentiles(sparse, [50, 95, 100]) : []
  return p50 === undefined || p95 === undefined || max === undefined ? [] : [[metric, { p50, p95, max }]]
}

function merge({ row: a, sparse: ofA }: Row, { row: b, sparse: ofB }: Row): Row {
  const counts = { ...NOTHING }
  for (const key of COUNTED) counts[key] = a[key] + b[key]
  const sparse = METRICS.map((_, i) => mergeBoth(ofA[i], ofB[i]))
  const row = {
    ...a,
    ...counts,
    lengthMs: a.lengthMs + b.lengthMs,
    users: Math.max(a.users, b.users),
    inFlight: (a.inFlight * a.lengthMs + b.inFlight * b.lengthMs) / Math.max(1, a.lengthMs + b.lengthMs),
    peakInFlight: Math.max(a.peakInFlight, b.peakInFlight),
    latencies: latenciesOf(sparse),
  }
  return { row, sparse }
}

function mergeBoth(a: SparseHistogram | undefined, b: SparseHistogram | undefined): SparseHistogram | undefined {
  return a && b ? mergeSparse(a, b) : (a ?? b)
}
