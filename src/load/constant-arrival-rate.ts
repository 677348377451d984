import { duration, positiveDuration, rate } from '../fields.ts'
import { openFields, openLoad } from './arrivals.ts'
import { defineShape, phaseObject } from './executor.ts'
import { rampCurve } from './timetable/curve.ts'

/** The load shape `{ rate: 20/s, for: 5m, ramp: 30s }`: a steady arrival rate. `ramp` is the time to reach it from the previous phase's rate. */
export const constantArrivalRate = defineShape({
  name: 'constant-arrival-rate',
  describe: 'A steady number of iterations started per second, whatever the target does (open model)',
  fields: phaseObject(() => ({
    rate: rate().describe('Iterations started per second, minute or hour'),
    for: positiveDuration().describe('How long the phase lasts, its ramp included'),
    ramp: duration().optional().describe('Time over which the rate changes from that of the phase before'),
    ...openFields(),
  })),
  build: (phase, before) => {
    const curve = rampCurve(phase.ramp ? before.ratePerSecond : phase.rate, phase.rate, phase.ramp ?? 0)
    return openLoad(curve, phase.for, phase)
  },
})
