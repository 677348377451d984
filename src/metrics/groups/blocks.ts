/** Blocks of a run: equal stretches of time, each with its own counts and latencies. Comparisons need them, because requests are not independent. */
import type { Block, Result } from '../../result/schema.ts'
import { type Counters, targetFailures } from '../counts/counters.ts'
import { Histogram, type SparseHistogram } from '../histogram/histogram.ts'
import { mergeSparse } from '../histogram/sparse.ts'

/** The largest number of blocks of a run; a run of more seconds than this has at least half as many. */
const MAX_BLOCKS = 40

/** The counters of a block (a stretch of time of a run), all at zero. */
export const NO_BLOCK_COUNTS = {
  ok: 0,
  failed: 0,
  dropped: 0,
  timeouts: 0,
  checksHeld: 0,
  checksMade: 0,
  outputTokens: 0,
  /**
   * Ok attempts, and in `checksAfterFault` passed checks, after an injected failure in the same iteration. Shares leave them out if other attempts
   * after such failures have failed.
   */
  okAfterFault: 0,
  checksAfterFault: 0,
}
const COUNTED = Object.keys(NO_BLOCK_COUNTS) as readonly (keyof typeof NO_BLOCK_COUNTS)[] // Object.keys forgets the keys of a literal.

/** The counters that each block (stretch of time) of a run has, such as ok and failed attempts. */
export type BlockCounts = Readonly<typeof NO_BLOCK_COUNTS>

/** A block (stretch of time) of a run, at least a second long, with the counts and latencies of the attempts that ended in it. */
export interface MeasuredBlock {
  /** Start of the block in ms since the run began, and its length in ms. */
  readonly atMs: number
  readonly lengthMs: number
  readonly counts: BlockCounts
  /** Latency histograms in ms, by name of the metric. */
  readonly latencies: Readonly<Record<string, SparseHistogram>>
}

/**
 * Returns the counters that are kept for a block (stretch of time) of a run, given all counters of its attempts. Left out are failures by injected
 * faults or by the scenario's `rateLimit`, and attempts that a limit of the scenario dropped.
 */
export function blockCounts(counters: Counters): BlockCounts {
  const counts = { ...NO_BLOCK_COUNTS }
  for (const key of COUNTED) counts[key] = counters[key]
  // Injected faults and burn's own refusals say nothing about the target.
  counts.failed = targetFailures(counters)
  counts.dropped -= counters.droppedByLimit
  return counts
}

/**
 * Prepares the blocks (stretches of time) of a run for computing error and success rates. These rates subtract the counters `okAfterFault` and
 * `checksAfterFault`, to leave out successes after injected faults. That is right only if attempts also failed after a fault (`failedAfterFault`); if
 * none did, the returned blocks have 0 in both counters.
 */
export function blocksForRates(
  blocks: readonly MeasuredBlock[],
  { failedAfterFault }: Pick<Counters, 'failedAfterFault'>,
): readonly MeasuredBlock[] {
  if (failedAfterFault > 0) return blocks
  return blocks.map((block) => ({ ...block, counts: { ...block.counts, okAfterFault: 0, checksAfterFault: 0 } }))
}

/** Reads the counts of a block (a stretch of time of a run) from the result of a shard; missing counts are 0. */
export function readBlockCounts(stored: Readonly<Record<string, number>>): BlockCounts {
  const counts = { ...NO_BLOCK_COUNTS }
  for (const key of COUNTED) counts[key] = stored[key] ?? 0
  return counts
}

/** With fewer blocks, the certainty of a difference cannot be computed: a signed-rank test of five metrics needs eight. */
const MIN_BLOCKS = 8

/**
 * Returns the field `blocks` of a result, in an object of its own: equal stretches of time of a run with their numbers, for comparing two runs. The
 * object is empty when there are fewer than eight blocks, which are too few for a statistical test.
 */
export function blocksField(blocks: readonly MeasuredBlock[]): Pick<Result, 'blocks'> {
  return blocks.length < MIN_BLOCKS ? {} : { blocks: blocks.map(storedBlock) }
}

/** Merges two consecutive blocks (stretches of time) of a run into one. */
export function joined(a: MeasuredBlock, b: MeasuredBlock): MeasuredBlock {
  const counts = { ...NO_BLOCK_COUNTS }
  for (const key of COUNTED) counts[key] = a.counts[key] + b.counts[key]
  const latencies = { ...a.latencies }
  for (const [name, more] of Object.entries(b.latencies)) {
    const known = latencies[name]
    latencies[name] = known ? mergeSparse(known, more) : more
  }
  return { atMs: a.atMs, lengthMs: b.atMs + b.lengthMs - a.atMs, counts, latencies }
}

/**
 * Joins the seconds of a run to blocks of equal length. The length is the shortest of 1, 2, 4, 8 … seconds that gives at most 40 blocks. Each block
 * begins at a multiple of this length, so that the blocks of two runs that began together cover the same times.
 */
export function intoBlocks(stretches: readonly MeasuredBlock[]): MeasuredBlock[] {
  for (let seconds = 1; ; seconds *= 2) {
    const blocks = joinedBy(stretches, ({ atMs }) => Math.floor(Math.round(atMs / 1000) / seconds))
    if (blocks.length <= MAX_BLOCKS) return blocks
  }
}

/** Merges neighbouring blocks (stretches of time) of a run for which `keyOf` returns the same number. */
export function joinedBy(stretches: readonly MeasuredBlock[], keyOf: (stretch: MeasuredBlock) => number): MeasuredBlock[] {
  const blocks: MeasuredBlock[] = []
  let lastKey = Number.NaN
  for (const stretch of stretches) {
    const last = blocks.at(-1)
    const key = keyOf(stretch)
    if (last && key === lastKey) blocks[blocks.length - 1] = joined(last, stretch)
    else blocks.push(stretch)
    lastKey = key
  }
  return blocks
}

/** Returns a block (a stretch of time of a run) in the form in which a result file stores it. */
export function storedBlock({ atMs, lengthMs, counts, latencies }: MeasuredBlock): Block {
  const histograms = Object.entries(latencies).map(([name, sparse]) => {
    const histogram = new Histogram('ms')
    histogram.addSparse(sparse)
    return [name, histogram.toDistribution().histogram] as const
  })
  const { okAfterFault, checksAfterFault, ...always } = counts
  const after = { ...(okAfterFault > 0 && { okAfterFault }), ...(checksAfterFault > 0 && { checksAfterFault }) }
  return { atMs, lengthMs, ...always, ...after, histograms: Object.fromEntries(histograms) }
}

/** Returns a block (a stretch of time of a run) from a result file. @throws InputError when a histogram is damaged */
export function readBlock({ atMs, lengthMs, histograms, ...counts }: Block): MeasuredBlock {
  const latencies = Object.entries(histograms).map(([name, text]) => [name, Histogram.decode('ms', text).sparse()] as const)
  return { atMs, lengthMs, counts: { ...NO_BLOCK_COUNTS, ...counts }, latencies: Object.fromEntries(latencies) }
}
