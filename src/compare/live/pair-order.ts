/** Decides for each iteration which of two runs at the same time starts it first; otherwise one of the runs would always be first. */
import type { Load, OpenLoad } from '../../load/executor.ts'
import { createRandom, type Random } from '../../random.ts'

/**
 * By how much the second run starts its iteration of a pair later, in ms: enough for the request of the first to arrive before. It is at most half
 * the gap between arrivals, so that pairs do not overlap.
 */
const APART_MS = 1
const MOST_OF_GAP = 0.5

/** The name of a side of a comparison: `a` or `b`. */
export type Arm = 'a' | 'b'

/**
 * Returns the load of side A or B (`arm`) with start times that make neither side always the first, for a comparison that runs both sides at once.
 * With an arrival rate, each iteration of A has a partner in B: a coin toss decides which of the two starts first, and the other starts up to 1 ms
 * later. Both sides compute the same tosses from `seed` and the number of the phase. A load of users is returned unchanged, because its users soon
 * drift apart.
 */
export function inPairs(load: Load, arm: Arm, seed: string, phase: number): Load {
  if (load.model === 'closed') return load
  return { ...load, arrivals: (random) => shifted(load, random, arm, createRandom(seed, 'pair-order', phase)) }
}

function* shifted(load: OpenLoad, random: Random, arm: Arm, coins: Random): Iterator<number, undefined> {
  const arrivals = load.arrivals(random)
  let last = 0
  for (let next = arrivals.next(); !next.done; next = arrivals.next()) {
    const second: Arm = coins.next() < 0.5 ? 'a' : 'b'
    const gapMs = 1000 / Math.max(1e-9, load.rateAt(next.value))
    const at = next.value + (second === arm ? Math.min(APART_MS, MOST_OF_GAP * gapMs) : 0)
    // Start times never go back, and stay within the phase.
    last = Math.max(last, at < load.lengthMs ? at : next.value)
    yield last
  }
  return undefined
}
