/** One issue of zod about one value, in words: what was expected, what stands there, what to do. */
import type * as z from 'zod'
import { nearest } from '../../language/suggest.ts'
import { parseDuration } from '../../text/units.ts'
import type { Code } from '../read/source/finding.ts'
import { type Finding, type Mark, shown } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { type Schema, TYPE_WORDS, unwrap, wanted } from '../schema/schema-walk.ts'
import { placeOf } from './places.ts'
import { synonymOf } from './synonyms.ts'

export type Issue = z.core.$ZodIssue

/** The value that an issue is about, with its path and the schema it should fit. */
export interface Subject {
  readonly root: Schema
  readonly path: Path
  readonly schema: Schema | undefined
  readonly value: unknown
  /** Alternatives of the union that `schema` was picked from. */
  readonly otherForms: readonly Schema[]
}

export const isOwnText = (issue: Issue) =>
  !/^(Invalid input|Invalid option|Too small|Too big|Invalid string|Unrecognized key|Invalid key)/.test(issue.message)
export const withGot = (message: string, value: unknown) =>
  /, got |did you mean/.test(message) ? message : `${message}, got ${shown(value)}`

/** "…; did you mean "5s"?" is a message and a hint. */
function splitHint(text: string): { message: string; hint?: string } {
  const at = text.indexOf('; did you mean ')
  return at === -1 ? { message: text } : { message: text.slice(0, at), hint: text.slice(at + 2) }
}
const describe = (schema: Schema | undefined) => (schema as z.ZodType | undefined)?.description

const LONG_WORDS: readonly (readonly [RegExp, string])[] = [
  [/(milliseconds?|millis|msecs?)/gi, 'ms'],
  [/(seconds?|secs?)/gi, 's'],
  [/(minutes?|mins?)/gi, 'm'],
  [/(hours?|hrs?)/gi, 'h'],
  [/(days?)/gi, 'd'],
]

/** The same duration as it has to be written. */
function unitHint(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined
  const short = LONG_WORDS.reduce((text, [word, unit]) => text.replace(word, unit), value).replace(/\s+/g, '')
  if (short !== value && parseDuration(short) !== undefined) return `did you mean "${short}"?`
  return /^(\d+(\.\d+)?(us|µs|ms|s|m|h|d))+$/.test(value) ? 'at most 24d' : undefined
}

/** Returns the problem code `E_UNIT` when the message is about a missing unit; else the code `otherwise`. */
export const codeOf = (message: string, otherwise: Code): Code =>
  /with its unit|a duration such as/.test(message) ? 'E_UNIT' : otherwise

export function finding(subject: Subject, code: Code, message: string, hint?: string, mark: Mark = 'value'): Finding {
  return { code, path: subject.path, mark, message, hint }
}

function missing(subject: Subject): Finding {
  const key = String(subject.path.at(-1))
  const about = describe(subject.schema) ?? (subject.schema && describe(unwrap(subject.schema)))
  const hint = about === undefined ? subject.schema && `expected ${wanted(subject.schema)}` : `${key}: ${about}`
  return finding(subject, 'E_MISSING_KEY', `missing key ${JSON.stringify(key)}`, hint, 'parent')
}

function typeHint(value: unknown, expected: string): string | undefined {
  if (expected === 'text' && (typeof value === 'number' || typeof value === 'boolean')) return `put it in quotes: "${value}"`
  if (typeof value !== 'string') return undefined
  if (/number/.test(expected) && value.trim() !== '' && Number.isFinite(Number(value)))
    return `write ${value.trim()} without quotes`
  if (/^(yes|on|true)$/i.test(value) && expected === 'true or false') return 'write true'
  return /^(no|off|false)$/i.test(value) && expected === 'true or false' ? 'write false' : undefined
}

/** A map where there should be none: what it holds may tell what to write. */
function mapHint({ path, value }: Subject, expected: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value))
    return expected === 'text' && value.length === 1 ? 'leave out the brackets, or the dash before it' : undefined
  if (expected === 'a list') return 'it is a list, even of one entry: [ … ], or a dash before each'
  const place = placeOf(path)
  return Object.keys(value).flatMap((key) => synonymOf(place, key, value)?.hint ?? [])[0]
}

