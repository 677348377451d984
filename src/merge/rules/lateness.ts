/** Shifts the times of a part that began late, so that they count from the start of the whole run. */
import type { Result, ShardData } from '../../result/schema.ts'

/**
 * Returns, for the result of each shard, how many ms after the start of the whole run the shard began, so that its times can be converted. The value
 * is 0 for a single result, and for a result that was merged before, because its times already count from the start of the run.
 */
export function latenessOf(results: readonly Result[]): readonly number[] {
  return results.map(({ shardData }) => (results.length > 1 && shardData ? ownLateness(shardData) : 0))
}

/**
 * Returns how many ms after the planned start of the run the shard with this `shardData` began; 0 for the data of several merged shards, whose times
 * already count from the start of the run.
 */
export const ownLateness = ({ parts }: ShardData): number => (parts.length === 1 ? (parts[0]?.lateMs ?? 0) : 0)
