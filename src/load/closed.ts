import type { ClosedLoad } from './executor.ts'

/** Makes a closed load from `parts`; what `parts` leaves out (iteration budgets, pace) is undefined. */
export function closedLoad(parts: Pick<ClosedLoad, 'lengthMs' | 'usersAt' | 'maxUsers'> & Partial<ClosedLoad>): ClosedLoad {
  return { model: 'closed', sharedIterations: undefined, iterationsPerUser: undefined, pacePerSecond: undefined, ...parts }
}

/** The head count at `elapsedMs` of a straight ramp; rounded to the nearest user, so that ramps up and down offer equal load. */
export function rampUsers(from: number, to: number, overMs: number, elapsedMs: number): number {
  if (elapsedMs >= overMs) return to
  return Math.round(from + ((to - from) * Math.max(0, elapsedMs)) / overMs)
}
