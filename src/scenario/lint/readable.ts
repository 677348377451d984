/** A scenario with a fault in it, as far as it can be read. */
import * as z from 'zod'
import { type Scenario, scenarioSchema } from '../schema/schema.ts'
import { elementOf, member, type Schema, shapeOf } from '../schema/schema-walk.ts'

const NOTHING = Symbol('nothing')

/** What the schema makes of a value; of a list or a map the entries that fit, of anything else all or nothing. */
function readable(schema: Schema, value: unknown): unknown {
  const result = z.core.safeParse(schema, value)
  if (result.success) return result.data
  const element = elementOf(schema, value)
  if (element === undefined || typeof value !== 'object' || value === null) return NOTHING
  return entriesThatFit(element, value, Array.isArray(value) ? [] : {})
}

/** Entries that do not fit are left out; those of a list keep their numbers, so that it has holes, which its methods pass over. */
function entriesThatFit(element: Schema, value: object, into: object): object {
  for (const [key, item] of Object.entries(value)) {
    const read = readable(element, item)
    if (read !== NOTHING) Reflect.set(into, key, read)
  }
  if (Array.isArray(into) && Array.isArray(value)) into.length = value.length
  return into
}

/** Returns the parts of a scenario that fit the schema. A list keeps an empty slot where an entry does not fit, so that indexes stay right. */
export function readableScenario(value: unknown): Scenario {
  const fields = Object.entries(shapeOf(scenarioSchema) ?? {}).flatMap(([key, schema]) => {
    const written = member(value, key)
    const read = written === undefined ? NOTHING : readable(schema, written)
    return read === NOTHING ? [] : [[key, read] as const]
  })
  // Only its name is required; each field was made by its own schema.
  return { name: '', ...Object.fromEntries(fields) } as Scenario
}
