/** Shifts the times of a part that began late, so that they count from the start of the whole run. */
import type { Result, ShardData } from '../../result/schema.ts'

/**
 * Returns, for each of the results to merge, how many ms after the planned start of the run its shard began. The times in the result are then shifted
 * by that much. The value is 0 where no start was planned, or nothing has to be shifted: for a single result, and for one that was itself merged.
 */
export function latenessOf(results: readonly Result[]): readonly number[] {
  return results.map(({ shardData }) => (results.length > 1 && shardData ? ownLateness(shardData) : 0))
}

/**
 * Returns how many ms after the planned start of the run a shard began, from the `shardData` of its result; 0 when no start was planned. For data that was
 * merged from several shards it is 0 too, because the times in it already count from the start of the run.
 */
export const ownLateness = ({ parts }: ShardData): number => (parts.length === 1 ? (parts[0]?.lateMs ?? 0) : 0)
