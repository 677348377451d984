import type { ClosedLoad } from './executor.ts'

/**
 * Returns a load with a number of users, from its `parts`; keys left out, such as iteration budgets and pace, are undefined; users begin evenly
 * spread over an interval of `pace`.
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

/** Returns the number of users `elapsedMs` after a straight ramp began, rounded to the nearest, so that ramps up and down offer equal load. */
export function rampUsers(from: number, to: number, overMs: number, elapsedMs: number): number {
  if (elapsedMs >= overMs) return to
  return Math.round(from + ((to - from) * Math.max(0, elapsedMs)) / overMs)
}
