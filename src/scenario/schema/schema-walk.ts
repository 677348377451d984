/** Examines zod schemas: which keys an object has, and which schema belongs to a path. */
import type * as z from 'zod'
import { type Path, pathText } from '../read/source/source.ts'

/** Any schema of the library zod. */
export type Schema = z.core.$ZodType

// zod's union of all its schemas, in which `def.type` is the kind of schema.
const defOf = (schema: Schema) => (schema as z.core.$ZodTypes)._zod.def

/** Removes wrappers such as optional, default and transform from a zod schema, and returns the inner schema, which describes what the user writes. */
export function unwrap(schema: Schema): Schema {
  const def = defOf(schema)
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'nullable':
    case 'readonly':
    case 'catch':
      return unwrap(def.innerType)
    case 'lazy':
      // Unlike the getter, this is computed only once.
      return unwrap((schema as z.core.$ZodLazy)._zod.innerType)
    case 'pipe':
      return unwrap(defOf(def.in).type === 'transform' ? def.out : def.in)
    default:
      return schema
  }
}

/** True when a zod schema of the scenario turns what the user writes into another form, such as "5s" into a number. */
export function transforms(schema: Schema): boolean {
  const def = defOf(schema)
  return def.type === 'pipe' || ('innerType' in def && transforms(def.innerType))
}

/**
 * Returns the alternatives of a union in the zod schema of scenarios, including those of nested unions. For a schema that is no union, returns the
 * schema alone.
 */
export function alternatives(schema: Schema): Schema[] {
  const bare = unwrap(schema)
  const def = defOf(bare)
  return def.type === 'union' ? def.options.flatMap(alternatives) : [schema]
}

/**
 * Returns, from the zod schema of a map in a scenario, the keys that the map may have, each with its own schema; undefined when the schema is not one
 * of a map with fixed keys.
 */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const def = defOf(unwrap(schema))
  return def.type === 'object' ? def.shape : undefined
}

/**
 * Returns the zod schema of the elements of `value`, which is a list, or a map whose keys the user chooses, in a scenario. `schema` is that of
 * `value` itself. Undefined when it does not describe such a list or map.
 */
export function elementOf(schema: Schema, value: unknown): Schema | undefined {
  const def = defOf(unwrap(schema))
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return def.type === 'array' ? def.element : undefined
  return def.type === 'record' ? def.valueType : undefined
}

/** Returns the names of the keys that a map in a scenario must have, from the zod schema of the map; none when it is not one with fixed keys. */
export function requiredKeys(schema: Schema): string[] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([key, value]) => (value._zod.optin === undefined ? [key] : []))
}

/** Returns the values that an enum or literal in the zod schema of scenarios allows; undefined for other schemas. */
export function valuesOf(schema: Schema): readonly unknown[] | undefined {
  const def = defOf(unwrap(schema))
  if (def.type === 'literal') return def.values
  return def.type === 'enum' ? Object.values(def.entries) : undefined
}

/**
 * Returns the key and the fixed value by which one form of a map in a scenario can be recognised, such as `when` and `settled` for a map that must
 * contain `when: settled`. Undefined for a form without such a key.
 */
export function kindOf(schema: Schema): { readonly key: string; readonly word: string } | undefined {
  for (const key of requiredKeys(schema)) {
    const [word, ...more] = valuesOf(shapeOf(schema)?.[key] ?? schema) ?? []
    if (typeof word === 'string' && more.length === 0) return { key, word }
  }
  return undefined
}

/**
 * Describes in a few words, for an error message, what a zod schema allows, such as "text", "a list" or "a map with last" (a map with the key
 * `last`).
 */
export function expectedBy(schema: Schema): string {
  const bare = unwrap(schema)
  const def = defOf(bare)
  const values = valuesOf(bare)
  if (values) return values.map(String).join(' or ')
  if (def.type === 'object') return mapWords(bare)
  if (def.type === 'union') return [...new Set(alternatives(bare).map(expectedBy))].join(' or ')
  return TYPE_WORDS[def.type] ?? def.type
}

