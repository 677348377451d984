/** JSON Schemas of a scenario: compiled once, bounded in size, their patterns in linear time, and nothing fetched. */
import { createRequire } from 'node:module'
import { isIPv4, isIPv6 } from 'node:net'
import type { Ajv, ErrorObject, Options } from 'ajv'
import { UsageError } from '../../../errors.ts'
import { compileRegex, RegexError } from '../../../language/regex.ts'
import { isMap } from '../../../text/json.ts'
import { clip } from './types.ts'

/** Largest schema, in characters of JSON. */
const MAX_SCHEMA = 64 * 1024
const MAX_DEPTH = 64
const CACHE_SIZE = 64

/** The error for a JSON Schema that cannot be used. `path` has the keys that lead to the wrong part of the schema. */
export class JsonSchemaError extends UsageError {
  readonly path: readonly (string | number)[]
  constructor(message: string, path: readonly (string | number)[] = [], hint?: string) {
    super(message, hint)
    this.path = path
  }
}

/** A compiled JSON Schema: returns what is wrong with a value, in words; undefined when the value fits the schema. */
type SchemaValidator = (value: unknown) => string | undefined

type AjvClass = new (options: Options) => Ajv
/** The form in which each entry point of the ajv package exports its class. */
type AjvModule = { readonly default: AjvClass }
const require = createRequire(import.meta.url)
// The library is loaded only by runs that use it, because loading it takes longer than loading all other checks.
const latest = (): AjvModule => require('ajv/dist/2020.js')
const DRAFTS: readonly (readonly [id: RegExp, load: () => AjvModule])[] = [
  [/draft-0[67]\/schema/, () => require('ajv')],
  [/draft\/2019-09\/schema/, () => require('ajv/dist/2019.js')],
  [/draft\/2020-12\/schema/, latest],
]

const cache = new Map<string, SchemaValidator>()

/**
 * Compiles a JSON Schema to a function that returns what is wrong with a value, or undefined when it fits. The draft is that of `$schema`, else
 * 2020-12. The function throws a RangeError for a value that is nested too deeply.
 * @throws JsonSchemaError when the schema is invalid, of an unknown draft, too large or too deep, or refers to another document
 */
export function compileJsonSchema(schema: unknown): SchemaValidator {
  const text = JSON.stringify(schema) ?? ''
  const known = cache.get(text)
  if (known) return known
  if (text.length > MAX_SCHEMA) throw new JsonSchemaError(`the schema is larger than ${MAX_SCHEMA / 1024} KB`)
  if (depthOf(schema) > MAX_DEPTH) throw new JsonSchemaError(`the schema is nested deeper than ${MAX_DEPTH}`)
  const validator = build(schema)
  if (cache.size >= CACHE_SIZE) cache.clear()
  cache.set(text, validator)
  return validator
}

function build(schema: unknown): SchemaValidator {
  if (typeof schema !== 'boolean' && !isMap(schema)) throw new JsonSchemaError('a JSON Schema is a map, or true or false')
  const ajv = makeAjv(schema)
  if (ajv.validateSchema(schema) !== true) throw misfit(ajv.errors?.[0])
  try {
    const validate = ajv.compile(schema)
    const validator: SchemaValidator = (value) => (validate(value) ? undefined : wordsOf(validate.errors?.[0]))
    validator(null) // finds a schema that refers to itself without end
    return validator
  } catch (error) {
    throw located(error, schema)
  }
}

function makeAjv(schema: unknown): Ajv {
  const id = isMap(schema) && typeof schema.$schema === 'string' ? schema.$schema : undefined
  const load = id === undefined ? latest : DRAFTS.find(([pattern]) => pattern.test(id))?.[1]
  if (load === undefined)
    throw new JsonSchemaError(`the draft ${clip(String(id))} is not known`, ['$schema'], 'draft-07, 2019-09 and 2020-12 are')
  const Class = load().default
  const ajv = new Class({ strictTypes: false, strictTuples: false, logger: false, inlineRefs: false, formats, code: { regExp } })
  ajv.removeKeyword('uniqueItems')
  return ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items' },
    validate: (mustBeUnique: boolean, items: readonly unknown[]) =>
      !mustBeUnique || new Set(items.map(canonical)).size === items.length,
  })
}

