import type * as z from 'zod'
import { lateObject, positiveDuration, rate, rateOrZero, whole } from '../fields.ts'
import { openFields, openLoad } from './arrivals.ts'
import { defineShape, phaseObject } from './executor.ts'
import { piecewise, type RateCurve } from './timetable/curve.ts'

/** Counts this close to a whole number of cycles count as whole, so that the first arrival of a burst belongs to its beginning. */
const SAME = 1e-9

/** Returns the arrival rate with bursts; the k-th burst begins k × `every` after the phase. Memory does not grow with the number of bursts. */
function burstCurve({ base, burst, every, for: burstMs, times = Number.POSITIVE_INFINITY }: BurstRate): RateCurve {
  // A cycle is a burst and the calm until the next one. Before the first and after the last the rate is that of the calm.
  const cycle = piecewise([
    { lengthMs: burstMs, from: burst, to: burst },
    { lengthMs: every - burstMs, from: base, to: base },
  ])
  const calm = piecewise([{ lengthMs: every, from: base, to: base }])
  const before = calm.countAt(every)
  const perCycle = cycle.countAt(every)
  const cycleAt = (elapsedMs: number) => Math.min(times, Math.max(0, Math.floor(elapsedMs / every) - 1))
  return {
    peakPerSecond: burst,
    rateAt: (elapsedMs) => {
      if (elapsedMs < every) return base
      const k = cycleAt(elapsedMs)
      return k === times ? base : cycle.rateAt(elapsedMs - (k + 1) * every)
    },
    countAt: (elapsedMs) => {
      if (elapsedMs < every) return calm.countAt(elapsedMs)
      const k = cycleAt(elapsedMs)
      const left = elapsedMs - (k + 1) * every
      return before + k * perCycle + (k === times ? calm : cycle).countAt(left)
    },
    timeOf: (count) => {
      if (count < before - SAME) return calm.timeOf(count)
      const k = Math.min(times, Math.floor((count - before) / perCycle + SAME))
      return (k + 1) * every + (k === times ? calm : cycle).timeOf(Math.max(0, count - before - k * perCycle))
    },
  }
}

const burstRate = lateObject(() => ({
  base: rateOrZero().describe('Rate between the bursts'),
  burst: rate().describe('Rate during a burst'),
  every: positiveDuration().describe(
    'From the start of a burst to the start of the next; the first comes this long after the phase began',
  ),
  for: positiveDuration().describe('How long a burst lasts'),
  times: whole(1, 1e6).optional().describe('How many bursts there are; left out: as many as begin in the phase'),
}))

type BurstRate = z.output<typeof burstRate>

function checkBursts(bursts: BurstRate, context: z.RefinementCtx): void {
  const problem = (key: keyof BurstRate, message: string) => context.addIssue({ code: 'custom', path: [key], message })
  if (bursts.burst <= bursts.base) problem('burst', 'must be above `base`, the rate between the bursts')
  if (bursts.for >= bursts.every) problem('for', 'must be shorter than `every`: the next burst would begin before this one ends')
}

function checkLength({ rate: bursts, for: lengthMs }: { rate: BurstRate; for: number }, context: z.RefinementCtx): void {
  const problem = (key: keyof BurstRate, message: string) =>
    context.addIssue({ code: 'custom', path: ['rate', key], message, input: bursts[key] })
  const fit = Math.floor((lengthMs - bursts.for) / bursts.every)
  if (fit < 1) problem('every', 'is too long: no burst ends before the phase does')
  else if (bursts.times !== undefined && bursts.times > fit)
    problem('times', `is too much: ${fit} of ${bursts.times} bursts end before the phase does`)
}

/**
 * The load shape `{ rate: { base: 5/s, burst: 50/s, every: 30s, for: 5s }, for: 5m }`: a steady base rate, which rises to the burst rate for a while
 * at regular intervals.
 */
export const burstArrivalRate = defineShape({
  name: 'burst-arrival-rate',
  describe: 'A steady arrival rate with bursts of a higher one at regular intervals (open model)',
  fields: phaseObject(() => ({
    rate: burstRate.superRefine(checkBursts).describe('Iterations started per second, minute or hour'),
    for: positiveDuration().describe('How long the phase lasts'),
    ...openFields(),
  })).superRefine(checkLength),
  build: (phase) => openLoad(burstCurve(phase.rate), phase.for, phase),
})
