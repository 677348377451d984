/** Describes one issue of zod about one value: what was expected, what the file contains, and what to do. */
import type * as z from 'zod'
import { E_KEY } from '../problems/syntax/E_KEY.ts'
import { E_CHECK } from '../problems/values/E_CHECK.ts'
import { E_ENUM } from '../problems/values/E_ENUM.ts'
import { E_MISSING_KEY } from '../problems/values/E_MISSING_KEY.ts'
import { E_THRESHOLD } from '../problems/values/E_THRESHOLD.ts'
import { E_TYPE } from '../problems/values/E_TYPE.ts'
import { E_UNIT, isAboutUnit, unitHint } from '../problems/values/E_UNIT.ts'
import { E_VALUE } from '../problems/values/E_VALUE.ts'
import { type Finding, type Mark, shown, type Wording } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { expectedBy, type Schema, TYPE_WORDS, unwrap } from '../schema/schema-walk.ts'
import { placeOf } from './places.ts'
import { synonymOf } from './synonyms.ts'

/** One error that the schema library zod has found in a scenario. */
export type Issue = z.core.$ZodIssue

/** The value that an error of the schema is about, with its path and the schema that it should fit. */
export interface Subject {
  readonly root: Schema
  readonly path: Path
  readonly schema: Schema | undefined
  readonly value: unknown
  /** The other alternatives of the union that `schema` was picked from. */
  readonly otherForms: readonly Schema[]
}

/** True when the message of a schema error was written for burn; false for a standard message of the schema library zod. */
export const isOwnText = (issue: Issue) =>
  !/^(Invalid input|Invalid option|Too small|Too big|Invalid string|Unrecognized key|Invalid key)/.test(issue.message)
const withGot = (message: string, value: unknown) =>
  /, got |did you mean/.test(message) ? message : `${message}, got ${shown(value)}`

/** "…; did you mean "5s"?" is a message and a hint. */
function splitHint(text: string): { message: string; hint?: string } {
  const at = text.indexOf('; did you mean ')
  return at === -1 ? { message: text } : { message: text.slice(0, at), hint: text.slice(at + 2) }
}
const describe = (schema: Schema | undefined) => (schema as z.ZodType | undefined)?.description

/**
 * Returns an error about the value of `subject`, with its path in the scenario. `mark` says whether the message marks the value in the file, its
 * key, the map around it, or a part of a text.
 */
export function finding(subject: Subject, wording: Wording, mark: Mark = 'value'): Finding {
  return { ...wording, path: subject.path, mark }
}

/**
 * Returns an error about a value of a scenario, with a message (`text`) that the schema itself provides. Its code is `kind`, or E_UNIT if the message
 * says that a unit is missing.
 */
export function schemaError(text: string, subject: Subject, kind: typeof E_TYPE | typeof E_VALUE, hint?: string): Finding {
  return finding(subject, (isAboutUnit(text) ? E_UNIT : kind).refused(withGot(text, subject.value), hint))
}

/** Returns the error for a required key that is missing in a scenario. */
export function missing(subject: Subject): Finding {
  const key = String(subject.path.at(-1))
  const about = describe(subject.schema) ?? (subject.schema && describe(unwrap(subject.schema)))
  const hint = about === undefined ? subject.schema && `expected ${expectedBy(subject.schema)}` : `${key}: ${about}`
  return finding(subject, E_MISSING_KEY.missing(key, hint), 'parent')
}

/**
 * Returns a hint for a value of one type where another is expected, such as to put a number in quotes, or to remove the quotes of a text; undefined
 * when no hint fits.
 */
export function typeHint(value: unknown, expected: string): string | undefined {
  if (expected === 'text' && (typeof value === 'number' || typeof value === 'boolean')) return `put it in quotes: "${value}"`
  if (typeof value !== 'string') return undefined
  if (/number/.test(expected) && value.trim() !== '' && Number.isFinite(Number(value)))
    return `write ${value.trim()} without quotes`
  if (/^(yes|on|true)$/i.test(value) && expected === 'true or false') return 'write true'
  return /^(no|off|false)$/i.test(value) && expected === 'true or false' ? 'write false' : undefined
}

