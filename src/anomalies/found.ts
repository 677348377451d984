/** Finds all anomalies of a run: the number of each kind, and groups of them with the worst of each. */
import type { Pieces } from '../pieces.ts'
import type { AnomalyCounts, AnomalyGroup, TimelineRow } from '../result/schema.ts'
import { driftOf } from './drift.ts'
import { burstLength, type FailureRow, failureWindows } from './error-bursts.ts'
import { MAX_LISTED } from './noted.ts'
import { type MeasuredStep, outliersOf } from './outliers.ts'
import type { AnomalyWatch } from './watch.ts'

/**
 * The medians of one latency metric in the blocks (stretches of time) of a load phase, to find out whether the latency drifts. It exists only for
 * phases with a constant load.
 */
export interface PhaseMedians {
  readonly phase: string
  readonly metric: string
  readonly values: readonly number[]
  /** When the last block ended, in ms since the run began. */
  readonly endMs: number
}

/** What burn reads of a finished run to find the anomalies in it, such as slow attempts and bursts of failures. */
export interface SearchedRun {
  readonly steps: readonly MeasuredStep[]
  readonly watch: AnomalyWatch
  /** Names of the targets, in the order of the plan. */
  readonly targets: readonly string[]
  /**
   * Counts over the measured phases: attempts that failed and that ended, without those that failed by injected faults or `rateLimit`; ok
   * replies without content; and replies that repeat the one before.
   */
  readonly counts: {
    readonly failed: number
    readonly ended: number
    readonly empty: number
    readonly repeated: number
  }
  /** The number of replies that are loops, cut off, or refusals; undefined when the quality of replies was not measured. */
  readonly texts: Readonly<Record<'loop' | 'truncated' | 'refusal', number>> | undefined
  /** The timeline of the measured phases. */
  readonly rows: readonly TimelineRow[]
  readonly medians: readonly PhaseMedians[]
  /** When the run began, in monotonic ms. */
  readonly startedAt: number
}

/** The anomalies of a run, as its result has them. */
interface FoundAnomalies {
  readonly anomalies: AnomalyCounts
  readonly anomaliesDetected: number
  readonly anomalyGroups: readonly AnomalyGroup[]
}

/**
 * Looks for anomalies in a run. Returns the number of anomalies of each type (such as `slow`), and groups of anomalies that have the same type and
 * the same step, target or phase, each with its five worst.
 */
export function* anomaliesIn(run: SearchedRun): Pieces<FoundAnomalies> {
  const { counts } = run
  const groups = yield* groupsIn(run)
  const countOf = (kind: AnomalyGroup['kind']) => groups.reduce((sum, group) => sum + (group.kind === kind ? group.count : 0), 0)
  const anomalies = {
    failed: counts.failed,
    slow: countOf('slow'),
    repeated: counts.repeated,
    stalled: countOf('stalled'),
    empty: counts.empty,
    costly: countOf('costly'),
    ...(run.texts && { loops: run.texts.loop, truncated: run.texts.truncated, refusals: run.texts.refusal }),
    bursts: countOf('burst'),
    drifts: countOf('drift'),
  }
  return {
    anomalies,
    anomaliesDetected: Object.values(anomalies).reduce((sum, count) => sum + count, 0),
    anomalyGroups: groups.map((group) => ({ ...group, worst: group.worst.slice(0, MAX_SHOWN) })),
  }
}

/**
 * Returns the anomalies of a run that exceed a limit or form a burst or drift. They are grouped by type (such as `slow`) and by step, target or
 * phase; each group lists at most fifty of the worst.
 */
export function* groupsIn(run: SearchedRun): Pieces<AnomalyGroup[]> {
  return [...(yield* outliersOf(run.steps, run.watch, run.startedAt)), ...burstsOf(run), ...run.medians.flatMap(driftGroup)]
}

/** The largest number of anomalies that a result lists for each kind and place: the worst ones. */
const MAX_SHOWN = 5

/** Returns the failures in a row of each target, and the windows with many failures that contain no such row. */
function burstsOf({ watch, targets, counts, rows, startedAt }: SearchedRun): AnomalyGroup[] {
  const least = burstLength(counts.failed, counts.ended)
  const inRow = watch.failures.map((failures) => failures.soFar().filter(({ length }) => length >= least))
  const ofTargets = inRow.flatMap((found, target): AnomalyGroup[] =>
    found.length === 0
      ? []
      : [burstGroup(targets[target] ?? '', 'failures in a row', least - 1, shownRows(found, startedAt), found.length)],
  )
  const all = inRow.flat().map(({ firstAt, lastAt }) => [firstAt - startedAt, lastAt - startedAt] as const)
  const windows = failureWindows(rows).filter(
    ({ atMs, lengthMs }) => !all.some(([first, last]) => first < atMs + lengthMs && last >= atMs),
  )
  if (windows.length === 0) return ofTargets
  const worst = windows.map(({ failed, atMs, lengthMs }) => ({ value: failed, endedAtMs: atMs + lengthMs }))
  return [...ofTargets, burstGroup(targets.join(', '), 'failures close together', 2, worst, windows.length)]
}

function shownRows(rows: readonly FailureRow[], startedAt: number): AnomalyGroup['worst'] {
  return rows.map(({ length, lastAt }) => ({ value: length, endedAtMs: Math.round((lastAt - startedAt) * 1000) / 1000 }))
}

function burstGroup(step: string, metric: string, limit: number, worst: AnomalyGroup['worst'], count: number): AnomalyGroup {
  const largest = [...worst].sort((a, b) => b.value - a.value).slice(0, MAX_LISTED)
  return { kind: 'burst', step, metric, unit: 'count', count, median: null, limit, worst: largest }
}

function driftGroup({ phase, metric, values, endMs }: PhaseMedians): AnomalyGroup[] {
  const change = driftOf(values)
  if (change === undefined) return []
  const worst = [{ value: change, endedAtMs: endMs }]
  return [{ kind: 'drift', step: phase, metric, unit: 'ratio', count: 1, median: null, limit: 0.2, worst }]
}
