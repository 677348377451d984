/** The distributions of the gaps between arrivals. Gaps are measured in expected arrivals: the mean gap is 1, whatever the rate is. */
import type { Random } from '../../random.ts'
import { gammaShare } from './gamma.ts'

/**
 * The distribution of the gaps between the starts of iterations in an open load. It is independent of the arrival rate: a drawn gap of 1 is as long
 * as the mean gap at the rate of that moment, 0.5 half as long.
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
 * Returns the arrival process of one of n shards that take turns: each makes every n-th start of an iteration of `process`, so its gaps vary less.
 * For a gamma process of shape s, it is a gamma process of shape n·s.
 */
export function everyNth(process: ArrivalProcess, n: number): ArrivalProcess {
  if (process.variation === 0 || n === 1) return process
  const shape = n / process.variation ** 2
  const part = { ...gammaProcess(shape), name: process.name, beginsWithGap: false }
  return shape > MOST_SHAPE ? { ...part, shareBelow: undefined } : part
}
