/** How arrivals follow each other, in time that is measured in expected arrivals: the mean gap is 1, whatever the rate is. */
import type { Random } from '../../random.ts'
import { gammaShare } from './gamma.ts'

/** The distribution of the gaps between arrivals. Whatever the rate does, a gap of 1 is the time in which one arrival is expected. */
export interface ArrivalProcess {
  readonly name: 'constant' | 'poisson' | 'gamma'
  /** The coefficient of variation of the gaps: their standard deviation as a share of their mean. */
  readonly variation: number
  /** Draws the next gap. */
  draw(random: Random): number
  /** Returns the share of gaps that are at most `gap` (0 to 1); undefined for constant arrivals, which have one gap only. */
  readonly shareBelow: ((gap: number) => number) | undefined
}

/** Evenly spaced arrivals. */
export const CONSTANT: ArrivalProcess = { name: 'constant', variation: 0, draw: () => 1, shareBelow: undefined }

/** Arrivals that know nothing of each other: their gaps are exponential. */
export const POISSON: ArrivalProcess = {
  name: 'poisson',
  variation: 1,
  draw: (random) => random.exponential(1),
  shareBelow: (gap) => -Math.expm1(-Math.max(0, gap)),
}

/** Returns arrivals with gaps of a gamma distribution: more bursty than Poisson for a `shape` below 1, more even above. */
export function gammaProcess(shape: number): ArrivalProcess {
  return {
    name: 'gamma',
    variation: 1 / Math.sqrt(shape),
    draw: (random) => random.gamma(shape, 1),
    shareBelow: gammaShare(shape),
  }
}
