/** zod's issues to findings that say what was expected, what stands there, and what to do. */
import type * as z from 'zod'
import { nearest } from '../language/suggest.ts'
import { type Finding, type Mark, shown } from './finding.ts'
import { requiredKeys, type Schema, shapeOf, unwrap, valuesOf, walkSchema, wanted } from './schema-walk.ts'
import type { Path } from './source.ts'
import { type Branch, meantBranch, misspeltKey, rankBranches } from './union.ts'
import { unknownKeyFindings } from './unknown-keys.ts'

type Issue = z.core.$ZodIssue

/** What an issue is about: the value at `path`, and the schema it should fit. */
interface Subject {
  readonly root: Schema
  readonly path: Path
  readonly schema: Schema | undefined
  readonly value: unknown
  /** Alternatives of the union that `schema` was picked from. */
  readonly otherForms: readonly Schema[]
}

const isOwnText = (issue: Issue) => !/^(Invalid input|Invalid option|Too small|Too big|Invalid string|Unrecognized key|Invalid key)/.test(issue.message)
const withGot = (message: string, value: unknown) => (/, got |did you mean/.test(message) ? message : `${message}, got ${shown(value)}`)

/** "…; did you mean "5s"?" is a message and a hint. */
function splitHint(text: string): { message: string; hint?: string } {
  const at = text.indexOf('; did you mean ')
  return at === -1 ? { message: text } : { message: text.slice(0, at), hint: text.slice(at + 2) }
}
const describe = (schema: Schema | undefined) => (schema as z.ZodType | undefined)?.description

/** Durations, rates and sizes say so themselves. */
const codeOf = (message: string, otherwise: string) => (/with its unit|a duration such as/.test(message) ? 'E_UNIT' : otherwise)

function finding(subject: Subject, code: string, message: string, hint?: string, mark: Mark = 'value'): Finding {
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
  if (/number/.test(expected) && value.trim() !== '' && Number.isFinite(Number(value))) return `write ${value.trim()} without quotes`
  if (/^(yes|on|true)$/i.test(value) && expected === 'true or false') return 'write true'
  return /^(no|off|false)$/i.test(value) && expected === 'true or false' ? 'write false' : undefined
}

const KINDS: Record<string, string> = { string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', record: 'a map' }

function wrongType(issue: Extract<Issue, { code: 'invalid_type' }>, subject: Subject): Finding {
  if (subject.value === undefined && subject.path.length > 0) return missing(subject)
  if (isOwnText(issue)) {
    const { message, hint = typeHint(subject.value, issue.message) } = splitHint(issue.message)
    return finding(subject, codeOf(message, 'E_TYPE'), withGot(message, subject.value), hint)
  }
  const expected = issue.expected === 'object' && subject.schema ? wanted(subject.schema) : (KINDS[issue.expected] ?? String(issue.expected))
  return finding(subject, 'E_TYPE', `expected ${expected}, got ${shown(subject.value)}`, typeHint(subject.value, expected))
}

function wrongValue(issue: Extract<Issue, { code: 'invalid_value' }>, subject: Subject): Finding {
  if (subject.value === undefined && subject.path.length > 0) return missing(subject)
  const values = issue.values.map(String)
  const near = typeof subject.value === 'string' ? nearest(subject.value, values) : undefined
  const expected = values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.join(', ')}`
  return finding(subject, 'E_ENUM', `expected ${expected}, got ${shown(subject.value)}`, near === undefined ? undefined : `did you mean ${near}?`)
}

const UNITS: Record<string, string> = { string: ' character', array: ' item', set: ' item', file: ' byte' }

function outOfRange(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, subject: Subject): Finding {
  if (isOwnText(issue)) return finding(subject, codeOf(issue.message, 'E_VALUE'), withGot(issue.message, subject.value))
  const small = issue.code === 'too_small'
  const bound = Number(small ? issue.minimum : issue.maximum)
  const unit = UNITS[issue.origin]
  const size = Array.isArray(subject.value) || typeof subject.value === 'string' ? subject.value.length : shown(subject.value)
  const words = unit ? `must have ${small ? 'at least' : 'at most'} ${bound}${unit}${bound === 1 ? '' : 's'}` : `must be ${issue.inclusive ? '' : small ? 'more than ' : 'less than '}${issue.inclusive ? (small ? 'at least ' : 'at most ') : ''}${bound}`
  return finding(subject, 'E_VALUE', `${words}, got ${unit ? size : shown(subject.value)}`)
}

/** A text with a grammar of its own tells the place inside it. */
function custom(issue: Extract<Issue, { code: 'custom' }>, subject: Subject): Finding {
  const { message, hint, offset, length } = issue.params ?? {}
  if (typeof message === 'string') {
    const mark = typeof offset === 'number' && typeof length === 'number' ? { offset, length } : 'value'
    return finding(subject, subject.path[0] === 'thresholds' ? 'E_THRESHOLD' : 'E_CHECK', message, typeof hint === 'string' ? hint : undefined, mark)
  }
  const scalar = typeof subject.value !== 'object'
  return finding(subject, codeOf(issue.message, 'E_VALUE'), scalar ? withGot(issue.message, subject.value) : issue.message)
}

const orList = (words: readonly string[]) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`)

/** Names of the forms of a union, as people tell them apart. */
function formNames(branches: readonly Branch[]): string {
  const names = branches.map(({ schema }) => (shapeOf(schema) ? `{ ${requiredKeys(schema).join(', ') || '…'} }` : wanted(schema)))
  return orList([...new Set(names)])
}