function mapWords(schema: Schema): string {
  const keys = requiredKeys(schema)
  const shown = keys.length > 0 ? keys : Object.keys(shapeOf(schema) ?? {})
  return shown.length > 0 ? `a map with ${shown.slice(0, 4).join(', ')}` : 'a map'
}

/** The words that error messages use for types of zod: "a number", "a list" and so on. Types without an entry are called by their zod name. */
export const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  record: 'a map',
  null: 'null',
}

/** A function that picks the alternative of a union that the author of a value meant. */
type Pick = (union: Schema, value: unknown) => Schema

/** Returns the schema of a key or list entry within `schema`; undefined when the schema has none there. */
function stepInto(schema: Schema, step: PropertyKey, value: unknown, pick: Pick): Schema | undefined {
  const bare = unwrap(schema)
  const def = defOf(bare)
  switch (def.type) {
    case 'union':
      return stepInto(pick(bare, value), step, value, pick)
    case 'object':
      return Object.hasOwn(def.shape, step) ? def.shape[String(step)] : undefined
    case 'record':
      return def.valueType
    case 'array':
      return def.element
    case 'tuple':
      return def.items[Number(step)] ?? def.rest ?? undefined
    case 'intersection':
      return stepInto(def.left, step, value, pick) ?? stepInto(def.right, step, value, pick)
    default:
      return undefined
  }
}

/** Returns the value that a map in a scenario has at the key `step`, or a list at the index `step`; undefined when there is none. */
export function member(value: unknown, step: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  return Reflect.get(value, step)
}

/** Returns the part of a scenario's data at `path`; undefined when there is none. */
export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>(member, value)

/**
 * Follows `path` through a scenario's data (`value`) and its zod schema, and returns the data and the schema found there; each is undefined when it
 * has nothing at this path. `pick` chooses one of the alternatives of a union.
 */
export function walkSchema(
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[],
  pick: Pick,
): { schema: Schema | undefined; value: unknown } {
  let at: Schema | undefined = schema
  let current = value
  for (const step of path) {
    at = at && stepInto(at, step, current, pick)
    current = member(current, step)
  }
  return { schema: at, value: current }
}

const known = new WeakMap<Schema, ReadonlyMap<string, readonly string[]>>()

/** Number of levels, from the top, whose keys are in the index. */
const INDEX_DEPTH = 4

/**
 * Returns where in a scenario each key is allowed: for each key, the paths of the blocks that may contain it. Paths with fewer levels come first, and
 * `[]` in a path stands for any list index. A block that is allowed at several places is listed at the first one only. Blocks below the fourth level,
 * and those in maps whose keys the user chooses, such as `targets`, are left out.
 */
export function keyIndex(schema: Schema): ReadonlyMap<string, readonly string[]> {
  const ready = known.get(schema)
  if (ready) return ready
  const index = new Map<string, string[]>()
  const seen = new Set<Schema>()
  let level: { at: Schema; path: Path }[] = [{ at: schema, path: [] }]
  for (let depth = 0; depth <= INDEX_DEPTH; depth += 1)
    level = level.flatMap((entry) => indexOne(entry.at, entry.path, index, seen))
  known.set(schema, index)
  return index
}

function indexOne(schema: Schema, path: Path, index: Map<string, string[]>, seen: Set<Schema>): { at: Schema; path: Path }[] {
  const bare = unwrap(schema)
  if (seen.has(bare)) return []
  seen.add(bare)
  const def = defOf(bare)
  if (def.type === 'union') return def.options.flatMap((option) => indexOne(option, path, index, seen))
  if (def.type === 'array') return indexOne(def.element, [...path.slice(0, -1), `${path.at(-1) ?? ''}[]`], index, seen)
  return Object.entries(shapeOf(bare) ?? {}).map(([key, at]) => {
    const owners = index.get(key) ?? []
    if (!owners.includes(pathText(path))) owners.push(pathText(path))
    index.set(key, owners)
    return { at, path: [...path, key] }
  })
}
