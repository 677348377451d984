/** Converts the issues of the schema library zod to findings that say what was expected, what the file contains, and what to do. */
import { nearest } from '../../language/suggest.ts'
import { isMap } from '../../text/json.ts'
import { E_ENUM } from '../problems/values/E_ENUM.ts'
import { E_TYPE } from '../problems/values/E_TYPE.ts'
import { E_UNION } from '../problems/values/E_UNION.ts'
import { E_VALUE } from '../problems/values/E_VALUE.ts'
import type { Finding } from '../read/source/finding.ts'
import { expectedBy, kindOf, member, requiredKeys, type Schema, shapeOf, walkSchema } from '../schema/schema-walk.ts'
import { withoutEchoes } from './echoes.ts'
import { withIntent } from './intent.ts'
import { type Branch, meantBranch, rankBranches } from './union.ts'
import { foreignKeys, unknownKeyFindings } from './unknown-keys.ts'
import {
  custom,
  finding,
  type Issue,
  isOwnText,
  missing,
  outOfRange,
  type Subject,
  schemaError,
  typeHint,
  wrongKey,
  wrongKind,
  wrongType,
  wrongValue,
} from './value.ts'

const orList = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/** Returns the names of the alternatives of a union, by which users can tell them apart. */
function formNames(branches: readonly Branch[]): string {
  const all = branches.map(({ schema }) => (shapeOf(schema) ? requiredKeys(schema) : []))
  const names = branches.flatMap(({ schema }) => {
    if (!shapeOf(schema)) return [expectedBy(schema)]
    const keys = requiredKeys(schema)
    // A form of one key with which a longer form begins would look like the whole of that form.
    const isBeginning = keys.length === 1 && all.some((others) => others.length > 1 && others[0] === keys[0])
    return isBeginning ? [] : [`{ ${keys.join(', ') || '…'} }`]
  })
  return orList([...new Set(names)])
}

/** Returns an error for a map whose first key says which form it has, such as `when`, with a word that no form has; undefined for any other map. */
function wrongWord(branches: readonly Branch[], subject: Subject): Finding | undefined {
  const words = branches.flatMap(({ schema }) => kindOf(schema) ?? [])
  const [key] = new Set(words.map((one) => one.key))
  const value = key === undefined ? undefined : member(subject.value, key)
  if (key === undefined || value === undefined) return undefined
  const at = { ...subject, path: [...subject.path, key], value }
  const known = words.filter((one) => one.key === key).map(({ word }) => word)
  return finding(at, E_ENUM.notOneOf(known, value))
}

/** Returns an error for a value that has none of the forms of a union, and from which one cannot tell which form was meant. */
function noForm(branches: readonly Branch[], subject: Subject): Finding {
  const { value } = subject
  const ownText = branches.flatMap((branch) => branch.issues).find((issue) => issue.path.length === 0 && isOwnText(issue))
  if (ownText && (typeof value !== 'object' || value === null)) {
    return schemaError(ownText.message, subject, E_TYPE, `other forms: ${formNames(branches)}`)
  }
  const hint =
    typeof value === 'object' ? undefined : branches.flatMap(({ schema }) => typeHint(value, expectedBy(schema)) ?? [])[0]
  if (hint !== undefined) return finding(subject, E_TYPE.expected(formNames(branches), value, hint))
  const firstKeys = branches.flatMap(({ schema }) => requiredKeys(schema).slice(0, 1))
  if (!isMap(value) || firstKeys.length === 0) return finding(subject, E_TYPE.expected(formNames(branches), value))
  const kind = wrongWord(branches, subject)
  if (kind) return kind
  const known = new Set(branches.flatMap(({ schema }) => Object.keys(shapeOf(schema) ?? {})))
  const key = Object.keys(value).find((name) => !known.has(name) && nearest(name, firstKeys) !== undefined)
  const forms = key === undefined ? `forms: ${formNames(branches)}` : `did you mean ${nearest(key, firstKeys)}?`
  return finding(subject, E_UNION.noKeyOf([...new Set(firstKeys)], forms))
}

/** Returns the keys of other tools in a map that has no form's first key. For such a map, guessing at misspelt keys would mislead. */
function foreignForm(branches: readonly Branch[], { path, value }: Subject): string[] {
  if (!isMap(value)) return []
  const isMeant = branches.some(({ schema }) =>
    requiredKeys(schema)
      .slice(0, 1)
      .some((key) => Object.hasOwn(value, key)),
  )
  return isMeant ? [] : foreignKeys(path, value)
}

