/** Merge rules for the metrics of groups of attempts: steps, phases and tags. */
import { mergeMetrics } from '../../metrics/groups/merge.ts'
import type { ArrivalMetrics, CheckCount, GroupMetrics, PhaseMetrics, StepMetrics } from '../../result/schema.ts'
import { distribution, fields, first, ifAny, later, type MergeRule, orNull, record, smallest, sum, zipped } from './values.ts'

/** How many observed values of a check a result lists. */
const MAX_SAMPLES = 3

/**
 * Merges the metrics of one group of attempts (such as a step) over a run's shards: counters and distributions are added, error rates and rates per
 * second are computed from the sums.
 */
export const group: MergeRule<GroupMetrics> = mergeMetrics

const checks = zipped<CheckCount>(
  fields<CheckCount>({
    check: first,
    countOnly: first,
    passed: sum,
    failed: sum,
    samples: (lists) => lists.flat().slice(0, MAX_SAMPLES),
  }),
)

const step: MergeRule<StepMetrics> = (parts) => ({
  name: first(parts).name,
  kind: first(parts).kind,
  checks:
    ifAny(
      checks,
      parts.map((part) => part.checks),
    ) ?? [],
  ...group(parts),
})

/** Merges the metrics of steps over a run's shards; the steps stay in the order of the scenario. */
export const steps = zipped<StepMetrics>(step)

const addedArrivals = fields<ArrivalMetrics>({
  process: first,
  due: sum,
  started: sum,
  startedInPhase: sum,
  waited: sum,
  plannedPerSecond: orNull(sum),
  achievedPerSecond: orNull(sum),
  deviation: distribution,
  gaps: sum,
  variation: later,
  distance: later,
})

/**
 * Merges, over a run's shards, when the iterations of a phase were due and started. Each shard makes every n-th arrival, so the planned variation of
 * the gaps in the whole is √n times that of a shard. The achieved variation is null, because the gaps between starts of different shards are not
 * known.
 */
const arrivals: MergeRule<ArrivalMetrics> = (parts) => {
  if (parts.length === 1) return first(parts)
  const { distance: _, ...whole } = addedArrivals(parts)
  const { plannedPerSecond: planned, startedInPhase, due } = whole
  // In checkpoints, the parts have reached different points of the phase, so their rates cannot be added.
  const achieved = planned === null || due === 0 ? whole.achievedPerSecond : (planned * startedInPhase) / due
  return {
    ...whole,
    achievedPerSecond: achieved,
    variation: { planned: whole.variation.planned * Math.sqrt(parts.length), timetable: null, achieved: null },
  }
}

const phase: MergeRule<PhaseMetrics> = (parts) => {
  const { name, shape, load, warmup } = first(parts)
  const arriving = ifAny(
    arrivals,
    parts.flatMap((part) => part.arrivals ?? []),
  )
  const startMs = smallest([Number.POSITIVE_INFINITY, ...parts.map((part) => part.startMs)])
  return { name, shape, load, warmup, startMs, ...(arriving && { arrivals: arriving }), ...group(parts) }
}

/** Merges the metrics of phases over a run's shards, in the order of the phases. A shard that was stopped early may lack the last ones. */
export const phases = zipped<PhaseMetrics>(phase)
/** Merges the metrics of tags over a run's shards: groups of the same tag and value become one. */
export const tags = record<GroupMetrics>(group)
