/** Reduces the timeline to the rows that charts draw, so that the page stays small. */
import type { TimelineRow } from '../../../result/schema.ts'

/** The largest number of points of a line in a chart over time. */
const MAX_POINTS = 600
/** A last row shorter than this part of the one before it (0.5 is half) is merged with it, because its rates would rest on a handful of attempts. */
const SHORT_PART = 0.5

const SUMMED = ['lengthMs', 'started', 'ok', 'failed', 'cut', 'dropped', 'outputTokens'] as const
/** Counts that a row lacks where they are zero. */
const SUMMED_IF_ANY = ['injected', 'refused'] as const

/**
 * Returns, for the HTML report, at most 600 timeline rows for charts, by merging neighbours. A last row less than half as long as the one before it
 * is merged with that one. Counts are added; attempts in flight are averaged; for users, peaks, lag and latencies, the higher value is kept. The
 * phase is that of the first row.
 */
export function chartRows(timeline: readonly TimelineRow[]): TimelineRow[] {
  const size = Math.ceil(timeline.length / MAX_POINTS)
  const rows: TimelineRow[] = []
  for (let from = 0; from < timeline.length; from += size) {
    const [first, ...more] = timeline.slice(from, from + size)
    if (first) rows.push(more.reduce(joinedRow, first))
  }
  const [last, before] = [rows.at(-1), rows.at(-2)]
  if (last && before && last.lengthMs < before.lengthMs * SHORT_PART) rows.splice(-2, 2, joinedRow(before, last))
  return rows
}

function joinedRow(a: TimelineRow, b: TimelineRow): TimelineRow {
  const sums = Object.fromEntries(SUMMED.map((key) => [key, a[key] + b[key]])) as Pick<TimelineRow, (typeof SUMMED)[number]>
  const rest = SUMMED_IF_ANY.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)] as const).filter(([, sum]) => sum > 0)
  const latencies = { ...a.latencies }
  for (const [name, more] of Object.entries(b.latencies)) {
    const known = latencies[name] ?? more
    latencies[name] = {
      p50: Math.max(known.p50, more.p50),
      p95: Math.max(known.p95, more.p95),
      max: Math.max(known.max, more.max),
    }
  }
  return {
    ...a,
    ...sums,
    ...Object.fromEntries(rest),
    ...(a.lagMs === undefined && b.lagMs === undefined ? {} : { lagMs: Math.max(a.lagMs ?? 0, b.lagMs ?? 0) }),
    users: Math.max(a.users, b.users),
    inFlight: (a.inFlight * a.lengthMs + b.inFlight * b.lengthMs) / Math.max(1, a.lengthMs + b.lengthMs),
    peakInFlight: Math.max(a.peakInFlight, b.peakInFlight),
    latencies,
  }
}

/** A span of time in which the timeline's rows belong to one phase, in ms since the run began. */
export interface PhaseSpan {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

/** Returns, for the HTML report, the spans of the phases in a timeline, in order; consecutive rows of the same phase become one span. */
export function phaseSpans(rows: readonly TimelineRow[]): PhaseSpan[] {
  const spans: PhaseSpan[] = []
  for (const { phase, atMs, lengthMs } of rows) {
    const last = spans.at(-1)
    if (last?.name === phase) spans[spans.length - 1] = { ...last, toMs: atMs + lengthMs }
    else spans.push({ name: phase, fromMs: atMs, toMs: atMs + lengthMs })
  }
  return spans
}
