/** Returns the parts of a broken scenario that fit the schema, so that these can be checked. */
import * as z from 'zod'
import { type Scenario, scenarioSchema } from '../schema/schema.ts'
import { elementOf, member, requiredKeys, type Schema, shapeOf, transforms } from '../schema/schema-walk.ts'
import { meantBranch } from './union.ts'

const NOTHING = Symbol('nothing')
/** Top-level keys of a scenario that contain steps. */
const STEPS = new Set(['steps', 'flows', 'setup', 'teardown'])

/**
 * Returns the parts of a value that fit the schema: entries of a list or map, or keys of a block outside of steps; any other value whole or not at
 * all.
 */
function readable(schema: Schema, value: unknown, inSteps: boolean): unknown {
  const result = z.core.safeParse(schema, value)
  if (result.success) return result.data
  const element = elementOf(schema, value)
  if (typeof value !== 'object' || value === null || (inSteps && transforms(schema))) return NOTHING
  if (element !== undefined) return entriesThatFit(element, value, Array.isArray(value) ? [] : {}, inSteps)
  return inSteps ? keysThatFit(meantBranch(schema, value), value) : NOTHING
}

/** Returns a block without the keys that do not fit; NOTHING when one of its required keys is among these. */
function keysThatFit(schema: Schema, value: object): unknown {
  const fields = Object.entries(shapeOf(schema) ?? {}).flatMap(([key, field]) => {
    const read = readable(field, member(value, key), true)
    return read === NOTHING ? [] : [[key, read] as const]
  })
  const block = Object.fromEntries(fields)
  return requiredKeys(schema).length > 0 && requiredKeys(schema).every((key) => block[key] !== undefined) ? block : NOTHING
}

/** Copies the entries that fit to `into`. A list keeps an empty slot for each other entry; its methods skip such slots. */
function entriesThatFit(element: Schema, value: object, into: object, inSteps: boolean): object {
  for (const [key, item] of Object.entries(value)) {
    const read = readable(element, item, inSteps)
    if (read !== NOTHING) Reflect.set(into, key, read)
  }
  if (Array.isArray(into) && Array.isArray(value)) into.length = value.length
  return into
}

/**
 * Returns the parts of a scenario that fit the schema. An entry of a list that does not fit becomes an empty slot, so that the indexes of the other
 * entries stay the same. A name that is missing or does not fit becomes ''.
 */
export function readableScenario(value: unknown): Scenario {
  const fields = Object.entries(shapeOf(scenarioSchema) ?? {}).flatMap(([key, schema]) => {
    const written = member(value, key)
    const read = written === undefined ? NOTHING : readable(schema, written, STEPS.has(key))
    return read === NOTHING ? [] : [[key, read] as const]
  })
  // The scenario requires only a name, and each field was parsed by its own schema.
  return { name: '', ...Object.fromEntries(fields) } as Scenario
}
