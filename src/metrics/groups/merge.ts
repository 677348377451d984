/** Merges the metrics of the shares of one load without averaging shares, rates or percentiles. */
import type { GroupMetrics } from '../../result/schema.ts'
import { GroupRecorder } from './group-recorder.ts'

/**
 * Merges the metrics of one group of attempts (such as a step) from several results, such as those of shards, as if one process had recorded
 * everything. Counters and distributions are added up; fractions and rates are computed again, rates over the longest window.
 * @throws InputError when a histogram is damaged, or has another unit than the metric has in this version of burn
 */
export function mergeMetrics(parts: readonly GroupMetrics[]): GroupMetrics {
  const group = new GroupRecorder()
  for (const part of parts) group.addStored(part)
  return group.toMetrics(Math.max(0, ...parts.map(({ windowMs }) => windowMs)))
}
