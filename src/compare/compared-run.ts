/** Provides the data of a run that a comparison needs. */
import { readCounters } from '../metrics/counts/counters.ts'
import { type BlockCounts, blockCounts, blocksForRates, type MeasuredBlock, readBlock } from '../metrics/groups/blocks.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../metrics/groups/catalogue.ts'
import { Histogram } from '../metrics/histogram/histogram.ts'
import type { Comparison, Result } from '../result/schema.ts'

/** One run of a comparison: its name, its result, and its blocks (stretches of the run) with their histograms. */
export interface ComparedRun {
  /** The name that the user gave for this run: a target, a file or a folder. */
  readonly name: string
  readonly result: Result
  /** The blocks (stretches) of the run in the order of time. There is only one for a run of a few seconds, or of an older version of burn. */
  readonly blocks: readonly MeasuredBlock[]
}

/**
 * Prepares a stored result as side A or B of a comparison; `name` is how reports call it.
 * @throws InputError when one of its histograms is damaged
 */
export function sideOf(name: string, result: Result): ComparedRun {
  return {
    name,
    result,
    blocks: blocksForRates(result.blocks?.map(readBlock) ?? [wholeOf(result)], readCounters(result.total.counters)),
  }
}

/**
 * Returns the counters of a whole run (attempts, failures …) in the same form as those of the blocks (stretches) into which a comparison cuts the
 * run.
 */
export function countsOfRun({ total }: Result): BlockCounts {
  const counters = readCounters(total.counters)
  const counts = blockCounts(counters)
  return counters.failedAfterFault > 0 ? counts : { ...counts, okAfterFault: 0, checksAfterFault: 0 }
}

/** Returns a whole run as a single block. Its values can be shown, but without bounds, because one block does not show how much values vary. */
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

/** Returns the description of side A or B for the result of a comparison: its name, its first run, and the number of attempts in all of its runs. */
export function comparedSide(name: string, first: Result, attempts: number, all: readonly Result[] = [first]): Comparison['a'] {
  const { runId, verdict, startTime, durationMs } = first
  const injected = all.reduce((sum, { total }) => sum + (total.counters.injectedFailed ?? 0), 0)
  return { name, runId, attempts, ...(injected > 0 && { injected }), verdict, startTime, durationMs }
}

/**
 * True when the scenario of a run has a phase with `warmup: true`. Without one, a comparison leaves out the start of the run, in which caches and
 * connections are still cold.
 */
export const hasWarmup = ({ result }: ComparedRun) => result.phases.some(({ warmup }) => warmup)
