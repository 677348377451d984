/** Per-second rows with a bound: when there are too many, neighbours are merged, histograms and all. */

import type { TimelineRow } from '../result/schema.ts'
import { Histogram } from './histogram.ts'
import { mergeSparse, sparsePercentiles } from './sparse.ts'

const MAX_ROWS = 1200
/** Latencies that each row carries. */
const TIMELINE_METRICS = ['response_time', 'service_time', 'ttft'] as const
type TimelineMetric = (typeof TIMELINE_METRICS)[number]
type Sparse = ReturnType<Histogram['sparse']>

interface Row extends Omit<TimelineRow, 'latencies'> {
  readonly sparse: Readonly<Record<TimelineMetric, Sparse>>
}

/** What is counted within the current second. */
interface Second {
  started: number
  ok: number
  failed: number
  cut: number
  dropped: number
  outputTokens: number
}

const empty = (): Second => ({ started: 0, ok: 0, failed: 0, cut: 0, dropped: 0, outputTokens: 0 })

export class Timeline {
  current: Second = empty()
  readonly latencies: Record<TimelineMetric, Histogram> = {
    response_time: new Histogram('ms'),
    service_time: new Histogram('ms'),
    ttft: new Histogram('ms'),
  }
  private rows: Row[] = []
  private secondsPerRow = 1

  /** Ends the current second. `atMs` and `lengthMs` are since the run began. */
  rotate(atMs: number, lengthMs: number, phase: string, users: number, flights: Pick<Row, 'inFlight' | 'peakInFlight'>): void {
    const { response_time, service_time, ttft } = this.latencies
    const sparse = { response_time: response_time.sparse(), service_time: service_time.sparse(), ttft: ttft.sparse() }
    this.append({ atMs, lengthMs, phase, users, ...flights, ...this.current, sparse })
    this.current = empty()
    for (const metric of TIMELINE_METRICS) this.latencies[metric].reset()
  }

  private append(row: Row): void {
    const last = this.rows.at(-1)
    if (last && last.lengthMs + row.lengthMs <= this.secondsPerRow * 1000 + 500 && this.secondsPerRow > 1) {
      this.rows[this.rows.length - 1] = merge(last, row)
      return
    }
    this.rows.push(row)
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

  /** The rows as they stand in the result. */
  toRows(): TimelineRow[] {
    return this.rows.map(({ sparse, ...row }) => ({
      ...row,
      latencies: Object.fromEntries(TIMELINE_METRICS.flatMap((metric) => quantiles(metric, sparse[metric]))),
    }))
  }
}

function quantiles(metric: TimelineMetric, sparse: Sparse): [string, { p50: number; p95: number; max: number }][] {
  const [p50, p95, max] = sparsePercentiles(sparse, [50, 95, 100])
  return p50 === undefined || p95 === undefined || max === undefined ? [] : [[metric, { p50, p95, max }]]
}

function merge(a: Row, b: Row): Row {
  const sparse = Object.fromEntries(TIMELINE_METRICS.map((metric) => [metric, mergeSparse(a.sparse[metric], b.sparse[metric])]))
  return {
    atMs: a.atMs,
    lengthMs: a.lengthMs + b.lengthMs,
    phase: a.phase,
    users: Math.max(a.users, b.users),
    inFlight: (a.inFlight * a.lengthMs + b.inFlight * b.lengthMs) / Math.max(1, a.lengthMs + b.lengthMs),
    peakInFlight: Math.max(a.peakInFlight ?? 0, b.peakInFlight ?? 0),
    started: a.started + b.started,
    ok: a.ok + b.ok,
    failed: a.failed + b.failed,
    cut: a.cut + b.cut,
    dropped: a.dropped + b.dropped,
    outputTokens: a.outputTokens + b.outputTokens,
    // fromEntries widens the keys that TIMELINE_METRICS just gave it.
    sparse: sparse as Row['sparse'],
  }
}
