/** Pairs the blocks (stretches of time) of two runs, so that they can be compared block by block. */
import { joined, type MeasuredBlock } from '../metrics/groups/blocks.ts'

/** How many finished attempts a block needs on each side of a comparison. */
const MIN_ATTEMPTS = 25
/** The share of a run that is left out at its start when the scenario has no warm-up (0.1 is a tenth); at most 30 s. */
const SETTLING_SHARE = 0.1
const SETTLING_MS = 30_000

/**
 * The blocks (stretches of time) of the two runs of a comparison, in pairs: two lists of equal length, in which blocks with the same index are
 * compared.
 */
export interface Paired {
  readonly a: readonly MeasuredBlock[]
  readonly b: readonly MeasuredBlock[]
}

const finished = ({ counts }: MeasuredBlock) => counts.ok + counts.failed
/** Returns how many seconds the blocks of a run last: 1, 2, 4, 8 … The first and last block may be shorter. */
const secondsOf = (blocks: readonly MeasuredBlock[]) =>
  2 ** Math.round(Math.log2(Math.max(1, ...blocks.slice(0, -1).map(({ lengthMs }) => lengthMs / 1000))))

/**
 * Pairs the blocks (stretches of time) of two runs that began together: blocks of the same time form a pair. Neighbouring pairs are joined until
 * both blocks of each pair have 25 finished attempts.
 */
export function pairByTime(a: readonly MeasuredBlock[], b: readonly MeasuredBlock[]): Paired {
  const seconds = Math.max(secondsOf(a), secondsOf(b))
  const byPlace = (blocks: readonly MeasuredBlock[]) => {
    const places = new Map<number, MeasuredBlock>()
    for (const block of blocks) {
      const place = Math.floor(Math.round(block.atMs / 1000) / seconds)
      const known = places.get(place)
      places.set(place, known ? joined(known, block) : block)
    }
    return places
  }
  const [ofA, ofB] = [byPlace(a), byPlace(b)]
  const pairs = [...ofA].flatMap(([place, one]) => {
    const other = ofB.get(place)
    return other ? [{ one, other }] : []
  })
  return filled(pairs)
}

/**
 * Pairs the blocks (stretches of time) of two runs of the same load that were made one after the other: the first block of one with the first of the
 * other, and so on. Neighbouring pairs are joined until both blocks of each pair have 25 finished attempts.
 */
export function pairByNumber(a: readonly MeasuredBlock[], b: readonly MeasuredBlock[]): Paired {
  return filled(a.slice(0, b.length).flatMap((one, i) => (b[i] ? [{ one, other: b[i] }] : [])))
}

/** Joins neighbouring pairs of blocks until each pair has 25 finished attempts on both sides. A rest at the end joins the last pair. */
function filled(pairs: readonly { readonly one: MeasuredBlock; readonly other: MeasuredBlock }[]): Paired {
  const a: MeasuredBlock[] = []
  const b: MeasuredBlock[] = []
  let isFull = true
  for (const { one, other } of pairs) {
    const [lastA, lastB] = [a.at(-1), b.at(-1)]
    if (isFull || !lastA || !lastB) {
      a.push(one)
      b.push(other)
    } else {
      a[a.length - 1] = joined(lastA, one)
      b[b.length - 1] = joined(lastB, other)
    }
    isFull = [a.at(-1), b.at(-1)].every((block) => block && finished(block) >= MIN_ATTEMPTS)
  }
  if (!isFull && a.length > 1) {
    for (const side of [a, b]) {
      const [before, last] = side.splice(-2)
      if (before && last) side.push(joined(before, last))
    }
  }
  return { a, b }
}

/** Returns the blocks (stretches of time) of one run of a comparison, joined with their neighbours until each has 25 finished attempts. */
export function filledBlocks(blocks: readonly MeasuredBlock[]): readonly MeasuredBlock[] {
  return filled(blocks.map((one) => ({ one, other: one }))).a
}

/**
 * Returns the blocks (stretches of time) of a run without those at its start, in which caches and connections are still cold. Comparisons use only
 * the rest when the scenario has no warm-up phase.
 */
export function settledBlocks(blocks: readonly MeasuredBlock[]): readonly MeasuredBlock[] {
  const [first] = blocks
  const last = blocks.at(-1)
  if (!first || !last) return blocks
  // A short run has only one block, which is kept.
  if (first === last) return blocks
  const settlingMs = Math.min(SETTLING_MS, (last.atMs + last.lengthMs - first.atMs) * SETTLING_SHARE)
  // A block is left out when more than half of it lies in the start of the run.
  return blocks.filter(({ atMs, lengthMs }) => atMs + lengthMs / 2 > first.atMs + settlingMs)
}
