/**
 * Merge rules for `shardData`, the data that only results of parts of a run have. Thresholds of the whole run are evaluated on it, and merged parts
 * can be merged again with it.
 */
import { addCounters, NO_COUNTERS, readCounters, storedCounters } from '../../metrics/counts/counters.ts'
import { mergeSparse, readSparse, storedSparse } from '../../metrics/histogram/sparse.ts'
import type { StoredQuality } from '../../metrics/quality/recorder.ts'
import { isUpper } from '../../metrics/threshold/expression/limit.ts'
import { readThreshold, type StoredInterval, type StoredThreshold } from '../../metrics/threshold/stored.ts'
import type { ShardData } from '../../result/schema.ts'
import { group } from './group-rules.ts'
import { ownLateness } from './lateness.ts'
import { all, each, either, fields, first, ifAny, later, type MergeRule, record, type Some, sum, zipped } from './values.ts'

type Quality = NonNullable<ShardData['quality']>
type Bins = StoredQuality['measures'][string]

const bins: MergeRule<Bins> = (parts) => {
  const counts = new Map<number, number>()
  for (const { bins: pairs } of parts)
    for (let at = 0; at < pairs.length; at += 2)
      counts.set(pairs[at] ?? 0, (counts.get(pairs[at] ?? 0) ?? 0) + (pairs[at + 1] ?? 0))
  return { bins: [...counts].sort(([a], [b]) => a - b).flat(), sum: parts.reduce((total, part) => total + part.sum, 0) }
}

const quality = fields<StoredQuality>({
  measured: sum,
  measures: record(bins),
  flags: record(fields<StoredQuality['flags'][string]>({ flagged: sum, of: sum })),
})

/** Merges what several parts stored for the same second of the run into one interval. */
function interval(parts: Some<StoredInterval>): StoredInterval {
  const counters = parts.reduce((total, part) => addCounters(total, readCounters(part.counters)), NO_COUNTERS)
  const samples = parts.flatMap((part) => (part.samples ? [readSparse(part.samples)] : []))
  const [one, ...more] = samples
  return {
    toMs: Math.max(...parts.map(({ toMs }) => toMs)),
    counters: storedCounters(counters),
    ...(one && { samples: storedSparse(more.reduce(mergeSparse, one)) }),
  }
}

/** A stored interval of a part whose times were shifted to count from the start of the run. */
interface MovedInterval extends StoredInterval {
  readonly fromMs?: number
}

/**
 * Returns the data of a part with times counted from the start of the run. Data that was merged before has such times already. A single part keeps
 * its own times until it is merged with others.
 */
function atRunTime(data: ShardData): ShardData {
  const late = ownLateness(data)
  if (late === 0) return data
  const moved = (list: readonly StoredInterval[]): MovedInterval[] =>
    list.map((one, i) => ({ ...one, fromMs: (list[i - 1]?.toMs ?? 0) + late, toMs: one.toMs + late }))
  return {
    ...data,
    thresholds: data.thresholds.map((one) => ({ ...one, ...(one.intervals && { intervals: moved(one.intervals) }) })),
  }
}

/**
 * Merges the stored intervals of all parts: those of the same second of the run become one. An interval belongs to the second in which its middle
 * lies, because intervals begin and end a little early or late.
 */
function intervals(lists: Some<readonly StoredInterval[]>): readonly StoredInterval[] {
  const keyed = lists.flatMap((list) =>
    list.map((one: MovedInterval, i) => ({
      one,
      second: Math.floor(((one.fromMs ?? list[i - 1]?.toMs ?? 0) + one.toMs) / 2000),
    })),
  )
  const seconds = [...Map.groupBy(keyed, ({ second }) => second)].sort(([a], [b]) => a - b)
  return seconds.flatMap(
    ([, found]) =>
      ifAny(
        interval as MergeRule<StoredInterval>,
        found.map(({ one }) => one),
      ) ?? [],
  )
}

type StoredMeasure = NonNullable<StoredThreshold['measure']>

/**
 * Merges the values of a threshold on servers or machines, which all parts observe: keeps the value furthest from meeting the threshold. The outcome
 * is unknown when the value of a part is.
 */
const worst =
  (isLargest: boolean): MergeRule<StoredMeasure> =>
  (parts) =>
    parts.reduce((found, one) => {
      if (found.observed === null || one.observed === null) return found.observed === null ? found : one
      return one.observed > found.observed === isLargest ? one : found
    }, first(parts))

function threshold(parts: Some<StoredThreshold>): StoredThreshold {
  const { operator } = readThreshold(first(parts))
  return fields<StoredThreshold>({
    text: first,
    windowMs: first,
    abort: first,
    afterMs: first,
    minSamples: first,
    uncertainty: first,
    onMissing: first,
    severity: first,
    aborted: either,
    group,
    intervals,
    measure: worst(isUpper(operator) || operator === '=='),
  })(parts)
}

const together = fields<ShardData>({
  parts: all,
  counters: record(sum),
  seconds: later,
  thresholds: zipped(threshold),
  loads: first,
  textSteps: each(),
  quality: fields<Quality>({ all: quality, steps: record(quality) }),
  judgeScores: all,
})

/**
 * Merges the field `shardData` of the results of a run's shards. The caller then replaces its member `seconds` (counters and latencies of each
 * second) by that of the merged timeline.
 */
export const shardData: MergeRule<ShardData> = ([one, ...others]) =>
  others.length === 0 ? together([one]) : together([atRunTime(one), ...others.map(atRunTime)])
