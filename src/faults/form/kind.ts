/**
 * The interface of the kinds of faults that burn injects into attempts: the schema of their entries in a scenario, and what they do to an attempt.
 */
import * as z from 'zod'
import { identifier, percent } from '../../fields.ts'
import type { Random } from '../../random.ts'
import { windowKeys } from './window.ts'

/**
 * A function that changes the bytes of a request's payload for an injected fault. Returns a changed copy; undefined when there is nothing to change.
 */
export type ChangeBytes = (payload: Uint8Array) => Buffer | undefined
/** A function that changes the JSON payload of a request for an injected fault. Returns a changed copy; undefined when there is nothing to change. */
export type ChangeJson = (payload: unknown) => { readonly changed: unknown } | undefined

/** The effect that an injected fault has on one attempt, such as a delay of a certain length. */
export type Injection =
  /** Starts the attempt later, by `ms`. */
  | { readonly does: 'delay'; readonly ms: number }
  /** Sends the same bytes again. Each number is the gap in ms between a copy and the one before it. */
  | { readonly does: 'duplicate'; readonly gapsMs: readonly number[] }
  /** Sends nothing: the attempt fails as if the target had answered with this status. */
  | { readonly does: 'answer'; readonly status: number; readonly retryAfterMs: number | undefined }
  /** Sends the request and fails the attempt `afterMs` ms later, whatever comes back. */
  | { readonly does: 'timeout'; readonly afterMs: number }
  /** Changes the JSON of the payload before it is encoded. */
  | { readonly does: 'drift'; readonly change: ChangeJson }
  /** Changes the bytes of the payload after it was encoded. */
  | { readonly does: 'alter'; readonly change: ChangeBytes }
  /** Ends the connection that carries the request some ms after the request was sent. The user then sends nothing for `pauseMs` ms. */
  | { readonly does: 'drop'; readonly how: 'reset' | 'close'; readonly afterMs: number; readonly pauseMs: number }

/** A function that draws at random the effect of one item of `faults` on one attempt, such as how long the delay is. */
export type DrawInjection = (random: Random) => Injection

/** The keys that an entry of `faults` for attempts has, whatever its kind. */
interface AttemptFields {
  readonly probability: number
  readonly from?: number | undefined
  readonly until?: number | undefined
  readonly steps?: readonly string[] | undefined
  readonly target?: string | undefined
}

/** One item of `faults` in a scenario that is injected into attempts (not into connections), after validation. */
export interface FaultSpec extends AttemptFields {
  /** The name of the kind of fault, which is also a key of the entry. */
  readonly kind: string
  readonly draw: DrawInjection
}

/**
 * A kind of fault that burn can inject into attempts, such as `delay`. Defines the keys of its items in `faults`, and a function that turns an item
 * into the effect on an attempt.
 */
export interface FaultKind<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The key of an entry that names the kind. */
  readonly key: string
  readonly describe: string
  /** True when a failure of the attempt counts as the fault's effect, whoever reports it, and so not against the target. */
  readonly blamed: boolean
  /** Returns the schemas of the kind's own keys; the keys that all kinds have are added to them. */
  fields(): Shape
  /** The rules about several of the kind's own keys, which the schema of a single key cannot check. */
  readonly rules?: readonly FieldRule<z.output<z.ZodObject<Shape>>>[]
  build(fields: z.output<z.ZodObject<Shape>>): DrawInjection
}

/** A rule for the keys of an item of `faults`, checked when the scenario is validated; `path` is the key that is reported when the rule is broken. */
interface FieldRule<Fields> {
  readonly path: string
  readonly message: string
  holds(fields: Fields): boolean
}

/** Returns the schemas of the keys that every fault for attempts has in `faults`: probability, time window, steps and target. */
export const attemptKeys = () => ({
  probability: percent().describe('Share of the attempts that it hits, such as 5%'),
  ...windowKeys(),
  steps: z.array(identifier()).min(1).max(100).optional().describe('Names of the steps that it may hit; left out: all'),
  target: identifier().optional().describe('Which of `targets` it may hit; left out: all'),
})

/**
 * Declares a kind of fault that is injected into attempts. Returns its argument unchanged; the call only lets the compiler infer the types of the
 * fault's own fields.
 */
export function defineFault<Shape extends z.ZodRawShape>(kind: FaultKind<Shape>): FaultKind<Shape> {
  return kind
}

/** Draws a random number, evenly distributed, between the two ends of a range in a fault, such as `100ms..2s`. */
export function drawFrom({ from, to }: { readonly from: number; readonly to: number }, random: Random): number {
  return from + (to - from) * random.next()
}
