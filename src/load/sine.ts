import * as z from 'zod'
import { positiveDuration, rate, whole } from '../fields.ts'
import { openFields, openLoad } from './arrivals.ts'
import { closedLoad } from './closed.ts'
import { defineShape, MOST_USERS, phaseObject } from './executor.ts'
import { sineCurve } from './timetable/curve.ts'

/** Makes the keys of a wave: mean, amplitude and period. `level` makes the schema of a rate or of a number of users. */
const waveOf = (level: () => z.ZodType<number, string> | z.ZodInt) =>
  z.strictObject({
    mean: level().describe('The value around which the wave swings; the phase begins here, and rises'),
    amplitude: level().describe('How far the wave goes above and below the mean; at most the mean'),
    period: positiveDuration().describe('Length of one wave'),
  })

function checkWave({ mean, amplitude }: { mean: number; amplitude: number }, context: z.RefinementCtx): void {
  if (amplitude <= mean) return
  const message = `must not be above the mean (${mean}): the load would fall below zero`
  context.addIssue({ code: 'custom', path: ['amplitude'], message })
}

const length = positiveDuration().describe('How long the phase lasts')

/** The load shape `{ rate: { mean: 20/s, amplitude: 10/s, period: 1m }, for: 10m }`: the arrival rate follows a sine wave. */
export const sineArrivalRate = defineShape({
  name: 'sine-arrival-rate',
  describe: 'An arrival rate that rises and falls in waves, as a day does (open model)',
  fields: phaseObject(() => ({
    rate: waveOf(rate).superRefine(checkWave).describe('Iterations started per second, minute or hour'),
    for: length,
    ...openFields(),
  })),
  build: (phase) => {
    const { mean, amplitude, period } = phase.rate
    return openLoad(sineCurve(mean, amplitude, period), phase.for, phase)
  },
})

/** The load shape `{ users: { mean: 20, amplitude: 10, period: 1m }, for: 10m }`: the number of users follows a sine wave. */
export const sineVus = defineShape({
  name: 'sine-vus',
  describe: 'A number of users that rises and falls in waves (closed model)',
  fields: phaseObject(() => ({
    users: waveOf(() => whole(1, MOST_USERS / 2))
      .superRefine(checkWave)
      .describe('Users at work at the same time'),
    for: length,
    pace: rate().optional().describe('Iterations that each user starts per second, on its own timetable'),
  })),
  build: ({ users: { mean, amplitude, period }, for: lengthMs, pace }) =>
    closedLoad({
      lengthMs,
      maxUsers: mean + amplitude,
      pacePerSecond: pace,
      usersAt: (elapsedMs) => Math.round(sineCurve(mean, amplitude, period).rateAt(elapsedMs)),
    }),
})
