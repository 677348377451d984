/** What a load shape is: arithmetic on time, without a clock. The runner has two loops, however many shapes there are. */
import type * as z from 'zod'
import type { Random } from '../random.ts'

/** Keeps a number of users at work; each starts its next iteration when the last one ended. */
export interface ClosedLoad {
  readonly model: 'closed'
  /** ms; undefined when only the iteration budget ends it. */
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

/** Starts iterations on an absolute timetable, whatever the target does. */
export interface OpenLoad {
  readonly model: 'open'
  readonly lengthMs: number
  /** Start offsets in ms since the phase began, ascending, all below lengthMs. The same random stream gives the same offsets. */
  arrivals(random: Random): Iterator<number, undefined>
  /** Iterations that may run at once. */
  readonly maxUsers: number
  readonly whenFull: 'queue' | 'drop'
  /** Planned arrivals per second at `elapsedMs`, for display and handover. */
  rateAt(elapsedMs: number): number
}

export type Load = ClosedLoad | OpenLoad

/** Where the phase before ended: what a ramp starts from. */
export interface Handover {
  readonly users: number
  readonly ratePerSecond: number
}

/** One shape: its part of a `load:` phase and what it becomes. The keys every phase has (name, warmup) are not its business. */
export interface LoadShape<Fields extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly describe: string
  readonly fields: Fields
  build(phase: z.output<Fields>, before: Handover): Load
}

/** Keeps the type of a shape's fields for its `build`. */
export function defineShape<Fields extends z.ZodObject>(shape: LoadShape<Fields>): LoadShape<Fields> {
  return shape
}
