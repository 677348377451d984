import type { Result, TimelineRow } from '../result/schema.ts'
import { median } from '../statistics/spread.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'
import { serverEvidence } from './server-evidence.ts'

/** The levels of load into which a run is split, by equal time. */
const LEVELS = 6
/** Rows of the timeline that a level needs. */
const MIN_ROWS = 4
/** The load must have changed by this much to say where its limit is. */
const MIN_SPREAD = 2
/** Beyond this multiple of the p95 at the lowest level, a level is no longer safe. */
const SAFE_MULTIPLE = 2
/** Share of errors that is no matter of the load. */
const SAFE_ERRORS = 0.01

interface LoadLevel {
  /** Busy users of a closed load, or starts per second of an open one. */
  readonly load: number
  readonly p95: number
  readonly errors: number
}

/** Advice on the load up to which the target kept its latency and error rate; undefined when the load of the run changed too little to show it. */
export function loadLimit(result: Result): Advice | undefined {
  const { timeline, phases } = result
  const measured = phases.filter(({ warmup }) => !warmup)
  const isOpen = measured.every(({ arrivals }) => arrivals !== undefined)
  // Where both kinds of load alternate, no one number stands for it.
  if (!isOpen && measured.some(({ arrivals }) => arrivals !== undefined)) return undefined
  const names = new Set(measured.map(({ name }) => name))
  const levels = levelsOf(
    timeline.filter(({ phase, started, dropped }) => names.has(phase) && started + dropped > 0),
    isOpen ? ({ started, dropped, lengthMs }) => (1000 * (started + dropped)) / lengthMs : ({ users }) => users,
  )
  const [lowest] = levels
  const highest = levels.at(-1)
  if (!lowest || !highest || levels.length < 3 || highest.load < MIN_SPREAD * lowest.load) return undefined
  // What fails at any load has no limit of load.
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

/** True when a level has clearly more errors than the lowest one. */
const errorsGrow = (errors: number, lowest: number) => errors > 2 * lowest + SAFE_ERRORS

const shown = (load: number) => (load < 10 ? load.toFixed(1) : load.toFixed(0))

/** The rows in the order of their load, in groups of equal size; those of one load stay together where that is possible. */
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
    // A level at which nothing succeeds has no p95, and is certainly too much.
    const p95 = p95s.length === 0 ? Number.POSITIVE_INFINITY : median(p95s)
    levels.push({ load: median(part.map(loadOf)), p95, errors: ended === 0 ? 0 : failed / ended })
  }
  return levels
}