function union(issue: Extract<Issue, { code: 'invalid_union' }>, subject: Subject): Finding[] {
  const discriminator = 'discriminator' in issue ? issue.discriminator : undefined
  if (discriminator !== undefined && issue.errors.length === 0) return [wrongKind(issue, subject)]
  if (subject.schema === undefined) return [finding(subject, E_UNION.noForm())]
  if (subject.value === undefined && subject.path.length > 0) return [missing(subject)]
  const branches = rankBranches(subject.schema, subject.value)
  const foreign = foreignForm(branches, subject)
  if (foreign.length > 0) return unknownKeyFindings(foreign, { ...subject, schema: undefined, otherForms: [] }, subject.root)
  const [best, next] = branches
  const onlyOne = branches.filter((branch) => branch.kindFits).length === 1
  if (best === undefined || !(best.isMeant || (onlyOne && best.kindFits))) return [noForm(branches, subject)]
  if (best.score === next?.score && best.missesFirst && next.missesFirst) return [noForm(branches, subject)]
  const otherForms = branches.slice(1).map((branch) => branch.schema)
  const findings = best.issues.flatMap((inner) => explainIssue(inner, { ...subject, schema: best.schema, otherForms }))
  const open = best.score === next?.score || !shapeOf(best.schema)
  return open
    ? findings.map((found) =>
        // If the form is right and only a value is wrong, naming the other forms does not help.
        found.hint === undefined &&
        found.path.length === subject.path.length &&
        found.code !== E_VALUE.code &&
        branches.length > 1
          ? { ...found, hint: `forms: ${formNames(branches)}` }
          : found,
      )
    : findings
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
      // The length of a map does not matter, and another issue reports that it is a map.
      return isMap(subject.value) ? [] : [outOfRange(issue, subject)]
    case 'invalid_union':
      return union(issue, subject)
    case 'invalid_key':
      return [wrongKey(issue, subject)]
    case 'custom':
      return [custom(issue, subject)]
    default:
      return [schemaError(issue.message.replace(/^Invalid/, 'not a valid'), subject, E_VALUE)]
  }
}

/**
 * Returns what is wrong with the alternative of a union that was meant, if zod has reported the unknown keys of another form; otherwise undefined.
 */
function ofMeantForm(issue: Issue, base: Subject): Finding[] | undefined {
  if (issue.code !== 'unrecognized_keys' || !base.schema) return undefined
  for (let depth = 1; depth < issue.path.length; depth += 1) {
    const at = issue.path.slice(0, depth)
    const { schema, value } = walkSchema(base.schema, base.value, at, meantBranch)
    const [best, next] = schema ? rankBranches(schema, value) : []
    if (!best?.isMeant || !next) continue
    const below = issue.path.slice(depth).join('.')
    if (best.issues.some(({ code, path }) => code === issue.code && path.join('.') === below)) return undefined
    const path = [...base.path, ...at.map((step) => (typeof step === 'number' ? step : String(step)))]
    return best.issues.flatMap((inner) => explainIssue(inner, { ...base, path, value, schema: best.schema, otherForms: [] }))
  }
  return undefined
}

/**
 * Returns the findings for one issue of zod, about the value that it concerns. If only one form of a union was meant, the issue may come
 * without the union.
 */
function explainIssue(issue: Issue, base: Subject): Finding[] {
  const meant = ofMeantForm(issue, base)
  if (meant) return meant
  const { schema, value } = base.schema
    ? walkSchema(base.schema, base.value, issue.path, meantBranch)
    : { schema: undefined, value: base.value }
  const path = [...base.path, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))]
  if (issue.path.length === 0 && base.otherForms.length > 0) return explainAt(issue, { ...base, path, value })
  const forms = schema && issue.code !== 'invalid_union' ? rankBranches(schema, value).map((branch) => branch.schema) : []
  return explainAt(issue, { ...base, path, schema: forms[0] ?? schema, value, otherForms: forms.slice(1) })
}

/** Turns the errors (issues) that the schema library zod found in `value` into errors in burn's own words, with hints about what to write. */
export function explain(issues: readonly Issue[], schema: Schema, value: unknown): Finding[] {
  const findings = issues.flatMap((issue) => explainIssue(issue, { root: schema, path: [], schema, value, otherForms: [] }))
  return withoutEchoes(findings, schema, value).map((found) => withIntent(found, value))
}
