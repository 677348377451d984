import * as z from 'zod'
import { whole } from '../fields.ts'
import type { Random } from '../random.ts'
import type { OpenLoad } from './executor.ts'

/** An arrival rate over time. `timeOf(n)`: ms at which n arrivals are due, Infinity if never; `rateAt`: arrivals per second. */
interface RateCurve {
  timeOf(count: number): number
  rateAt(elapsedMs: number): number
}

/** Returns an arrival rate over time: it changes in a straight line from `from` to `to` (both per second) over `rampMs`, then stays at `to`. */
export function rampCurve(from: number, to: number, rampMs: number): RateCurve {
  const rampS = rampMs / 1000
  const rampCount = ((from + to) / 2) * rampS
  const slope = rampS > 0 ? (to - from) / rampS : 0
  return {
    rateAt: (elapsedMs) => (elapsedMs >= rampMs ? to : from + slope * (elapsedMs / 1000)),
    timeOf: (count) => {
      if (count >= rampCount) return to > 0 ? rampMs + ((count - rampCount) / to) * 1000 : Number.POSITIVE_INFINITY
      if (count === 0) return 0
      // from·t + slope·t²/2 = count, solved in the form that stays exact for a small slope
      return ((2 * count) / (from + Math.sqrt(from * from + 2 * slope * count))) * 1000
    },
  }
}

/** The keys that every load shape with an arrival rate has, as schema fields. */
export const openFields = {
  arrivals: z
    .enum(['constant', 'poisson'])
    .default('constant')
    .describe('Evenly spaced, or at random with the same mean (as independent people arrive)'),
  maxUsers: whole(1, 100_000)
    .optional()
    .describe('Iterations that may run at once; left out: five seconds of arrivals, at least 50'),
  whenFull: z
    .enum(['queue', 'drop'])
    .default('queue')
    .describe('An arrival that finds all users busy waits (its wait is in response_time), or is dropped and counted'),
}

interface OpenOptions {
  arrivals: 'constant' | 'poisson'
  maxUsers?: number | undefined
  whenFull: 'queue' | 'drop'
}

/**
 * Makes a load that starts iterations at a rate for `lengthMs` ms, evenly spaced or at random. Without `maxUsers` in `options`, it allows
 * as many users as five seconds of arrivals at `peakPerSecond`, at least 50.
 */
export function openLoad(curve: RateCurve, lengthMs: number, peakPerSecond: number, options: OpenOptions): OpenLoad {
  return {
    model: 'open',
    lengthMs,
    maxUsers: options.maxUsers ?? Math.max(50, Math.ceil(peakPerSecond * 5)),
    whenFull: options.whenFull,
    rateAt: (elapsedMs) => curve.rateAt(elapsedMs),
    arrivals: (random) => startTimes(curve, lengthMs, options.arrivals === 'poisson' ? random : undefined),
  }
}

/** Start times in ms since the phase began, below `lengthMs`. Each is computed from zero, so that rounding errors do not add up. */
function* startTimes(curve: RateCurve, lengthMs: number, random: Random | undefined): Generator<number, undefined> {
  let count = random ? random.exponential(1) : 0
  for (let time = curve.timeOf(count); time < lengthMs; time = curve.timeOf(count)) {
    yield time
    count += random ? random.exponential(1) : 1
  }
  return undefined
}
