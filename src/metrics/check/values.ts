import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../../errors.ts'
import { compileJsonPath, JsonPathError } from '../../language/jsonpath/jsonpath.ts'
import { compileRegex } from '../../language/regex.ts'
import { jsonIn } from '../../text/json.ts'
import { holds } from '../threshold/expression/limit.ts'
import { type CheckVerdict, clip, lazyVerdict, show, type Test } from './kinds/types.ts'
import type { HeaderSpec, JsonSpec, StatusSpec } from './schema.ts'

const STATUS = /^(\d{1,3}|[1-5]xx)$/i

/**
 * Returns a function for the check `status` that is true for a status that fits `spec`: a status such as 200, a class such as "2xx", or a list.
 * @throws UsageError for any other `spec`
 */
export function statusMatcher(spec: StatusSpec): (status: number) => boolean {
  const all = (Array.isArray(spec) ? spec : [spec]).map((one) => String(one).trim())
  const bad = all.find((one) => !STATUS.test(one))
  if (bad !== undefined) throw new UsageError(`"${bad}" is not a status`, 'write 200, "2xx", or a list of them')
  const ranges = all.map((one) =>
    /x/i.test(one) ? [100 * Number(one[0]), 100 * Number(one[0]) + 99] : [Number(one), Number(one)],
  )
  return (status) => ranges.some(([low = 0, high = 0]) => status >= low && status <= high)
}

/** Compiles the `status` check to a test that the status of a reply fits `spec`, such as 200 or "2xx". */
export function statusTest(spec: StatusSpec): Test {
  const matches = statusMatcher(spec)
  return ({ exchange: { status } }) => lazyVerdict(status !== undefined && matches(status), status, describeStatus)
}

const describeStatus = (status: number | undefined) => (status === undefined ? 'no status' : `status ${status}`)

/**
 * Compiles the `header` check to a test that a reply has a header and that its value meets the check's conditions, if any; with `exists: false`, that
 * it does not have the header. Names ignore case. @throws RegexError when a pattern is not valid RE2
 */
export function headerTest(spec: HeaderSpec): Test {
  const { name, exists = true, ...rest } = typeof spec === 'string' ? { name: spec } : spec
  const conditions = headerConditions(rest)
  const key = name.toLowerCase()
  return ({ exchange: { headers } }) => {
    const value = Object.hasOwn(headers, key) ? headers[key] : undefined
    if (value === undefined) return { passed: !exists, observed: `no header ${key}` }
    return { passed: exists && conditions.every(({ holds }) => holds(value)), observed: `${key}: ${clip(value)}` }
  }
}

/** A condition on a value in a reply (a header, or the value at a JSONPath), together with the key that states it in the scenario, such as `gt`. */
export interface KeyedCondition<T> {
  readonly key: string
  readonly holds: (value: T) => boolean
}

/**
 * Compiles the conditions of a `header` check (such as `equals` or `matches`) on the value of the header.
 * @throws RegexError when `matches` is not valid RE2
 */
export function headerConditions({ equals, contains, matches }: Omit<HeaderCheck, 'name' | 'exists'>): KeyedCondition<string>[] {
  const regex = matches === undefined ? undefined : compileRegex(matches)
  const conditions: (KeyedCondition<string> | false)[] = [
    equals !== undefined && { key: 'equals', holds: (value) => value === equals },
    contains !== undefined && { key: 'contains', holds: (value) => value.includes(contains) },
    regex !== undefined && { key: 'matches', holds: (value) => regex.test(value) },
  ]
  return conditions.filter((condition) => condition !== false)
}

type HeaderCheck = Exclude<HeaderSpec, string>
type JsonCheck = Exclude<JsonSpec, string>
type Condition = KeyedCondition<unknown>

