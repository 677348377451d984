/** The distributions of the gaps between arrivals. Gaps are measured in expected arrivals: the mean gap is 1, whatever the rate is. */
import type { Random } from '../../random.ts'
import { gammaShare } from './gamma.ts'

/**
 * The distribution of the gaps between the starts of iterations in an open load. Gaps are drawn as multiples of the mean gap, which the rate at that
 * moment determines: 1 is exactly the mean gap.
 */
export interface ArrivalProcess {
  readonly name: 'constant' | 'poisson' | 'gamma' | 'trace'
  /** The coefficient of variation of the gaps: their standard deviation as a share of their mean. */
  readonly variation: number
  /** Draws the length of the next gap. */
  draw(random: Random): number
  /** Returns the share of gaps that are at most `gap` (0 to 1); undefined for arrivals whose gaps are not drawn. */
  readonly shareBelow: ((gap: number) => number) | undefined
  /** True when there is also a gap of this distribution before the first arrival. */
  readonly beginsWithGap: boolean
}

/** Shape from which the distribution of gaps is not computed, because they vary by less than a hundredth of their mean. */
const MOST_SHAPE = 10_000

/** The arrival process with equal gaps between the starts of iterations. */
export const CONSTANT: ArrivalProcess = {
  name: 'constant',
  variation: 0,
  draw: () => 1,
  shareBelow: undefined,
  beginsWithGap: false,
}

/** The Poisson arrival process: starts of iterations are independent of each other, and the gaps between them are exponentially distributed. */
export const POISSON: ArrivalProcess = {
  name: 'poisson',
  variation: 1,
  draw: (random) => random.exponential(1),
  shareBelow: (gap) => -Math.expm1(-Math.max(0, gap)),
  beginsWithGap: true,
}

/**
 * Returns the arrival process whose gaps between the starts of iterations follow a gamma distribution. With a `shape` below 1, iterations come in
 * bursts; above 1, they come more evenly than in a Poisson process.
 */
export function gammaProcess(shape: number): ArrivalProcess {
  return {
    name: 'gamma',
    variation: 1 / Math.sqrt(shape),
    draw: (random) => random.gamma(shape, 1),
    shareBelow: gammaShare(shape),
    beginsWithGap: true,
  }
}

/**
 * Returns the distribution of the gaps between the starts that one of n shards makes, when each shard makes every n-th start of `process`. For a
 * gamma distribution of shape s, the result is a gamma distribution of shape n·s.
 */
export function everyNth(process: ArrivalProcess, n: number): ArrivalProcess {
  if (process.variation === 0 || n === 1) return process
  const shape = n / process.variation ** 2
  const part = { ...gammaProcess(shape), name: process.name, beginsWithGap: false }
  return shape > MOST_SHAPE ? { ...part, shareBelow: undefined } : part
}
