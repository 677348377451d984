import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { isMarked } from './marks.ts'
import type { References } from './references.ts'
import { sampleNumber } from './sample-number.ts'
import { sampleText } from './sample-text.ts'

/** Depth at which the sample for a recursive schema is cut off. */
const MAX_DEPTH = 6
/** The largest number of items in a sample list. */
const MAX_ITEMS = 100

/**
 * Returns a sample value for a JSON Schema, or for a reference to one; undefined for a schema without a known type, or one too deep inside others.
 * Its texts may contain placeholders for template helpers, such as `uuid`.
 */
export function sampleOf(schema: unknown, references: References, depth = 0): unknown {
  if (depth > MAX_DEPTH + 1) return undefined
  const resolved = references.resolve(schema)
  const given = givenValue(resolved)
  if (given !== undefined) return given
  if (Array.isArray(resolved.allOf)) return merged(resolved, references, depth)
  const [choices] = [resolved.oneOf, resolved.anyOf].filter(Array.isArray)
  return choices === undefined ? byType(resolved, references, depth) : chosen(resolved, choices, references, depth)
}

function givenValue({ example, examples, default: usual, const: constant, enum: allowed }: Data): unknown {
  const [first] = Array.isArray(examples) ? examples : []
  const member = Array.isArray(allowed) ? (allowed.find((one) => one !== null) ?? allowed[0]) : undefined
  return [example, first, constant, usual, member].find((value) => value !== undefined)
}

function merged(schema: Data, references: References, depth: number): unknown {
  const { allOf, ...rest } = schema
  const parts = [...(Array.isArray(allOf) ? allOf : []), ...(Object.keys(rest).length === 0 ? [] : [rest])]
  const values = parts.map((part) => sampleOf(part, references, depth + 0.5))
  // For plain values the parts of `allOf` are merged: one may name the type, another the length.
  const all: Data = Object.assign({}, ...parts.map((part) => references.resolve(part)))
  return values.some(isMap) || all.allOf !== undefined ? together(values) : sampleOf(all, references, depth + 0.5)
}

/** Merges the maps among the values into one; without maps, returns the first value. */
function together(values: readonly unknown[]): unknown {
  const maps = values.filter(isMap)
  return maps.length === 0 ? values.find((value) => value !== undefined && value !== null) : Object.assign({}, ...maps)
}

/** Returns a sample for the first choice of `oneOf` or `anyOf` that is not null, with shared properties and its discriminator. */
function chosen(schema: Data, choices: readonly unknown[], references: References, depth: number): unknown {
  const { oneOf: _one, anyOf: _any, discriminator, ...rest } = schema
  const choice = choices.find((one) => references.resolve(one).type !== 'null')
  const values = [byType(rest, references, depth + 0.5), sampleOf(choice, references, depth + 0.5)]
  const value = together(values)
  const { propertyName, mapping } = isMap(discriminator) ? discriminator : {}
  if (!isMap(value) || !isMap(choice) || typeof choice.$ref !== 'string' || typeof propertyName !== 'string') return value
  const reference = choice.$ref
  const names = Object.entries(isMap(mapping) ? mapping : {})
  const name = names.find(([, target]) => target === reference || reference.endsWith(`/${target}`))?.[0]
  return { ...value, [propertyName]: name ?? reference.split('/').at(-1) }
}

function byType(schema: Data, references: References, depth: number): unknown {
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, references, depth)
    case 'array':
      return listOf(schema, references, depth)
    case 'integer':
      return numberOf(schema, true, references)
    case 'number':
      return numberOf(schema, false, references)
    case 'boolean':
      return true
    case 'null':
      return null
    case 'string':
      return sampleText(schema, (note) => references.note(note))
    default:
      return undefined
  }
}

/** Returns the type of a schema; without `type`, it is derived from the schema's other keywords. */
function typeOf(schema: Data): unknown {
  const { type } = schema
  if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null'
  if (type !== undefined) return type
  const has = (...keys: readonly string[]) => keys.some((key) => schema[key] !== undefined)
  if (has('properties', 'additionalProperties')) return 'object'
  if (has('items', 'prefixItems', 'minItems')) return 'array'
  if (has('pattern', 'minLength', 'maxLength', 'format')) return 'string'
  return has('minimum', 'maximum', 'multipleOf') ? 'number' : undefined
}

function numberOf(schema: Data, whole: boolean, references: References): number {
  const found = sampleNumber(schema, whole)
  if (found === undefined) references.note(`no number fits ${JSON.stringify(schema).slice(0, 150)}: 1 stands in its place`)
  return found ?? 1
}

function listOf(schema: Data, references: References, depth: number): unknown[] {
  const { items, prefixItems, minItems, maxItems, uniqueItems } = schema
  if (depth >= MAX_DEPTH || maxItems === 0) return []
  if (Array.isArray(prefixItems) && prefixItems.length > 0)
    return prefixItems.slice(0, MAX_ITEMS).map((item) => sampleOf(item, references, depth + 1) ?? 'example')
  const count = typeof minItems === 'number' ? Math.min(MAX_ITEMS, Math.max(1, minItems)) : 1
  const item = sampleOf(items, references, depth + 1) ?? 'example'
  return uniqueItems === true && count > 1 ? distinct(item, count, references.resolve(items)) : Array(count).fill(item)
}

/** Returns `count` different values like `item`: members of the enumeration, or numbers and texts counted up. */
function distinct(item: unknown, count: number, { enum: allowed }: Data): unknown[] {
  if (Array.isArray(allowed)) return allowed.slice(0, count)
  return Array.from({ length: count }, (_, index) => {
    if (typeof item === 'number') return item + index
    return typeof item === 'string' && index > 0 && !isMarked(item) ? `${item}${index + 1}` : item
  })
}

function objectOf({ properties, required }: Data, references: References, depth: number): Data {
  const needed = new Set(Array.isArray(required) ? required.map(String) : [])
  const entries = Object.entries(isMap(properties) ? properties : {})
  const unnamed = [...needed].filter((name) => !entries.some(([own]) => own === name)).map((name) => [name, 'example'] as const)
  // At depth only required properties are kept, so that recursive schemas end.
  const kept = entries.filter(
    ([name, schema]) => references.resolve(schema).readOnly !== true && (depth < 2 || (needed.has(name) && depth < MAX_DEPTH)),
  )
  const values = kept.map(([name, schema]) => [name, sampleOf(schema, references, depth + 1)] as const)
  return Object.fromEntries([...values.filter(([, value]) => value !== undefined), ...unnamed])
}