/**
 * Compiles the `json` check to a test of the first value that a JSONPath finds in a reply. A reply that is not JSON fails, also with `exists: false`.
 * `written` is the check before its templates were filled in. It shows which expected values came from templates and so are texts even where numbers
 * are meant: "5" then equals the number 5.
 * @throws JsonPathError or RegexError for an invalid path or pattern, UsageError for a limit that is not a number
 */
export function jsonTest(spec: JsonSpec, written: unknown): Test {
  const { path, exists = true, in: source, ...rest } = typeof spec === 'string' ? { path: spec } : spec
  const compiled = compileJsonPath(path)
  const conditions = jsonConditions(rest, written)
  return (reply) => {
    const document = source === 'text' ? jsonIn(reply.text) : reply.json()
    if (document === undefined) return { passed: false, observed: 'the reply is not JSON' }
    try {
      return verdictOn(compiled.first(document), exists, conditions)
    } catch (error) {
      if (error instanceof JsonPathError) return { passed: false, observed: error.message }
      throw error
    }
  }
}

function verdictOn(value: unknown, exists: boolean, conditions: readonly Condition[]): CheckVerdict {
  if (value === undefined) return { passed: !exists, observed: 'nothing at this path' }
  return lazyVerdict(exists && conditions.every(({ holds }) => holds(value)), value, show)
}

/**
 * Compiles the conditions of a `json` check on the value that its path finds in a reply, such as `equals`. `written` is the check before its
 * templates were filled in. A filled-in template is always a text, so an expected value that came from one also equals a number or boolean with that
 * text.
 * @throws RegexError for an invalid pattern, UsageError for a text that is not a number
 */
export function jsonConditions(spec: Omit<JsonCheck, 'path' | 'exists' | 'in'>, written: unknown): readonly Condition[] {
  const regex = spec.matches === undefined ? undefined : compileRegex(spec.matches)
  const same = (expected: unknown, value: unknown, loose: boolean) =>
    value === expected || isDeepStrictEqual(value, expected) || (loose && typeof value !== 'object' && String(value) === expected)
  const templated = (key: string) => hasTemplate((written as Readonly<Record<string, unknown>> | null)?.[key]) // a string has no such keys either
  const ofType = (value: unknown) => typeOf(value) === spec.type || (spec.type === 'number' && typeof value === 'number')
  const conditions: (Condition | false)[] = [
    'equals' in spec && { key: 'equals', holds: (value) => same(spec.equals, value, templated('equals')) },
    'not-equals' in spec && { key: 'not-equals', holds: (value) => !same(spec['not-equals'], value, templated('not-equals')) },
    'contains' in spec && { key: 'contains', holds: (value) => holdsInside(value, spec.contains) },
    regex !== undefined && {
      key: 'matches',
      holds: (value) => regex.test(typeof value === 'string' ? value : JSON.stringify(value)),
    },
    spec.type !== undefined && { key: 'type', holds: ofType },
    ...numeric(spec),
  ]
  return conditions.filter((condition) => condition !== false)
}

/** For each key of a `json` check that sets a bound, its comparison operator. */
const COMPARED = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function numeric(spec: Pick<JsonCheck, keyof typeof COMPARED>): Condition[] {
  return Object.entries(COMPARED).flatMap(([key, operator]) => {
    const limit = spec[key as keyof typeof COMPARED] // entries forgets the names
    if (limit === undefined) return []
    const number = typeof limit === 'number' ? limit : Number(limit.trim() || Number.NaN)
    if (Number.isNaN(number)) throw new UsageError(`"${limit}" is not a number to compare with`)
    return [{ key, holds: (value) => typeof value === 'number' && holds(value, operator, number) }]
  })
}

function holdsInside(value: unknown, expected: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => isDeepStrictEqual(item, expected))
  return typeof value === 'string' && typeof expected === 'string' && value.includes(expected)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** True when a text anywhere inside a value contains a template (`{{ … }}`). */
export function hasTemplate(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{')
  return typeof value === 'object' && value !== null && Object.values(value).some(hasTemplate)
}
