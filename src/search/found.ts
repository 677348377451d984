/** Evaluates the measured points of a search for each set of thresholds. */
import type { MeasuredPoint, SearchTier } from '../result/search.ts'
import type { Tier } from './measured.ts'
import { confirmedOf, estimateOf, nextStep, type SearchGoal, type SearchStep } from './next.ts'
import type { SearchPoint } from './points.ts'

/**
 * Returns those measured loads of a capacity search that count, each with whether the set of thresholds named `tier` was met and how much of its
 * limits was used.
 */
function pointsOf(points: readonly MeasuredPoint[], tier: string): SearchPoint[] {
  return points.flatMap(({ load, seconds, isLong, counts, tiers }) => {
    const seen = tiers.find((one) => one.tier === tier)
    return counts && seen ? [{ load, seconds, isLong, holds: seen.holds, used: seen.used }] : []
  })
}

/**
 * Returns the next step of a capacity search with several sets of thresholds: the next load to measure for the first set whose limit is not yet
 * found, or `done` when all are. Each measured load counts for all sets.
 */
export function nextOf(points: readonly MeasuredPoint[], tiers: readonly Tier[], goal: SearchGoal): SearchStep {
  const steps = tiers.map(({ name }) => nextStep(pointsOf(points, name), goal))
  return steps.find(({ kind }) => kind === 'measure') ?? { kind: 'done', why: 'settled' }
}

/**
 * True when a measurement of a capacity search does not tell whether the load meets the set of thresholds for which it was made, for example because
 * it has too few samples. `before` holds the earlier measurements.
 */
export function isUseless(
  point: MeasuredPoint,
  before: readonly MeasuredPoint[],
  tiers: readonly Tier[],
  goal: SearchGoal,
): boolean {
  const asking = tiers.find(({ name }) => nextStep(pointsOf(before, name), goal).kind === 'measure')
  return !point.counts || (asking !== undefined && point.tiers.every(({ tier }) => tier !== asking.name))
}

/** Returns what a capacity search found for one set of thresholds: the confirmed load, the estimated limit, and the lowest load that failed. */
export function foundFor({ name, thresholds }: Tier, points: readonly MeasuredPoint[], goal: SearchGoal): SearchTier {
  const own = pointsOf(points, name)
  const step = nextStep(own, goal)
  const estimate = estimateOf(own)
  const failed = points
    .filter(({ counts, tiers }) => counts && tiers.some((one) => one.tier === name && !one.holds))
    .sort((a, b) => a.load - b.load)
  return {
    ...{ name, thresholds: [...thresholds], ended: step.kind === 'done' ? step.why : null },
    confirmed: confirmedOf(own) ?? null,
    estimate: estimate ? { ...estimate, high: Number.isFinite(estimate.high) ? estimate.high : null } : null,
    failed: failed[0]?.load ?? null,
    nearest: failed[0]?.tiers.find(({ tier }) => tier === name)?.nearest ?? null,
  }
}
