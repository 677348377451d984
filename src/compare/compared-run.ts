/** One side of a comparison: a run, as far as a comparison needs it. */
import { readCounters } from '../metrics/counts/counters.ts'
import { blockCounts, type MeasuredBlock, readBlock } from '../metrics/groups/blocks.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../metrics/groups/catalogue.ts'
import { Histogram } from '../metrics/histogram/histogram.ts'
import type { Comparison, Result } from '../result/schema.ts'

/** A run that is compared. */
export interface ComparedRun {
  /** What the user calls it: a target, a file or a folder. */
  readonly name: string
  readonly result: Result
  /** Its blocks in the order of time: one for a run of a few seconds, or of an older version of burn. */
  readonly blocks: readonly MeasuredBlock[]
}

/** Returns a run as a side of a comparison. @throws InputError when a histogram of it is damaged */
export function sideOf(name: string, result: Result): ComparedRun {
  return { name, result, blocks: result.blocks?.map(readBlock) ?? [wholeOf(result)] }
}

/** The whole run as one block: its values can be shown, though nothing says how certain they are. */
function wholeOf({ total, windowMs }: Result): MeasuredBlock {
  const latencies = ATTEMPT_DISTRIBUTIONS.filter(({ inTimeline }) => inTimeline).flatMap(({ name }) => {
    const stored = total.distributions[name]
    return stored ? [[name, Histogram.of(stored).sparse()] as const] : []
  })
  return {
    atMs: 0,
    lengthMs: windowMs,
    counts: blockCounts(readCounters(total.counters)),
    latencies: Object.fromEntries(latencies),
  }
}

/** Returns a side as its comparison has it: what it is called, its run or the first of a set, and the attempts of all of them that were compared. */
export function comparedSide(name: string, first: Result, attempts: number, all: readonly Result[] = [first]): Comparison['a'] {
  const { runId, verdict, startTime, durationMs } = first
  const injected = all.reduce((sum, { total }) => sum + (total.counters.injectedFailed ?? 0), 0)
  return { name, runId, attempts, ...(injected > 0 && { injected }), verdict, startTime, durationMs }
}

/** Whether a scenario leaves out its start itself, by a phase with `warmup: true`. */
export const hasWarmup = ({ result }: ComparedRun) => result.phases.some(({ warmup }) => warmup)
