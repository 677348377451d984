/** One side of a comparison: a run, as far as a comparison needs it. */
import { type MeasuredBlock, readBlock } from '../metrics/groups/blocks.ts'
import type { Result } from '../result/schema.ts'

/** A run that is compared. */
export interface ComparedRun {
  /** What the user calls it: a target, a file or a folder. */
  readonly name: string
  readonly result: Result
  /** Its blocks in the order of time; none for a run of a few seconds, or of an older version of burn. */
  readonly blocks: readonly MeasuredBlock[]
}

/** Returns a run as a side of a comparison. @throws InputError when a histogram of its blocks is damaged */
export function sideOf(name: string, result: Result): ComparedRun {
  return { name, result, blocks: (result.blocks ?? []).map(readBlock) }
}

/** Whether a scenario leaves out its start itself, by a phase with `warmup: true`. */
export const hasWarmup = ({ result }: ComparedRun) => result.phases.some(({ warmup }) => warmup)
