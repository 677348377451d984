import * as z from 'zod'
import { identifier, lateObject, whole } from '../fields.ts'
import type { Random } from '../random.ts'
import type { Share } from '../statistics/parts/share.ts'
import type { ArrivalProcess } from './timetable/process.ts'
import type { TracePlay } from './trace/play.ts'

/** The largest number of users that one phase of a load may have. */
export const MOST_USERS = 1_000_000

/** A schema for a number of users in a scenario, from `least` to the largest number that burn allows. */
export const usersFrom = (least: number) => whole(least, MOST_USERS)

/** A closed load: keeps a number of users at work, each of which starts its next iteration when the last one has ended. */
export interface ClosedLoad {
  readonly model: 'closed'
  /** Length of the phase in ms; undefined when it ends only with its last iteration. */
  readonly lengthMs: number | undefined
  /** Returns how many users work `elapsedMs` after the phase began. */
  usersAt(elapsedMs: number): number
  /** The largest number of users in the phase. */
  readonly maxUsers: number
  /** Number of iterations that all users make together; undefined for no limit. */
  readonly sharedIterations: number | undefined
  /** Number of iterations that each user makes; undefined for no limit. */
  readonly iterationsPerUser: number | undefined
  /** Iterations that each user starts per second, by its own timetable; undefined: each follows when the last one has ended. */
  readonly pacePerSecond: number | undefined
  /** Returns the share of an interval of `pace` (0 to 1) after which the user of a rank begins, so that users do not all send at once. */
  beginsAfter(rank: number): number
}

/** An open load: starts iterations at fixed times, however fast the target answers. */
export interface OpenLoad {
  readonly model: 'open'
  /** Length of the phase in ms. */
  readonly lengthMs: number
  /** Returns when iterations start, in ms since the phase began: ascending, all below lengthMs, the same for the same `random`. */
  arrivals(random: Random): Iterator<number, undefined>
  /** The largest number of iterations that may run at once. */
  readonly maxUsers: number
  /** True when the scenario does not set `maxUsers`: users are added as they are needed, up to the number that this machine can have. */
  readonly addsUsers: boolean
  /** What happens to an iteration that is due while `maxUsers` run: it waits for a free user, or is dropped and counted. */
  readonly whenFull: 'queue' | 'drop'
  /** Returns the planned rate per second `elapsedMs` after the phase began, for display and as the start of the next ramp. */
  rateAt(elapsedMs: number): number
  /** The highest arrival rate in the phase, per second. */
  readonly peakPerSecond: number
  /** Returns how many arrivals are expected in the first `elapsedMs` ms of the phase: the integral of the rate. */
  countAt(elapsedMs: number): number
  /** The distribution of the gaps between arrivals. */
  readonly process: ArrivalProcess
  /** The recorded requests that arrivals start, by the arrival's number; undefined when the load replays no trace. */
  readonly trace?: TracePlay
  /** Returns the part of a replayed trace that one share of the run makes, in whole sessions. Undefined when the load replays no trace. */
  readonly part?: (share: Share) => OpenLoad
}

/**
 * The load of a phase: closed (a number of users at work) or open (a rate at which iterations start). In a worker or shard, this is the part of the
 * load that the process makes, and `whole` is the load of all processes together.
 */
export type Load = (ClosedLoad | OpenLoad) & { readonly whole?: Load }

/** The number of users and the arrival rate at the end of a load phase, from which a ramp in the next phase starts. */
export interface Handover {
  readonly users: number
  readonly ratePerSecond: number
}

/** One load shape, such as a steady rate: the keys that the shape has in a phase of `load`, and a function that returns the load for their values. */
export interface LoadShape<Fields extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly describe: string
  readonly fields: Fields
  /** Makes the load. Files are looked for in the folder `baseDir`. @throws DataError for a file that cannot be used */
  build(phase: z.output<Fields>, before: Handover, baseDir: string): Load
}

const phaseKeys = () => ({
  name: identifier().optional().describe('Name of the phase in tables and thresholds ({phase=…})'),
  warmup: z.boolean().default(false).describe('Measured and shown, but kept out of totals and thresholds'),
})

/** Returns the schema of a phase with one load shape: the keys of this shape, which `make` returns, and the keys that every phase has. */
export function phaseObject<Shape extends z.ZodRawShape>(make: () => Shape) {
  return lateObject(() => ({ ...make(), ...phaseKeys() }))
}

/** Declares a load shape. Returns its argument unchanged; the call only lets the compiler infer the types of the shape's own fields. */
export function defineShape<Fields extends z.ZodObject>(shape: LoadShape<Fields>): LoadShape<Fields> {
  return shape
}
