/** Parts of a run that began late: their times, and those of the run. */
import type { Result, ShardData } from '../../result/schema.ts'

/**
 * Returns by how much the times of each part are put off, in ms, so that they are those of the run. A part alone keeps its own times until it is
 * merged with others, and what was merged has those of the run.
 */
export function latenessOf(results: readonly Result[]): readonly number[] {
  return results.map(({ shardData }) => (results.length > 1 && shardData ? ownLateness(shardData) : 0))
}

/** Returns how late the part began that the data are of, in ms; 0 for several parts, whose times are those of the run. */
export const ownLateness = ({ parts }: ShardData): number => (parts.length === 1 ? (parts[0]?.lateMs ?? 0) : 0)