/** Nothing in the value says which form was meant. */
function noForm(branches: readonly Branch[], subject: Subject): Finding {
  const { value } = subject
  const ownText = branches.flatMap((branch) => branch.issues).find((issue) => issue.path.length === 0 && isOwnText(issue))
  if (ownText && (typeof value !== 'object' || value === null)) {
    return finding(subject, codeOf(ownText.message, 'E_TYPE'), withGot(ownText.message, value), `other forms: ${formNames(branches)}`)
  }
  const firstKeys = branches.flatMap(({ schema }) => requiredKeys(schema).slice(0, 1))
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isMap) return finding(subject, 'E_TYPE', `expected ${formNames(branches)}, got ${shown(value)}`)
  const key = Object.keys(value).find((name) => nearest(name, firstKeys) !== undefined)
  const hint = key === undefined ? `forms: ${formNames(branches)}` : `did you mean ${nearest(key, firstKeys)}?`
  return finding(subject, 'E_UNION', `expected one of the keys ${[...new Set(firstKeys)].join(', ')}`, hint)
}

function union(issue: Extract<Issue, { code: 'invalid_union' }>, subject: Subject): Finding[] {
  const discriminator = 'discriminator' in issue ? issue.discriminator : undefined
  if (discriminator !== undefined && issue.errors.length === 0) return [wrongKind(issue, subject)]
  if (subject.schema === undefined) return [finding(subject, 'E_UNION', 'fits none of the forms that are possible here')]
  const branches = rankBranches(subject.schema, subject.value)
  const [best, next] = branches
  if (best === undefined || !best.told) return [noForm(branches, subject)]
  const otherForms = branches.slice(1).map((branch) => branch.schema)
  const findings = best.issues.flatMap((inner) => explainIssue(inner, { ...subject, schema: best.schema, otherForms }))
  const open = best.score === next?.score || !shapeOf(best.schema)
  return open ? findings.map((found) => (found.hint === undefined && branches.length > 1 ? { ...found, hint: `forms: ${formNames(branches)}` } : found)) : findings
}

/** The key that tells the alternatives apart has no known value. The issue is about that key, the subject with it. */
function wrongKind(issue: Extract<Issue, { code: 'invalid_union' }>, subject: Subject): Finding {
  const values = ('options' in issue ? (issue.options ?? []) : []).map(String)
  const one = `one of ${values.join(', ')}`
  if (subject.value === undefined) return finding(subject, 'E_MISSING_KEY', `missing key ${JSON.stringify(String(subject.path.at(-1)))}`, one, 'parent')
  const near = typeof subject.value === 'string' ? nearest(subject.value, values) : undefined
  return finding(subject, 'E_ENUM', `expected ${one}, got ${shown(subject.value)}`, near === undefined ? undefined : `did you mean ${near}?`)
}

function explainAt(issue: Issue, subject: Subject): Finding[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeyFindings(issue.keys, subject, subject.root)
    case 'invalid_type':
      return [wrongType(issue, subject)]
    case 'invalid_value':
      return [wrongValue(issue, subject)]
    case 'too_small':
    case 'too_big':
      return [outOfRange(issue, subject)]
    case 'invalid_union':
      return union(issue, subject)
    case 'invalid_key':
      return [finding(subject, 'E_KEY', `${issue.issues[0]?.message ?? 'not a possible key'}, got ${shown(subject.path.at(-1))}`, undefined, 'key')]
    case 'custom':
      return [custom(issue, subject)]
    default:
      return [finding(subject, codeOf(issue.message, 'E_VALUE'), withGot(issue.message.replace(/^Invalid/, 'not a valid'), subject.value))]
  }
}

/** Goes down to what the issue is about. */
function explainIssue(issue: Issue, base: Subject): Finding[] {
  const { schema, value } = base.schema ? walkSchema(base.schema, base.value, issue.path, meantBranch) : { schema: undefined, value: base.value }
  const path = [...base.path, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))]
  if (issue.path.length === 0) return explainAt(issue, { ...base, path, value })
  return explainAt(issue, { ...base, path, schema, value, otherForms: [] })
}

const keyOf = (path: Path) => JSON.stringify(path)

/** Leaves out what another finding explains: a key that is missing because it is misspelt, a rule that unknown keys keep from being met. */
function withoutEchoes(findings: readonly Finding[], schema: Schema, value: unknown): Finding[] {
  const meant = new Set<string>()
  const owners = new Set<string>()
  for (const { code, path } of findings) {
    if (code !== 'E_UNKNOWN_KEY') continue
    const owner = path.slice(0, -1)
    owners.add(keyOf(owner))
    const at = walkSchema(schema, value, owner, meantBranch)
    const near = at.schema && misspeltKey(String(path.at(-1)), at.value, pickForm(at.schema, at.value))
    if (near !== undefined) meant.add(keyOf([...owner, near]))
  }
  return findings.filter(({ code, path }) => !(code === 'E_MISSING_KEY' && meant.has(keyOf(path))) && !(code === 'E_VALUE' && owners.has(keyOf(path))))
}

const pickForm = (schema: Schema, value: unknown) => (shapeOf(schema) || valuesOf(schema) ? schema : meantBranch(schema, value))

/** Everything that `issues`, which zod found in `value` under `schema`, mean to the person who wrote the file. */
export function explain(issues: readonly Issue[], schema: Schema, value: unknown): Finding[] {
  const findings = issues.flatMap((issue) => explainIssue(issue, { root: schema, path: [], schema, value, otherForms: [] }))
  return withoutEchoes(findings, schema, value)
}
