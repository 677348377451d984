import type { TimelineRow } from '../../result/schema.ts'
import { targetFailures } from '../counts/counters.ts'
import type { Histogram, SparseHistogram } from '../histogram/histogram.ts'
import { sparsePercentiles } from '../histogram/sparse.ts'
import { blockCounts, intoBlocks, joined, type MeasuredBlock, readBlockCounts } from './blocks.ts'
import { ATTEMPT_DISTRIBUTIONS } from './catalogue.ts'
import { Measurements } from './measurements.ts'

const MAX_ROWS = 1200
/** The phase name for the rows of a run's timeline after the end of the load, in which attempts in flight may still end. */
export const DRAIN = 'drain'
/** The latencies that each row of the timeline contains. */
const METRICS = ATTEMPT_DISTRIBUTIONS.filter(({ inTimeline }) => inTimeline)

/** The counts of one second of the timeline, all at zero. */
const NOTHING = { started: 0, ok: 0, failed: 0, injected: 0, refused: 0, cut: 0, dropped: 0, outputTokens: 0 }
const COUNTED = Object.keys(NOTHING) as readonly (keyof typeof NOTHING)[] // Object.keys forgets the keys of a literal.

/** One row (mostly a second) of a run's timeline, with the histograms that are needed to merge it with other rows. */
export interface TimelineSecond {
  readonly row: TimelineRow
  /** The counts and histograms of the row's time, from which rows can be merged exactly. */
  readonly stretch: MeasuredBlock
}

/** Collects the rows of a run's timeline, one per second. When there are too many rows, neighbouring rows are merged without loss of precision. */
export class Timeline {
  /** The measurements of the current second, to which attempts are added. */
  readonly receiving = new Measurements(METRICS.map(({ name }) => name))
  /** The largest lag of a start in the current second, in ms. */
  lagMs = 0
  /** The second that ended last, even if it was merged into a longer row; undefined before the first. */
  latestSecond: TimelineSecond | undefined
  private rows: TimelineSecond[]
  private secondsPerRow = 1

  /** Makes a timeline. `rows` are the rows of a finished timeline; left out for a new one. */
  constructor(rows: readonly TimelineSecond[] = []) {
    this.rows = [...rows]
  }

  /**
   * Ends the current second and makes a row of it. `atMs` is its start in ms since the run began, `lengthMs` its length; without a phase, the second
   * belongs to the drain.
   */
  rotate(
    atMs: number,
    lengthMs: number,
    phase: string | undefined,
    users: number,
    flights: Pick<TimelineRow, 'inFlight' | 'peakInFlight'>,
  ): void {
    const samples = METRICS.flatMap(({ name }) => sampled(name, this.receiving.histogramOf(name)))
    const latencies = Object.fromEntries(samples)
    const stretch = { atMs, lengthMs, counts: blockCounts(this.receiving.counters), latencies }
    const { counters } = this.receiving
    const { started, ok, injectedFailed, failedByLimit, cut, dropped, outputTokens } = counters
    const ours = unlessZero(injectedFailed, failedByLimit)
    const counts = { started, ok, failed: targetFailures(counters), ...ours, cut, dropped, outputTokens }
    const lagMs = Math.round(this.lagMs * 1000) / 1000
    const row = { atMs, lengthMs, phase: phase ?? DRAIN, users, ...flights, ...counts, lagMs, latencies: latenciesOf(stretch) }
    this.latestSecond = { row, stretch }
    this.append(this.latestSecond)
    this.receiving.reset()
    this.lagMs = 0
  }

  /** The row of the second that ended last. */
  get latest(): TimelineRow | undefined {
    return this.latestSecond?.row
  }

  private append(added: TimelineSecond): void {
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
    const merged: TimelineSecond[] = []
    for (let i = 0; i < this.rows.length; i += 2) {
      const [a, b] = [this.rows[i], this.rows[i + 1]]
      if (a) merged.push(b ? merge(a, b) : a)
    }
    this.rows = merged
  }

  /** Returns the counts and histograms of each row, in the order of the rows. */
  stretches(): MeasuredBlock[] {
    return this.rows.map(({ stretch }) => stretch)
  }

  /** Returns the rows in the form in which a result file holds them. */
  toRows(): TimelineRow[] {
    return this.rows.map(({ row }) => row)
  }

