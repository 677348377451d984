import { duration, positiveDuration, rate } from '../fields.ts'
import { closedLoad, rampUsers } from './closed.ts'
import { defineShape, phaseObject, usersFrom } from './executor.ts'

/** The load shape `{ users: 50, for: 2m, ramp: 20s }`: a steady number of users. `ramp` is the time to reach it from the previous phase's number. */
export const constantVus = defineShape({
  name: 'constant-vus',
  describe: 'A steady number of users, each starting over when it is done (closed model)',
  fields: phaseObject(() => ({
    users: usersFrom(1).describe('Users at work at the same time'),
    for: positiveDuration().describe('How long the phase lasts, its ramp included'),
    ramp: duration().optional().describe('Time over which the number of users changes from that of the phase before'),
    pace: rate().optional().describe('Iterations that each user starts per second, on its own timetable'),
  })),
  build: (phase, before) =>
    closedLoad({
      lengthMs: phase.for,
      maxUsers: Math.max(phase.users, phase.ramp ? before.users : 0),
      pacePerSecond: phase.pace,
      usersAt: (elapsedMs) => rampUsers(before.users, phase.users, phase.ramp ?? 0, elapsedMs),
    }),
})
