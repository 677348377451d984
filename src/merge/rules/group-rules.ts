/** Groups of attempts: steps, phases, tags. */
import { mergeMetrics } from '../../metrics/groups/merge.ts'
import type { ArrivalMetrics, CheckCount, GroupMetrics, PhaseMetrics, StepMetrics } from '../../result/schema.ts'
import { distribution, fields, first, ifAny, later, type MergeRule, orNull, record, smallest, sum, zipped } from './values.ts'

/** Observed values of a check that a result shows. */
const MAX_SAMPLES = 3

/** The attempts of all parts: counters and distributions are added, shares and rates computed anew. */
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

/** Steps in the order of the scenario. */
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
 * What the gaps between the starts of all parts were, no part knows. Every nth arrival of a Poisson or gamma process is one of a gamma process
 * that varies less, by √n.
 */
export const arrivals: MergeRule<ArrivalMetrics> = (parts) => {
  if (parts.length === 1) return first(parts)
  const { distance: _, ...whole } = addedArrivals(parts)
  const { plannedPerSecond: planned, startedInPhase, due } = whole
  // The parts of a checkpoint are not equally far.
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

/** Phases in their order; a part that was stopped early may lack the last ones. */
export const phases = zipped<PhaseMetrics>(phase)
/** Groups by tag. */
export const tags = record<GroupMetrics>(group)
