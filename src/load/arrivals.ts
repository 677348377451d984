import * as z from 'zod'
import { lateObject } from '../fields.ts'
import type { Random } from '../random.ts'
import { type OpenLoad, usersFrom } from './executor.ts'
import type { RateCurve } from './timetable/curve.ts'
import { type ArrivalProcess, CONSTANT, gammaProcess, POISSON } from './timetable/process.ts'

/** The smallest and the largest shape of gamma arrivals: the standard deviation of gaps is ten times their mean, or a thirtieth of it. */
const SHAPES = [0.01, 1000] as const

/** The largest number of users that an open phase without `maxUsers` may have. The machine's open files, ports and memory can lower it. */
export const DEFAULT_MOST_USERS = 10_000

/** Returns the schemas of the keys that every load shape with an arrival rate has. */
export const openFields = () => ({
  arrivals: z
    .union([
      z.enum(['constant', 'poisson']),
      lateObject(() => ({
        gamma: z
          .strictObject({
            shape: z
              .number()
              .min(SHAPES[0])
              .max(SHAPES[1])
              .describe(
                'Below 1: more bursty than poisson; 1: poisson; above: more even. Gaps vary by 1/√shape of their mean. vLLM calls it burstiness, AIPerf arrival smoothness',
              ),
          })
          .describe('Gaps drawn from a gamma distribution'),
      })).describe('At random, more bursty or more even than poisson'),
    ])
    .default('constant')
    .describe('Evenly spaced, or at random with the same mean (poisson: as independent people arrive)'),
  maxUsers: usersFrom(1)
    .optional()
    .describe('Iterations that may run at once; left out: as many as are needed, up to 10,000 or what this machine allows'),
  whenFull: z
    .enum(['queue', 'drop'])
    .default('queue')
    .describe('An arrival that finds all users busy waits (its wait is in response_time), or is dropped and counted'),
})

type OpenOptions = z.output<z.ZodObject<ReturnType<typeof openFields>>>

/**
 * Returns an open load that starts iterations at the changing rate `curve` for `lengthMs` ms, at even intervals or at random. Without `maxUsers` in
 * `options`, users are added as needed.
 */
export function openLoad(curve: RateCurve, lengthMs: number, options: OpenOptions): OpenLoad {
  const process = processOf(options.arrivals)
  return {
    model: 'open',
    lengthMs,
    maxUsers: options.maxUsers ?? DEFAULT_MOST_USERS,
    addsUsers: options.maxUsers === undefined,
    whenFull: options.whenFull,
    peakPerSecond: curve.peakPerSecond,
    process,
    rateAt: (elapsedMs) => curve.rateAt(elapsedMs),
    countAt: (elapsedMs) => curve.countAt(elapsedMs),
    arrivals: (random) => startTimes(curve, lengthMs, process, random),
  }
}

function processOf(arrivals: OpenOptions['arrivals']): ArrivalProcess {
  if (typeof arrivals === 'object') return gammaProcess(arrivals.gamma.shape)
  return arrivals === 'poisson' ? POISSON : CONSTANT
}

/** Yields start times in ms since the phase began, below `lengthMs`. Each is computed from zero, so that rounding errors do not add up. */
function* startTimes(curve: RateCurve, lengthMs: number, process: ArrivalProcess, random: Random): Generator<number, undefined> {
  let count = process.beginsWithGap ? process.draw(random) : 0
  for (let time = curve.timeOf(count); time < lengthMs; ) {
    yield time
    count += process.draw(random)
    // Rounding of two nearly equal counts may give times in the wrong order.
    time = Math.max(time, curve.timeOf(count))
  }
  return undefined
}
