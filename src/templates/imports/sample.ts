/** A value that fits a JSON Schema: examples first, then what the type and format ask for. */
import { isMap } from '../foreign/fields.ts'
import { literal, mapTexts } from '../foreign/literal.ts'
import type { Data } from '../template.ts'
import type { References } from './references.ts'

/** Schemas that hold themselves end here. */
const MAX_DEPTH = 6

/** Texts that differ from request to request are templates. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: '{{uuid}}',
  'date-time': '{{isoTimestamp}}',
  date: '2025-01-31',
  time: '12:00:00Z',
  email: '{{email}}',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  byte: 'YnVybg==',
  password: 'example-password',
}

const plain = (value: unknown) => mapTexts(value, (text) => literal(text, { templates: true }))

/** The value of a schema, or of its reference. */
export function sampleOf(schema: unknown, references: References, depth = 0): unknown {
  if (depth > MAX_DEPTH + 1) return undefined
  const resolved = references.resolve(schema)
  const given = givenValue(resolved)
  if (given !== undefined) return plain(given)
  if (Array.isArray(resolved.allOf)) return merged(resolved, references, depth)
  const [choice] = [resolved.oneOf, resolved.anyOf].filter(Array.isArray)
  if (choice !== undefined)
    return sampleOf(
      choice.find((one) => references.resolve(one).type !== 'null'),
      references,
      depth + 0.5,
    )
  return byType(resolved, references, depth)
}

function givenValue({ example, examples, default: usual, const: constant, enum: allowed }: Data): unknown {
  const [first] = Array.isArray(examples) ? examples : []
  const [member] = Array.isArray(allowed) ? allowed : []
  return [example, first, constant, usual, member].find((value) => value !== undefined)
}

function merged(schema: Data, references: References, depth: number): unknown {
  const { allOf, ...rest } = schema
  const parts = [...(Array.isArray(allOf) ? allOf : []), ...(rest.properties === undefined ? [] : [rest])]
  const values = parts.map((part) => sampleOf(part, references, depth + 0.5))
  const maps = values.filter(isMap)
  return maps.length === 0 ? values.find((value) => value !== undefined && value !== null) : Object.assign({}, ...maps)
}

function byType(schema: Data, references: References, depth: number): unknown {
  const { type } = schema
  const name = Array.isArray(type) ? type.find((one) => one !== 'null') : type
  if (name === 'object' || (name === undefined && isMap(schema.properties))) return objectOf(schema, references, depth)
  if (name === 'array')
    return depth >= MAX_DEPTH || schema.maxItems === 0 ? [] : [sampleOf(schema.items, references, depth + 1) ?? 'example']
  if (name === 'integer' || name === 'number') return numberOf(schema)
  if (name === 'boolean') return true
  if (name === 'null') return null
  return name === 'string' ? textOf(schema) : undefined
}

function objectOf({ properties, required }: Data, references: References, depth: number): Data {
  const needed = new Set(Array.isArray(required) ? required : [])
  const entries = Object.entries(isMap(properties) ? properties : {})
  // Deep down only what must be there, so that schemas that hold themselves come to an end.
  const kept = entries.filter(
    ([name, schema]) => references.resolve(schema).readOnly !== true && (depth < 2 || (needed.has(name) && depth < MAX_DEPTH)),
  )
  const values = kept.map(([name, schema]) => [name, sampleOf(schema, references, depth + 1)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function numberOf({ minimum, exclusiveMinimum, maximum, multipleOf }: Data): number {
  const low = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : typeof minimum === 'number' ? minimum : undefined
  const start = low ?? (typeof maximum === 'number' ? Math.min(1, maximum) : 1)
  return typeof multipleOf === 'number' && multipleOf > 0 ? Math.ceil(start / multipleOf) * multipleOf : start
}

function textOf({ format, minLength, maxLength }: Data): string {
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  if (known !== undefined) return known
  const length = typeof minLength === 'number' ? minLength : 0
  const text = 'example'.padEnd(length, 'x')
  return typeof maxLength === 'number' ? text.slice(0, maxLength) : text
}
