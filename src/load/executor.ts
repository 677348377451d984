import type * as z from 'zod'
import type { Random } from '../random.ts'

/** A closed load: keeps a number of users at work; each starts its next iteration when its last one has ended. */
export interface ClosedLoad {
  readonly model: 'closed'
  /** Length of the phase in ms; undefined when it ends only with its last iteration. */
  readonly lengthMs: number | undefined
  /** Head count at `elapsedMs` since the phase began. */
  usersAt(elapsedMs: number): number
  /** Largest head count of the phase. */
  readonly maxUsers: number
  /** Iterations that all users share; undefined: no bound. */
  readonly sharedIterations: number | undefined
  /** Iterations of each user; undefined: no bound. */
  readonly iterationsPerUser: number | undefined
  /** Iterations started per second and user, on the user's own timetable; undefined: as fast as replies come. */
  readonly pacePerSecond: number | undefined
}

/** An open load: starts iterations at fixed times, however fast the target answers. */
export interface OpenLoad {
  readonly model: 'open'
  /** Length of the phase in ms. */
  readonly lengthMs: number
  /** Start offsets in ms since the phase began, ascending, all below lengthMs. The same random stream gives the same offsets. */
  arrivals(random: Random): Iterator<number, undefined>
  /** Iterations that may run at once. */
  readonly maxUsers: number
  /** What an arrival does when `maxUsers` iterations run already: wait for a free user, or be dropped and counted. */
  readonly whenFull: 'queue' | 'drop'
  /** Planned arrivals per second at `elapsedMs`: shown to users, and the start of a ramp in the next phase. */
  rateAt(elapsedMs: number): number
}

/** What a load phase asks for: a number of users (closed) or a rate of arrivals (open). */
export type Load = ClosedLoad | OpenLoad

/** The users and the rate at the end of a phase, from which a ramp of the next phase starts. */
export interface Handover {
  readonly users: number
  readonly ratePerSecond: number
}

/** One load shape, such as a steady rate: its own keys in a phase of `load`, and a function that makes the load from them. */
export interface LoadShape<Fields extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly describe: string
  readonly fields: Fields
  build(phase: z.output<Fields>, before: Handover): Load
}

/** Returns `shape` unchanged; it only gives `build` the type of the shape's own fields. */
export function defineShape<Fields extends z.ZodObject>(shape: LoadShape<Fields>): LoadShape<Fields> {
  return shape
}
