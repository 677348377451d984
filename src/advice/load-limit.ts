import type { Result, TimelineRow } from '../result/schema.ts'
import { median } from '../statistics/spread.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'
import { serverEvidence } from './server-evidence.ts'

/** Into how many levels of load the timeline of a run is split; each level has about the same number of rows. */
const LEVELS = 6
/** The fewest rows of the timeline that make a level of load. */
const MIN_ROWS = 4
/** By which factor the load must have grown during the run for advice on its limit. */
const MIN_SPREAD = 2
/** A level of load counts as safe while its p95 is at most this multiple of the p95 at the lowest level. */
const SAFE_MULTIPLE = 2
/**
 * The share of errors (0.01 is 1 %) that counts as independent of the load. A level is unsafe when its errors exceed twice those of the lowest level
 * by more than this.
 */
const SAFE_ERRORS = 0.01

interface LoadLevel {
  /** Users in a closed load; iterations due per second in an open one. */
  readonly load: number
  readonly p95: number
  readonly errors: number
}

/**
 * Returns advice that names the load up to which the target kept its latency and error rate, or says that the run did not reach this limit. Undefined
 * when the run cannot show it: the load changed too little, some phases set users and others rates, or nothing succeeded even at the lowest load.
 */
export function loadLimit(result: Result): Advice | undefined {
  const { timeline, phases } = result
  const measured = phases.filter(({ warmup }) => !warmup)
  const isOpen = measured.every(({ arrivals }) => arrivals !== undefined)
  // Phases with users and phases with arrival rates have no common unit of load.
  if (!isOpen && measured.some(({ arrivals }) => arrivals !== undefined)) return undefined
  const names = new Set(measured.map(({ name }) => name))
  const levels = levelsOf(
    timeline.filter(({ phase, started, dropped }) => names.has(phase) && started + dropped > 0),
    isOpen ? ({ started, dropped, lengthMs }) => (1000 * (started + dropped)) / lengthMs : ({ users }) => users,
  )
  const [lowest] = levels
  const highest = levels.at(-1)
  if (!lowest || !highest || levels.length < 3 || highest.load < MIN_SPREAD * lowest.load) return undefined
  // When nothing succeeds even at the lowest load, the load is not the reason.
  if (!Number.isFinite(lowest.p95)) return undefined
  const grow = (errors: number) => errorsGrow(errors, lowest.errors)
  const unsafe = levels.findIndex(({ p95, errors }) => p95 > SAFE_MULTIPLE * lowest.p95 || grow(errors))
  const named = lowest.errors <= SAFE_ERRORS || levels.some(({ errors }) => grow(errors))
  const safe = levels[unsafe - 1] ?? lowest
  const unit = isOpen ? '/s' : ' users'
  const at = ({ load, p95, errors }: LoadLevel) =>
    `${Number.isFinite(p95) ? `p95 ${formatMs(p95)}` : 'nothing ok'}${named && errors > SAFE_ERRORS ? ` and ${(100 * errors).toFixed(1)} % errors` : ''} at ${shown(load)}${unit}`
  const text =
    unsafe < 0
      ? `the limit was not reached: ${at(lowest)}, ${at(highest)}`
      : `safe up to about ${shown(safe.load)}${unit} (${at(safe)}); beyond that it slows down or fails: ${at(levels[unsafe] ?? highest)}, ${at(highest)}${serverEvidence(result)}`
  return { rule: 'load-limit', text }
}

/** True when a level of load has clearly more errors than the lowest level; both arguments are shares from 0 to 1. */
const errorsGrow = (errors: number, lowest: number) => errors > 2 * lowest + SAFE_ERRORS

const shown = (load: number) => (load < 10 ? load.toFixed(1) : load.toFixed(0))

/** Sorts rows of the timeline by their load and splits them into levels of about equally many rows. */
function levelsOf(rows: readonly TimelineRow[], loadOf: (row: TimelineRow) => number): LoadLevel[] {
  const rising = rows.toSorted((a, b) => loadOf(a) - loadOf(b))
  const size = Math.max(MIN_ROWS, Math.ceil(rising.length / LEVELS))
  const levels: LoadLevel[] = []
  for (let from = 0; from + MIN_ROWS <= rising.length; from += size) {
    const part = rising.slice(from, from + size)
    if (part.length < MIN_ROWS) break
    const [failed, ended] = part.reduce(
      ([f, e], row) => [f + row.failed + row.dropped, e + row.ok + row.failed + row.dropped],
      [0, 0],
    )
    const p95s = part.flatMap(({ latencies }) => latencies.response_time?.p95 ?? [])
    // A level at which nothing succeeds has no p95; it counts as infinite, so that the level is unsafe.
    const p95 = p95s.length === 0 ? Number.POSITIVE_INFINITY : median(p95s)
    levels.push({ load: median(part.map(loadOf)), p95, errors: ended === 0 ? 0 : failed / ended })
  }
  return levels
}
