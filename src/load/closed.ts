import type { ClosedLoad } from './executor.ts'

/**
 * Returns a closed load, which keeps a number of users at work. `parts` holds its fields; only the length and the number of users must be given. If
 * the load has a pace (the time between the starts of a user's iterations), the users' first iterations are spread evenly over that time, unless
 * `parts.beginsAfter` says otherwise.
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
 * Returns the number of users `elapsedMs` after the start of a linear ramp. The number is rounded to the nearest whole one, so that a ramp up and
 * the same ramp down make equal load.
 */
export function rampUsers(from: number, to: number, overMs: number, elapsedMs: number): number {
  if (elapsedMs >= overMs) return to
  return Math.round(from + ((to - from) * Math.max(0, elapsedMs)) / overMs)
}