  /** Returns the blocks of the phases with these names. Attempts that end after the last phase, in the drain, belong to the last block. */
  blocks(phases: ReadonlySet<string>): MeasuredBlock[] {
    const measured: MeasuredBlock[] = []
    let isLast = false
    for (const { row, stretch } of this.rows) {
      const last = measured.at(-1)
      if (phases.has(row.phase)) measured.push(stretch)
      // The attempts of the drain count, but its time does not, because no attempt starts in it.
      else if (row.phase === DRAIN && last && isLast)
        measured[measured.length - 1] = { ...joined(last, stretch), lengthMs: last.lengthMs }
      isLast = phases.has(row.phase) || (isLast && row.phase === DRAIN)
    }
    return intoBlocks(measured)
  }
}

/** Returns a metric's name and histogram for a row of the timeline; nothing without samples. */
function sampled(name: string, histogram: Histogram | undefined): [string, SparseHistogram][] {
  return histogram && histogram.count > 0 ? [[name, histogram.sparse()]] : []
}

function latenciesOf({ latencies }: MeasuredBlock): TimelineRow['latencies'] {
  return Object.fromEntries(Object.entries(latencies).flatMap(([name, sparse]) => quantiles(name, sparse)))
}

function quantiles(metric: string, sparse: SparseHistogram): [string, TimelineRow['latencies'][string]][] {
  const [p50, p95, max] = sparsePercentiles(sparse, [50, 95, 100])
  return p50 === undefined || p95 === undefined || max === undefined ? [] : [[metric, { p50, p95, max }]]
}

/** Returns the counts of failures by injected faults or own limits for a row; counts of 0 are left out. */
function unlessZero(injected: number, refused: number): Pick<TimelineRow, 'injected' | 'refused'> {
  return { ...(injected > 0 ? { injected } : {}), ...(refused > 0 ? { refused } : {}) }
}

function merge({ row: a, stretch: ofA }: TimelineSecond, { row: b, stretch: ofB }: TimelineSecond): TimelineSecond {
  const stretch = joined(ofA, ofB)
  const row = {
    ...a,
    ...addedCounts([a, b]),
    lengthMs: a.lengthMs + b.lengthMs,
    users: Math.max(a.users, b.users),
    inFlight: (a.inFlight * a.lengthMs + b.inFlight * b.lengthMs) / Math.max(1, a.lengthMs + b.lengthMs),
    peakInFlight: Math.max(a.peakInFlight, b.peakInFlight),
    lagMs: Math.max(a.lagMs ?? 0, b.lagMs ?? 0),
    latencies: latenciesOf(stretch),
  }
  return { row, stretch }
}

/** Returns the sums of the counts of several timeline rows. */
function addedCounts(rows: readonly TimelineRow[]) {
  const counts = { ...NOTHING }
  for (const row of rows) for (const key of COUNTED) counts[key] += row[key] ?? 0
  const { injected, refused, ...others } = counts
  return { ...others, ...unlessZero(injected, refused) }
}

/**
 * Merges the timeline rows of several processes of one run for the same stretch of time into one row. `parts` has the rows of each process. Numbers
 * of users and of attempts in flight are added up over the processes.
 */
export function besideEachOther(parts: readonly (readonly TimelineSecond[])[], phase: string): TimelineSecond {
  const all = parts.flat()
  const rows = all.map(({ row }) => row)
  const atMs = Math.min(...rows.map((row) => row.atMs))
  const lengthMs = Math.max(...rows.map((row) => row.atMs + row.lengthMs)) - atMs
  const most = (of: (row: TimelineRow) => number) =>
    parts.reduce((sum, own) => sum + Math.max(0, ...own.map(({ row }) => of(row))), 0)
  const stretch = all.slice(1).reduce((sum, { stretch: more }) => joined(sum, more), all[0]?.stretch ?? NO_STRETCH)
  const row = {
    atMs,
    lengthMs,
    phase,
    ...addedCounts(rows),
    users: most((one) => one.users),
    inFlight: rows.reduce((sum, one) => sum + one.inFlight * one.lengthMs, 0) / Math.max(1, lengthMs),
    peakInFlight: most((one) => one.peakInFlight),
    lagMs: Math.max(...rows.map((one) => one.lagMs ?? 0)),
    latencies: latenciesOf(stretch),
  }
  return { row, stretch: { ...stretch, atMs, lengthMs } }
}

const NO_STRETCH: MeasuredBlock = { atMs: 0, lengthMs: 0, counts: readBlockCounts({}), latencies: {} }