/** Makes a regular expression in linear time for the JSON Schema library, which identifies patterns by their text. */
const linear = (source: string) => ({ test: compileRegex(source).test, toString: () => source })
const regExp = Object.assign(linear, { code: 'compileRegex' })

/**
 * Returns a value as text that is equal for equal values. The library would compare each item of a list with each other one, which takes minutes for
 * a long list.
 */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isMap(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
}

function misfit(error: ErrorObject | undefined): JsonSchemaError {
  const path = pointer(error?.instancePath ?? '')
  const allowed = error?.keyword === 'enum' ? `: ${(error.params.allowedValues as unknown[]).join(', ')}` : ''
  return new JsonSchemaError(`not a JSON Schema: ${path.at(-1) ?? 'it'} ${error?.message ?? 'is wrong'}${allowed}`, path)
}

/** Converts an error of the library to one with the place in the schema, because the library only names the wrong keyword. */
function located(error: unknown, schema: unknown): unknown {
  if (error instanceof RangeError) return new JsonSchemaError('the schema refers to itself without end')
  if (error instanceof RegexError) return new JsonSchemaError(error.message, pathOfPattern(schema))
  if (!(error instanceof Error)) return error
  const message = error.message.replace(/^strict mode: /, '').replace(/ ignored in schema at path.*$/, '')
  const word = /"([^"]+)"/.exec(message)?.[1] ?? ('missingRef' in error ? String(error.missingRef) : undefined)
  const hint = 'missingRef' in error ? 'put it under $defs of this schema: nothing is fetched' : undefined
  return new JsonSchemaError(message, find(schema, (key, value) => key === word || value === word) ?? [], hint)
}

function pathOfPattern(schema: unknown): readonly (string | number)[] {
  const bad = (text: string) => {
    try {
      compileRegex(text)
      return false
    } catch {
      return true
    }
  }
  const isBad = (key: string, value: unknown, owner: string | number | undefined) =>
    (key === 'pattern' && typeof value === 'string' && bad(value)) || (owner === 'patternProperties' && bad(key))
  return find(schema, isBad) ?? []
}

type KeywordPredicate = (key: string, value: unknown, owner: string | number | undefined) => boolean

function find(
  value: unknown,
  predicate: KeywordPredicate,
  path: readonly (string | number)[] = [],
): readonly (string | number)[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, part] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    const found = predicate(key, part, path.at(-1)) ? at : find(part, predicate, at)
    if (found) return found
  }
  return undefined
}

function pointer(text: string): (string | number)[] {
  const steps = text.split('/').slice(1)
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step.replace(/~1/g, '/').replace(/~0/g, '~')))
}

/** Describes an error of the library: "$.items[0].price must be number". */
function wordsOf(error: ErrorObject | undefined): string {
  const path = pointer(error?.instancePath ?? '').reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`),
    '$',
  )
  const extra = error?.params.additionalProperty
  return clip(`${path} ${error?.message ?? 'does not fit'}${extra === undefined ? '' : `: ${extra}`}`)
}

function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return depth
  return Math.max(depth, ...Object.values(value).map((part) => depthOf(part, depth + 1)))
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const LABEL = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i
const ATOM = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/

/** Returns true for a date such as 2024-02-29 that exists in the calendar. */
function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
}

function isDateTime(text: string): boolean {
  return isDate(text.slice(0, 10)) && /^[T ]$/i.test(text[10] ?? '') && TIME.test(text.slice(11))
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => LABEL.test(label))
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && ATOM.test(text.slice(0, at)) && isHostname(text.slice(at + 1))
}

/** For each `format` that a JSON Schema can ask for, a function that tests a text in linear time. */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: (text) => TIME.test(text),
  'date-time': isDateTime,
  email: isEmail,
  hostname: isHostname,
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: (text) => URL.canParse(text),
  uuid: (text) => UUID.test(text),
}
