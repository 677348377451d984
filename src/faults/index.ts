/** The registry of the kinds of faults that burn injects into attempts. To add a kind, write a file in `kinds/` and add a line here. */
import type * as z from 'zod'
import { lateObject } from '../fields.ts'
import { attemptKeys, type FaultKind, type FaultSpec } from './form/kind.ts'
import { WINDOW_RULE } from './form/window.ts'
import { corrupt } from './kinds/corrupt.ts'
import { delay } from './kinds/delay.ts'
import { drift } from './kinds/drift.ts'
import { drop } from './kinds/drop.ts'
import { duplicate } from './kinds/duplicate.ts'
import { status } from './kinds/status.ts'
import { timeout } from './kinds/timeout.ts'
import { truncate } from './kinds/truncate.ts'

export type { ChangeBytes, ChangeJson, DrawInjection, FaultSpec, Injection } from './form/kind.ts'
export type { WireSpec } from './form/wire.ts'
export { wireForms } from './wire-kinds.ts'

// Each kind has its own type of fields; here it only matters that they are an object.
const KINDS = [delay, duplicate, drift, timeout, status, corrupt, truncate, drop] as readonly unknown[] as readonly FaultKind[]

/** The names of the kinds of faults that are injected into attempts, such as `delay`. The name is the first key of an item of `faults`. */
export const faultKinds: readonly string[] = KINDS.map(({ key }) => key)

/** The schemas of the items of `faults` that are injected into attempts, one for each fault, in the order of `faultKinds`. */
export const faultForms: readonly z.ZodType<FaultSpec>[] = KINDS.map(formOf)

function formOf({ key: kind, describe, fields, rules = [], build }: FaultKind): z.ZodType<FaultSpec> {
  const entries = [...rules, WINDOW_RULE].reduce(
    (form, { path, message, holds }) => form.refine(holds, { path: [path], message }),
    lateObject(() => ({ ...fields(), ...attemptKeys() })),
  )
  return entries
    .transform((entry) => {
      // The type of a kind's own fields does not include the keys that every entry has.
      const { probability, from, until, steps, target } = entry as unknown as FaultSpec
      return { kind, probability, from, until, steps, target, draw: build(entry) }
    })
    .describe(describe)
}

/**
 * True for a kind of fault, such as `corrupt`, that is to blame when an attempt with it fails: the failure then does not count against the target.
 * False for a kind that leaves the request as it is, such as `delay`.
 */
export function isBlamed(kind: string): boolean {
  return KINDS.some(({ key, blamed }) => key === kind && blamed)
}
