/** How arrivals follow each other, in time that is measured in expected arrivals: the mean gap is 1, whatever the rate is. */
import type { Random } from '../../random.ts'
import { gammaShare } from './gamma.ts'

/**
 * The distribution of the gaps between arrivals. A gap is a multiple of the mean gap at that moment, which follows from the rate: 1 is the
 * mean gap itself.
 */
export interface ArrivalProcess {
  readonly name: 'constant' | 'poisson' | 'gamma'
  /** The coefficient of variation of the gaps: their standard deviation as a share of their mean. */
  readonly variation: number
  /** Draws the next gap. */
  draw(random: Random): number
  /** Returns the share of gaps that are at most `gap` (0 to 1); undefined for constant arrivals, which have one gap only. */
  readonly shareBelow: ((gap: number) => number) | undefined
}

/** Arrivals with equal gaps. */
export const CONSTANT: ArrivalProcess = { name: 'constant', variation: 0, draw: () => 1, shareBelow: undefined }

/** Arrivals that are independent of each other (a Poisson process): their gaps are exponentially distributed. */
export const POISSON: ArrivalProcess = {
  name: 'poisson',
  variation: 1,
  draw: (random) => random.exponential(1),
  shareBelow: (gap) => -Math.expm1(-Math.max(0, gap)),
}

/** Returns arrivals whose gaps have a gamma distribution: they come in bursts for a `shape` below 1, and more evenly than a Poisson process above 1. */
export function gammaProcess(shape: number): ArrivalProcess {
  return {
    name: 'gamma',
    variation: 1 / Math.sqrt(shape),
    draw: (random) => random.gamma(shape, 1),
    shareBelow: gammaShare(shape),
  }
}
