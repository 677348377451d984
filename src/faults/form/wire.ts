/** The kinds of faults that act on connections: how each is written in a scenario and for `burn relay`, and what the relay does to the bytes. */
import * as z from 'zod'
import { identifier, lateObject, percent } from '../../fields.ts'
import type { WireEffect, WireFault } from '../relay/wire-fault.ts'
import { WINDOW_RULE, windowKeys } from './window.ts'

/**
 * One item of `faults` that acts on the bytes of connections, after validation. `target` names the only target whose connections it applies to;
 * undefined for all targets.
 */
export type WireSpec = WireFault & { readonly target: string | undefined }

/**
 * A kind of fault that burn can inject into the bytes of a connection, such as `latency`. Defines the keys of its items in `faults`, and a function
 * that turns an item into the effect on a connection.
 */
export interface WireKind<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The key of an entry that names the kind. */
  readonly key: string
  readonly describe: string
  /** Returns the schemas of the kind's own keys; the keys that all kinds have are added to them. */
  fields(): Shape
  build(fields: z.output<z.ZodObject<Shape>>): WireEffect
}

/** The keys that an entry of `faults` for the wire has, whatever its kind. */
const scope = () => ({
  probability: percent().optional().describe('Share of the connections that have it (default 100%)'),
  direction: z
    .enum(['up', 'down', 'both'])
    .optional()
    .describe('Which bytes it concerns: up, to the target; down, to the client; both (default)'),
  ...windowKeys(),
  target: identifier().optional().describe('Which of `targets` it concerns; left out: all'),
})

type ScopeFields = z.output<z.ZodObject<ReturnType<typeof scope>>>

/**
 * Declares a kind of fault that acts on connections. Returns its argument unchanged; the call only lets the compiler infer the types of the fault's
 * own fields.
 */
export function defineWireFault<Shape extends z.ZodRawShape>(kind: WireKind<Shape>): WireKind<Shape> {
  return kind
}

/** Returns the schema of a `faults` item that acts on connections: the keys of this kind of fault, and the keys that all such faults share. */
export function wireForm({ key, describe, fields, build }: WireKind): z.ZodType<WireSpec> {
  return lateObject(() => ({ ...fields(), ...scope() }))
    .refine((entry) => WINDOW_RULE.holds(entry as ScopeFields), { path: [WINDOW_RULE.path], message: WINDOW_RULE.message })
    .transform((entry): WireSpec => {
      // The compiler cannot combine the two shapes: an entry has the fields of both.
      const { probability = 1, direction = 'both', from = 0, until = Number.POSITIVE_INFINITY, target } = entry as ScopeFields
      return { ...build(entry), kind: key, probability, direction, fromMs: from, untilMs: until, target }
    })
    .describe(describe)
}
