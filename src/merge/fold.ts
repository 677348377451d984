/** Merges those fields of the results of a run's parts that do not depend on thresholds. */
import { blocksField } from '../metrics/groups/blocks.ts'
import { energyOf } from '../result/energy.ts'
import { headlineOf } from '../result/headline.ts'
import type { Result } from '../result/schema.ts'
import { errorsOf } from './errors.ts'
import { qualityOf } from './quality.ts'
import { costPerUnit } from './rules/beside-rules.ts'
import { latenessOf } from './rules/lateness.ts'
import { folded } from './rules/result-rules.ts'
import type { Some } from './rules/values.ts'
import { measuredPhases, mergedTimeline, storedSeconds } from './timeline.ts'

/**
 * Merges the results of a run's shards to one result. The caller sets thresholds, validity and verdict afterwards.
 * @throws InputError when a histogram is damaged
 */
export function foldResults(results: Some<Result>): Result {
  const whole = folded(results)
  const timeline = mergedTimeline(results)
  const { total, warmup, iterations, shardData } = whole
  const { ok, failed, dropped } = total.counts
  const ended = ok + failed + dropped
  const quality = qualityOf(results, shardData)
  return {
    ...whole,
    ...timesOf(results),
    ...headlineOf(total),
    ...errorsOf(results),
    ...(whole.cost && { cost: costPerUnit(whole.cost, iterations.completed, total.values.output_token_rate ?? 0) }),
    ...(whole.faults && { faults: { ...whole.faults, failureShare: ended === 0 ? null : whole.faults.failures / ended } }),
    ...(quality && { quality }),
    ...energyOf(whole.server, [total, warmup]),
    anomaliesDetected: Object.values(whole.anomalies).reduce((sum, count) => sum + count, 0),
    timeline: timeline.toRows(),
    ...blocksField(timeline.blocks(measuredPhases(whole.phases))),
    ...(shardData && { shardData: { ...shardData, seconds: storedSeconds(timeline) } }),
    files: [],
  }
}

/**
 * Returns the start and the end of a whole run: from the moment to which the times of all parts refer, to the last end of a part. Because clocks and
 * lateness are known to a ms only, the end is rounded up, so that no moment of a part lies after it.
 */
function timesOf(results: readonly Result[]): Pick<Result, 'startTime' | 'endTime' | 'durationMs'> {
  const late = latenessOf(results)
  const starts = results.map((result, i) => result.startTime - (late[i] ?? 0))
  const startTime = Math.min(...starts)
  const durationMs = Math.max(
    ...results.map((result, i) => Math.max(result.startTime - startTime, late[i] ?? 0) + result.durationMs),
  )
  return { startTime, endTime: Math.round(startTime + durationMs), durationMs }
}