export function wrongType(issue: Extract<Issue, { code: 'invalid_type' }>, subject: Subject): Finding {
  if (subject.value === undefined && subject.path.length > 0) return missing(subject)
  if (isOwnText(issue)) {
    const { message, hint = typeHint(subject.value, issue.message) ?? mapHint(subject, issue.message) } = splitHint(issue.message)
    return finding(subject, codeOf(message, 'E_TYPE'), withGot(message, subject.value), hint)
  }
  const expected =
    issue.expected === 'object' && subject.schema
      ? wanted(subject.schema)
      : (TYPE_WORDS[issue.expected] ?? String(issue.expected))
  return finding(
    subject,
    'E_TYPE',
    `expected ${expected}, got ${shown(subject.value)}`,
    typeHint(subject.value, expected) ?? mapHint(subject, expected),
  )
}

export function wrongValue(issue: Extract<Issue, { code: 'invalid_value' }>, subject: Subject): Finding {
  if (subject.value === undefined && subject.path.length > 0) return missing(subject)
  const values = issue.values.map(String)
  const near = typeof subject.value === 'string' ? nearest(subject.value, values) : undefined
  const expected = values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.join(', ')}`
  return finding(
    subject,
    'E_ENUM',
    `expected ${expected}, got ${shown(subject.value)}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  )
}

const UNITS: Record<string, string> = { string: ' character', array: ' item', set: ' item', file: ' byte' }

export function outOfRange(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, subject: Subject): Finding {
  if (isOwnText(issue)) return finding(subject, codeOf(issue.message, 'E_VALUE'), withGot(issue.message, subject.value))
  const small = issue.code === 'too_small'
  const bound = Number(small ? issue.minimum : issue.maximum)
  const unit = UNITS[issue.origin]
  const size = Array.isArray(subject.value) || typeof subject.value === 'string' ? subject.value.length : shown(subject.value)
  const words = unit
    ? `must have ${small ? 'at least' : 'at most'} ${bound}${unit}${bound === 1 ? '' : 's'}`
    : `must be ${issue.inclusive ? '' : small ? 'more than ' : 'less than '}${issue.inclusive ? (small ? 'at least ' : 'at most ') : ''}${bound}`
  return finding(subject, 'E_VALUE', `${words}, got ${unit ? size : shown(subject.value)}`)
}

/** Turns an issue raised by one of burn's own checks into a finding; where the issue has an offset and a length, only that part is marked. */
export function custom(issue: Extract<Issue, { code: 'custom' }>, subject: Subject): Finding {
  const { message, hint, offset, length } = issue.params ?? {}
  if (typeof message === 'string') {
    const mark = typeof offset === 'number' && typeof length === 'number' ? { offset, length } : 'value'
    return finding(
      subject,
      subject.path[0] === 'thresholds' ? 'E_THRESHOLD' : 'E_CHECK',
      message,
      typeof hint === 'string' ? hint : undefined,
      mark,
    )
  }
  const scalar = typeof subject.value !== 'object'
  const code = codeOf(issue.message, 'E_VALUE')
  return finding(
    subject,
    code,
    scalar ? withGot(issue.message, subject.value) : issue.message,
    code === 'E_UNIT' ? unitHint(subject.value) : undefined,
  )
}

/** Turns an issue about the key that selects an alternative, such as `type`, into a finding: it is missing or unknown. `subject` is its value. */
export function wrongKind(issue: Extract<Issue, { code: 'invalid_union' }>, subject: Subject): Finding {
  const values = ('options' in issue ? (issue.options ?? []) : []).map(String)
  const one = `one of ${values.join(', ')}`
  if (subject.value === undefined)
    return finding(subject, 'E_MISSING_KEY', `missing key ${JSON.stringify(String(subject.path.at(-1)))}`, one, 'parent')
  const near = typeof subject.value === 'string' ? nearest(subject.value, values) : undefined
  return finding(
    subject,
    'E_ENUM',
    `expected ${one}, got ${shown(subject.value)}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  )
}