/** Returns a hint for a map or list where another type is expected, from what it contains. */
function mapHint({ path, value }: Subject, expected: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value))
    return expected === 'text' && value.length === 1 ? 'leave out the brackets, or the dash before it' : undefined
  if (expected === 'a list') return 'it is a list, even of one entry: [ … ], or a dash before each'
  const place = placeOf(path)
  return Object.keys(value).flatMap((key) => synonymOf(place, key, value)?.hint ?? [])[0]
}

/**
 * Turns zod's error about a value that is missing or has the wrong type into an error of `burn validate` in burn's own words, with its path in the
 * scenario.
 */
export function wrongType(issue: Extract<Issue, { code: 'invalid_type' }>, subject: Subject): Finding {
  if (subject.value === undefined && subject.path.length > 0) return missing(subject)
  if (isOwnText(issue)) {
    const { message, hint = typeHint(subject.value, issue.message) ?? mapHint(subject, issue.message) } = splitHint(issue.message)
    return schemaError(message, subject, E_TYPE, hint)
  }
  const expected =
    issue.expected === 'object' && subject.schema
      ? expectedBy(subject.schema)
      : (TYPE_WORDS[issue.expected] ?? String(issue.expected))
  const hint = typeHint(subject.value, expected) ?? mapHint(subject, expected)
  return finding(subject, E_TYPE.expected(expected, subject.value, hint))
}

/**
 * Turns zod's error about a value that is missing or not among the allowed values into an error of `burn validate` in burn's own words, with its path
 * in the scenario.
 */
export function wrongValue(issue: Extract<Issue, { code: 'invalid_value' }>, subject: Subject): Finding {
  if (subject.value === undefined && subject.path.length > 0) return missing(subject)
  return finding(subject, E_ENUM.notOneOf(issue.values.map(String), subject.value))
}

/** Turns zod's error about a number or a length in a scenario that is too small or too big into an error of `burn validate` in burn's own words. */
export function outOfRange(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, subject: Subject): Finding {
  if (isOwnText(issue)) return schemaError(issue.message, subject, E_VALUE)
  return finding(subject, E_VALUE.outOfRange(issue, subject.value))
}

/** Turns zod's error about a key that a map does not allow into an error of `burn validate` in burn's own words, with its path in the scenario. */
export function wrongKey(issue: Extract<Issue, { code: 'invalid_key' }>, subject: Subject): Finding {
  return finding(subject, E_KEY.impossible(issue.issues[0]?.message, subject.path.at(-1)), 'key')
}

/** True for a path inside the `auth` block of a target. */
const isAuth = ([top, ...rest]: Path) => (top === 'target' && rest[0] === 'auth') || (top === 'targets' && rest[1] === 'auth')

/**
 * Turns an error from one of burn's own checks in the scenario schema into an error of `burn validate` with code and hint. If the check gave an
 * offset and a length, only that part of the value is marked in the message.
 */
export function custom(issue: Extract<Issue, { code: 'custom' }>, subject: Subject): Finding {
  const { message, hint, offset, length } = issue.params ?? {}
  if (typeof message === 'string') {
    const mark = typeof offset === 'number' && typeof length === 'number' ? { offset, length } : 'value'
    const [top] = subject.path
    const kind = top === 'thresholds' || top === 'alerts' ? E_THRESHOLD : isAuth(subject.path) ? E_VALUE : E_CHECK
    return finding(subject, kind.refused(message, typeof hint === 'string' ? hint : undefined), mark)
  }
  const kind = isAboutUnit(issue.message) ? E_UNIT : E_VALUE
  const text = typeof subject.value === 'object' ? issue.message : withGot(issue.message, subject.value)
  return finding(subject, kind.refused(text, kind === E_UNIT ? unitHint(subject.value) : undefined))
}

/**
 * Turns zod's error about the key that selects one of several forms, such as `type`, into an error of `burn validate`: the key is missing, or its
 * value is unknown.
 */
export function wrongKind(issue: Extract<Issue, { code: 'invalid_union' }>, subject: Subject): Finding {
  const values = ('options' in issue ? (issue.options ?? []) : []).map(String)
  if (subject.value !== undefined) return finding(subject, E_ENUM.notOneOf(values, subject.value))
  return finding(subject, E_MISSING_KEY.missing(String(subject.path.at(-1)), `one of ${values.join(', ')}`), 'parent')
}
