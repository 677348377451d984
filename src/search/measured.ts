/** Converts the result of a run to a measured point of a search. */
import { EXIT } from '../errors.ts'
import type { Result, ThresholdResult } from '../result/schema.ts'
import type { MeasuredPoint } from '../result/search.ts'
import { failsRun, isUnmet } from '../result/verdict.ts'
import { LEAST_SAMPLES } from './lengths.ts'
import { MOST_USED, neededBy, usedOf } from './used.ts'

/** A named set of thresholds for which a capacity search (`burn search`) finds the highest load that meets all of them. */
export interface Tier {
  readonly name: string
  /** Texts of the thresholds in the set, as they stand in the result. */
  readonly thresholds: readonly string[]
}

/** The fields of a measured point that are known before its run. */
type PlannedPoint = Pick<MeasuredPoint, 'number' | 'load' | 'isLong' | 'warmupS' | 'seconds' | 'folder'>

/**
 * Returns what a capacity search keeps of one measured load: latencies, error rate, cost, and which sets of thresholds (`tiers`) the load meets.
 * `result` is the result of the run that measured it. A set with too few samples is left out, unless all have too few. `ceiling` is the threshold
 * that limits the cost of the run; it is ignored, because it says nothing about the load.
 */
export function pointOf(planned: PlannedPoint, result: Result, tiers: readonly Tier[], ceiling?: string): MeasuredPoint {
  const { total, runId, startTime, durationMs, exitCode, verdict, reason, errorRate, cost } = result
  const { counts, distributions } = total
  const seconds = measuredSeconds(planned, result)
  const response = distributions.response_time?.percentiles
  const fails = result.thresholds.filter(({ severity, threshold }) => severity === 'fail' && threshold !== ceiling)
  const seen = tiers.map((tier) => tierOf(tier, relevantTo(tier, fails, tiers), result))
  const isUnclear = seen.every(({ isKnown }) => !isKnown)
  const attempts = counts.ok + counts.failed + counts.cut
  return {
    ...planned,
    seconds,
    counts: !isUnclear,
    ...{ runId, startTime, durationMs, exitCode, verdict, reason, attempts, errorRate },
    okPerSecond: okPerSecond(result, seconds),
    meanInFlight: meanInFlight(result),
    p50Ms: response?.p50 ?? null,
    p95Ms: response?.p95 ?? null,
    cost: cost?.total ?? null,
    neededSeconds: neededSeconds(fails, attempts, seconds),
    tiers: seen.flatMap(({ isKnown, ...tier }) => (isKnown || isUnclear ? [tier] : [])),
  }
}

/** Returns the measured time in s: the planned time, or less when the load was ended early because the target was saturated. */
function measuredSeconds({ seconds }: PlannedPoint, { stopWhen = [], windowMs }: Result): number {
  return stopWhen.some(({ ended }) => ended) ? windowMs / 1000 : seconds
}

/** Returns the thresholds of a set, and those that belong to no set: the scenario's own and the default rules. */
function relevantTo(tier: Tier, fails: readonly ThresholdResult[], tiers: readonly Tier[]): ThresholdResult[] {
  const others = new Set(tiers.flatMap(({ thresholds }) => thresholds))
  return fails.filter(({ threshold }) => !others.has(threshold) || tier.thresholds.includes(threshold))
}

function tierOf({ name }: Tier, thresholds: readonly ThresholdResult[], result: Result) {
  const unmet = thresholds.filter(isUnmet)
  const isDead = result.exitCodes.includes(EXIT.couldNotTest)
  // The run was ended by something other than a threshold: a breaker, a budget, an onError rule.
  const isEnded = result.exitCodes.includes(EXIT.verdictFailed) && !result.thresholds.some(failsRun)
  const holds = unmet.length === 0 && thresholds.length > 0 && !isDead && !isEnded
  const all = thresholds.map((threshold) => ({ name: threshold.threshold, used: usedOf(threshold, result) }))
  const [nearest] = all.sort((a, b) => b.used - a.used)
  const used = isDead || isEnded ? MOST_USED : (nearest?.used ?? 0)
  return {
    ...{ tier: name, holds, used, nearest: nearest?.name ?? null },
    isKnown: !thresholds.some(isFew) || isDead || unmet.some(({ fewSamples, state }) => state === 'failed' && !fewSamples),
  }
}

/** True for a threshold whose outcome may change with more samples. */
const isFew = ({ fewSamples, state }: ThresholdResult) => state === 'undecided' || (fewSamples && state !== 'no_samples')

/** Returns how many seconds of measured time give each threshold the samples that it needs, at the rate at which samples came. */
function neededSeconds(fails: readonly ThresholdResult[], attempts: number, seconds: number): number {
  const each = [
    { needed: LEAST_SAMPLES, samples: attempts },
    // A threshold without any sample may never get one.
    ...fails
      .filter(({ samples }) => samples > 0)
      .map((threshold) => ({ needed: neededFor(threshold), samples: threshold.samples })),
  ]
  return Math.max(...each.map(({ needed, samples }) => (needed * seconds) / Math.max(1, samples)))
}

/** Returns how many samples a threshold needs; if it is undecided, the number that it states, or twice the number that it had. */
function neededFor(threshold: ThresholdResult): number {
  const { state, samples, samplesNeeded = 2 * samples } = threshold
  return Math.max(neededBy(threshold), state === 'undecided' ? samplesNeeded : 0)
}

/** Returns the mean number of attempts in flight over the measured phases; by Little's law when they are shorter than a row of the timeline. */
function meanInFlight(result: Result): number {
  const { total } = result
  const { rows, lengthMs } = measuredRows(result)
  if (lengthMs > 0) return rows.reduce((sum, row) => sum + row.inFlight * row.lengthMs, 0) / lengthMs
  return total.windowMs === 0 ? 0 : (total.counts.ok * (total.distributions.service_time?.mean ?? 0)) / total.windowMs
}

/**
 * Returns how many attempts per second succeeded within the measured phases. Attempts that end after the load are not counted, because otherwise an
 * overloaded target would seem to handle the whole load. All of them count when the phases are shorter than a row of the timeline.
 */
function okPerSecond(result: Result, seconds: number): number {
  const { rows, lengthMs } = measuredRows(result)
  if (lengthMs > 0) return (1000 * rows.reduce((sum, { ok }) => sum + ok, 0)) / lengthMs
  return result.total.counts.ok / seconds
}

/** Returns the rows of the timeline that belong to measured phases, and their total length in s. */
function measuredRows({ timeline, phases }: Result): { readonly rows: Result['timeline']; readonly lengthMs: number } {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const rows = timeline.filter(({ phase }) => measured.has(phase))
  return { rows, lengthMs: rows.reduce((sum, row) => sum + row.lengthMs, 0) }
}
