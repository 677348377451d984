/** Converts times of a part that began late to times since the start of the run. */
import type { Result, ShardData } from '../../result/schema.ts'

/**
 * Returns for each result how many ms to add to its times, so that they count from the start of the run: how late that part began. 0 for a
 * single result, which keeps its own times, and for one that was merged before, whose times are those of the run already.
 */
export function latenessOf(results: readonly Result[]): readonly number[] {
  return results.map(({ shardData }) => (results.length > 1 && shardData ? ownLateness(shardData) : 0))
}

/**
 * Returns how many ms after the planned start the part began to which `shardData` belongs; 0 for the data of several merged parts, whose times
 * count from the start of the run already.
 */
export const ownLateness = ({ parts }: ShardData): number => (parts.length === 1 ? (parts[0]?.lateMs ?? 0) : 0)
