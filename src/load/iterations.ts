import { positiveDuration, rate, whole } from '../fields.ts'
import { closedLoad } from './closed.ts'
import { defineShape, phaseObject, usersFrom } from './executor.ts'

const users = () => usersFrom(1).default(1).describe('Users at work at the same time')
const bound = () =>
  positiveDuration()
    .optional()
    .describe('Longest time of the phase; iterations that have not started by then are dropped, and the run is not valid')
const pace = () => rate().optional().describe('Iterations that each user starts per second, on its own timetable')

/** The load shape `{ iterations: 100, users: 5 }`: a fixed number of iterations, shared by all users. */
export const sharedIterations = defineShape({
  name: 'shared-iterations',
  describe: 'A fixed number of iterations, shared by a number of users (closed model)',
  fields: phaseObject(() => ({
    iterations: whole(1, 1e9).describe('Iterations of all users together'),
    users: users(),
    for: bound(),
    pace: pace(),
  })),
  build: (phase) => {
    const count = Math.min(phase.users, phase.iterations)
    return closedLoad({
      lengthMs: phase.for,
      maxUsers: count,
      sharedIterations: phase.iterations,
      pacePerSecond: phase.pace,
      usersAt: () => count,
    })
  },
})

/** The load shape `{ iterationsPerUser: 3, users: 5 }`: each user makes the same number of iterations. */
export const perUserIterations = defineShape({
  name: 'per-user-iterations',
  describe: 'The same fixed number of iterations for each user (closed model)',
  fields: phaseObject(() => ({
    iterationsPerUser: whole(1, 1e9).describe('Iterations of each user'),
    users: users(),
    for: bound(),
    pace: pace(),
  })),
  build: (phase) =>
    closedLoad({
      lengthMs: phase.for,
      maxUsers: phase.users,
      iterationsPerUser: phase.iterationsPerUser,
      pacePerSecond: phase.pace,
      usersAt: () => phase.users,
    }),
})
