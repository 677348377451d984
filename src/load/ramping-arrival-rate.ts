import * as z from 'zod'
import { positiveDuration, rateOrZero } from '../fields.ts'
import { openFields, openLoad } from './arrivals.ts'
import { defineShape, phaseObject } from './executor.ts'
import { rampCurve } from './timetable/curve.ts'

/** The load shape `{ rate: { from: 1/s, to: 50/s }, for: 5m }`: the arrival rate moves in a straight line over the whole phase. */
export const rampingArrivalRate = defineShape({
  name: 'ramping-arrival-rate',
  describe: 'An arrival rate that rises or falls over the whole phase (open model)',
  fields: phaseObject(() => ({
    rate: z
      .strictObject({
        from: rateOrZero().optional().describe('Rate at the start; left out: that of the phase before'),
        to: rateOrZero().describe('Rate at the end'),
      })
      .describe('Iterations started per second, minute or hour'),
    for: positiveDuration().describe('How long the phase lasts'),
    ...openFields(),
  })),
  build: (phase, before) =>
    openLoad(rampCurve(phase.rate.from ?? before.ratePerSecond, phase.rate.to, phase.for), phase.for, phase),
})
