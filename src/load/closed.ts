/** Defaults shared by the closed shapes. */
import type { ClosedLoad } from './executor.ts'

/** A closed load from what differs; without bounds and pace unless given. */
export function closedLoad(parts: Pick<ClosedLoad, 'lengthMs' | 'usersAt' | 'maxUsers'> & Partial<ClosedLoad>): ClosedLoad {
  return { model: 'closed', sharedIterations: undefined, iterationsPerUser: undefined, pacePerSecond: undefined, ...parts }
}

/** Straight line from `from` to `to` over `overMs`, then `to`; the nearest whole number of users, so that a ramp up and one down even out. */
export function rampUsers(from: number, to: number, overMs: number, elapsedMs: number): number {
  if (elapsedMs >= overMs) return to
  return Math.round(from + ((to - from) * Math.max(0, elapsedMs)) / overMs)
}
