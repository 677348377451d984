import type { ClosedLoad } from './executor.ts'

/**
 * Returns a closed load (a number of users at work) from its `parts`; parts that are left out, such as a number of iterations or a pace, become
 * undefined. By default, the first iterations of the users are evenly spread over one interval of the pace (the time from the start of a user's
 * iteration to that of its next).
 */
export function closedLoad(parts: Pick<ClosedLoad, 'lengthMs' | 'usersAt' | 'maxUsers'> & Partial<ClosedLoad>): ClosedLoad {
  return {
    model: 'closed',
    sharedIterations: undefined,
    iterationsPerUser: undefined,
    pacePerSecond: undefined,
    beginsAfter: (rank) => rank / parts.maxUsers,
    ...parts,
  }
}

/**
 * Returns the number of users `elapsedMs` after the start of a ramp in a straight line, rounded to the nearest, so that a ramp up and the same ramp
 * down offer equal load.
 */
export function rampUsers(from: number, to: number, overMs: number, elapsedMs: number): number {
  if (elapsedMs >= overMs) return to
  return Math.round(from + ((to - from) * Math.max(0, elapsedMs)) / overMs)
}
