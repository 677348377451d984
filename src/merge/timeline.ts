/** Merges the timelines of the parts of a run: rows of the same second of the run become one row. */
import { readBlockCounts } from '../metrics/groups/blocks.ts'
import { besideEachOther, DRAIN, Timeline, type TimelineSecond } from '../metrics/groups/timeline.ts'
import { readSparse, storedSparse } from '../metrics/histogram/sparse.ts'
import type { Result, ShardData } from '../result/schema.ts'
import { latenessOf } from './rules/lateness.ts'

/**
 * Merges the timelines of a run's shards to one. A row covers a second or, when a shard's timeline has longer rows, as much as these. @throws
 * InputError when a histogram is damaged
 */
export function mergedTimeline(results: readonly Result[]): Timeline {
  const late = latenessOf(results)
  const parts = results.map((result, i) => secondsOf(result, late[i] ?? 0))
  const width = Math.max(1, ...results.map(({ timeline }) => secondsPerRow(timeline)))
  const order = [...new Set(results.flatMap(({ phases }) => phases.map(({ name }) => name)))]
  const keyed = parts.map((rows) => Map.groupBy(rows, ({ row }) => Math.floor(secondOf(row) / width)))
  const keys = [...new Set(keyed.flatMap((rows) => [...rows.keys()]))].sort((a, b) => a - b)
  const seconds = keys.map((key) => {
    const beside = keyed.flatMap((rows) => [rows.get(key) ?? []])
    return besideEachOther(beside, earliest(beside.flat(), order))
  })
  return new Timeline(seconds)
}

/**
 * Returns the second of the run to which a row of the timeline belongs: the one in which its middle lies, because rows begin and end a little early
 * or late.
 */
function secondOf({ atMs, lengthMs }: Result['timeline'][number]): number {
  return Math.floor((atMs + lengthMs / 2) / 1000)
}

/** Returns how many seconds each row of a timeline covers: 1, or 2, 4, 8 … in a long run. Only the last row may be shorter. */
function secondsPerRow(rows: Result['timeline']): number {
  const longest = Math.max(0, ...rows.map(({ lengthMs }) => lengthMs))
  return 2 ** Math.max(0, Math.round(Math.log2(longest / 1000)))
}

/** Returns the phase of a merged row of the timeline: when parts were in different phases, the earliest of these. */
function earliest(rows: readonly TimelineSecond[], order: readonly string[]): string {
  const found = rows.map(({ row }) => row.phase)
  return order.find((name) => found.includes(name)) ?? DRAIN
}

/** Returns the rows of one part's timeline, with times counted from the start of the run. `lateMs` is how late the part began, in ms. */
function secondsOf({ timeline, shardData }: Result, lateMs: number): TimelineSecond[] {
  return timeline.map((own, i) => {
    const row = { ...own, atMs: own.atMs + lateMs }
    const { counts = {}, latencies = {} } = shardData?.seconds[i] ?? {}
    const read = Object.entries(latencies).map(([name, sparse]) => [name, readSparse(sparse)] as const)
    const { atMs, lengthMs } = row
    return { row, stretch: { atMs, lengthMs, counts: readBlockCounts(counts), latencies: Object.fromEntries(read) } }
  })
}

/** Returns the counters and latencies of each row of a merged timeline, in the form in which `shardData.seconds` of a result stores them. */
export function storedSeconds(timeline: Timeline): ShardData['seconds'] {
  return timeline.stretches().map(({ counts, latencies }) => ({
    counts,
    latencies: Object.fromEntries(Object.entries(latencies).map(([name, sparse]) => [name, storedSparse(sparse)])),
  }))
}

/** Returns the names of a merged run's measured phases, which are all phases except warm-ups. */
export function measuredPhases(phases: Result['phases']): ReadonlySet<string> {
  return new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
}
