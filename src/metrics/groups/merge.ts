/** Results of parts of one load become one: no share, rate or percentile is averaged. */
import type { GroupMetrics } from '../../result/schema.ts'
import { GroupRecorder } from './group-recorder.ts'

/**
 * Metrics of parts of one load that ran side by side, as if one recorder had seen all of it: counters add, distributions merge, shares and
 * rates are formed anew, and the window is the longest of them.
 * @throws InputError when a histogram is damaged, or a result is too old to be added
 */
export function mergeMetrics(parts: readonly GroupMetrics[]): GroupMetrics {
  const group = new GroupRecorder()
  for (const part of parts) group.addStored(part)
  return group.toMetrics(Math.max(0, ...parts.map(({ windowMs }) => windowMs)))
}
