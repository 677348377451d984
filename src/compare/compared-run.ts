/** One side of a comparison: the data of a run that the comparison needs. */
import { readCounters } from '../metrics/counts/counters.ts'
import { type BlockCounts, blockCounts, type MeasuredBlock, readBlock, withOwnShares } from '../metrics/groups/blocks.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../metrics/groups/catalogue.ts'
import { Histogram } from '../metrics/histogram/histogram.ts'
import type { Comparison, Result } from '../result/schema.ts'

/** One of the runs of a comparison: its name, its result, and its blocks with their histograms. */
export interface ComparedRun {
  /** What the user calls it: a target, a file or a folder. */
  readonly name: string
  readonly result: Result
  /** Its blocks in the order of time: one for a run of a few seconds, or of an older version of burn. */
  readonly blocks: readonly MeasuredBlock[]
}

/**
 * Makes the side of a comparison from a result.
 * @throws InputError when one of its histograms is damaged
 */
export function sideOf(name: string, result: Result): ComparedRun {
  return {
    name,
    result,
    blocks: withOwnShares(result.blocks?.map(readBlock) ?? [wholeOf(result)], readCounters(result.total.counters)),
  }
}

/** Returns the counters of a whole run, in the form in which blocks (stretches of a run) have them. */
export function countsOfRun({ total }: Result): BlockCounts {
  const counters = readCounters(total.counters)
  const counts = blockCounts(counters)
  return counters.failedAfterFault > 0 ? counts : { ...counts, okAfterFault: 0, checksAfterFault: 0 }
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

/**
 * Returns what a comparison states about one side: its name, its run (the first one, if it has several), and the number of attempts in all
 * of them.
 */
export function comparedSide(name: string, first: Result, attempts: number, all: readonly Result[] = [first]): Comparison['a'] {
  const { runId, verdict, startTime, durationMs } = first
  const injected = all.reduce((sum, { total }) => sum + (total.counters.injectedFailed ?? 0), 0)
  return { name, runId, attempts, ...(injected > 0 && { injected }), verdict, startTime, durationMs }
}

/** True when the scenario of a run has a phase with `warmup: true`, so that its start need not be left out of the comparison. */
export const hasWarmup = ({ result }: ComparedRun) => result.phases.some(({ warmup }) => warmup)
