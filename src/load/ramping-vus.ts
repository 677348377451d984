import * as z from 'zod'
import { positiveDuration, rate } from '../fields.ts'
import { closedLoad, rampUsers } from './closed.ts'
import { defineShape, phaseObject, usersFrom } from './executor.ts'

/** The load shape `{ users: { from: 1, to: 50 }, for: 2m }`: the number of users moves in a straight line over the whole phase. */
export const rampingVus = defineShape({
  name: 'ramping-vus',
  describe: 'A number of users that rises or falls over the whole phase (closed model)',
  fields: phaseObject(() => ({
    users: z
      .strictObject({
        from: usersFrom(0).optional().describe('Users at the start; left out: as many as the phase before ended with'),
        to: usersFrom(0).describe('Users at the end'),
      })
      .describe('Users at work at the same time'),
    for: positiveDuration().describe('How long the phase lasts'),
    pace: rate().optional().describe('Iterations that each user starts per second, on its own timetable'),
  })),
  build: (phase, before) => {
    const from = phase.users.from ?? before.users
    return closedLoad({
      lengthMs: phase.for,
      maxUsers: Math.max(from, phase.users.to),
      pacePerSecond: phase.pace,
      usersAt: (elapsedMs) => rampUsers(from, phase.users.to, phase.for, elapsedMs),
    })
  },
})
