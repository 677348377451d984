/** Finds checks that exclude each other, so that no reply can pass all of them. */
import { isDeepStrictEqual } from 'node:util'
import { compileExpression } from '../../language/expression/expression.ts'
import { compileRegex } from '../../language/regex.ts'
import { numbersAround, numbersOf } from '../threshold/expression/conditions.ts'
import { holds } from '../threshold/expression/limit.ts'
import { limitsOf } from './bound.ts'
import { testOf } from './compile.ts'
import { type CheckedReply, show } from './kinds/types.ts'
import { checkItemSchema, type ExpectItem, type HeaderSpec, type JsonSpec, ownForm } from './schema.ts'
import { hasTemplate, headerConditions, jsonConditions, type KeyedCondition } from './values.ts'

/** The keys and indexes that lead from the list of `expect` lines to a value in it. */
type CheckPath = readonly (string | number)[]

/** A check that no reply can pass, alone or together with an earlier check. */
interface CheckConflict {
  readonly path: CheckPath
  readonly message: string
  readonly hint: string
}

/** One check of an `expect` line as the user wrote it. */
interface WrittenCheck {
  readonly key: string
  readonly value: unknown
  readonly path: CheckPath
}

/** One condition on a value of a reply: its place in the `expect` block, its text such as `gt: 5`, and the function that tests a value. */
interface Claim {
  readonly path: CheckPath
  readonly text: string
  readonly holds: (seen: unknown) => boolean
}

/**
 * The conditions on one value of a reply, and trial values. If any value at all meets all conditions, at least one of the trial values in `seen`
 * does.
 */
interface Claims {
  readonly claims: readonly Claim[]
  readonly seen: readonly unknown[]
}

/** For each kind of value that checks are about, such as the status or a header: the function that finds conflicts among its checks. */
const KINDS = {
  status: statusConflict,
  finish: finishConflict,
  header: headerConflict,
  json: jsonConflict,
  bound: boundConflict,
  text: textConflict,
  reply: textConflict,
  expression: expressionConflict,
}

/**
 * Finds conflicts in an `expect` block: checks that no reply can pass, either alone or together with an earlier check. Skips values with templates,
 * which are not known yet, checks that are only counted, and invalid items, which are reported elsewhere.
 */
export function conflictsIn(lines: readonly unknown[]): CheckConflict[] {
  const groups = Map.groupBy(lines.flatMap(checksOf), (check) => JSON.stringify(subjectOf(check)))
  return [...groups.values()].flatMap((group) => {
    const [kind] = group[0] ? subjectOf(group[0]) : []
    return kind === undefined ? [] : (KINDS[kind](group) ?? [])
  })
}

/** Returns the checks of the text of a reply that, as far as burn can tell, every reply passes, such as `regex: ".*"`. Skips `countOnly` ones. */
export function uselessIn(lines: readonly unknown[]): Pick<WrittenCheck, 'key' | 'path'>[] {
  const ofAnswer: (string | undefined)[] = ['text', 'reply']
  return lines.flatMap(checksOf).filter((check) => ofAnswer.includes(subjectOf(check)[0]) && alwaysHolds(check))
}

/** Returns the checks of a line that can make an attempt fail; checks that are only counted are left out. */
function checksOf(line: unknown, index: number): WrittenCheck[] {
  const { data } = checkItemSchema.safeParse(line)
  if (data === undefined || data.countOnly === true) return []
  const { name: _name, countOnly: _countOnly, ...checks } = ownForm(data)
  const typed = data.value === undefined ? 'type' : 'value'
  return Object.entries(checks).map(([key, value]) => ({ key, value, path: [index, data.type === undefined ? key : typed] }))
}

/** Matches the names of checks that need more of a reply than its text. */
const OF_REPLY = /^(not-)?(is-refusal|truncated|duplicate-turn|perplexity(-score)?|tool-call(-f1)?|assert-set)$/

/**
 * Returns which value of a reply a check is about: its kind and, for instance, the name of a header. Checks of different values never exclude each
 * other.
 */
function subjectOf({ key, value }: WrittenCheck): [kind?: keyof typeof KINDS, name?: string] {
  if (key === 'expression') return [key]
  if (key === 'status' || key === 'finish') return hasTemplate(value) ? [] : [key]
  if (key === 'header') return [key, headerOf(value).name.toLowerCase()]
  if (key === 'json') return [key, `${jsonOf(value).path} in ${jsonOf(value).in ?? 'reply'}`]
  if (hasTemplate(value)) return []
  if (OF_REPLY.test(key)) return ['reply']
  const metric = limitsOf(key, value)?.metric
  return metric ? ['bound', metric.name] : ['text']
}

// The schema makes both casts safe.
const headerOf = (value: unknown) => (typeof value === 'string' ? { name: value } : value) as Exclude<HeaderSpec, string>
const jsonOf = (value: unknown) => (typeof value === 'string' ? { path: value } : value) as Exclude<JsonSpec, string>

const said = (key: string, value: unknown) => `\`${key}: ${show(value)}\``

/** Returns the first condition that no trial value meets together with the conditions before it. */
function firstConflict({ claims, seen }: Claims): CheckConflict | undefined {
  let left = seen
  for (const [index, { path, holds }] of claims.entries()) {
    left = left.filter(holds)
    if (left.length > 0) continue
    const other = claims.slice(0, index).find((one) => !seen.some((value) => one.holds(value) && holds(value)))
    return conflict(path, index === 0 ? undefined : (other?.text ?? 'the other checks of this value'))
  }
  return undefined
}

const conflict = (path: CheckPath, other: string | undefined): CheckConflict => ({
  path,
  message: other === undefined ? 'no reply can pass this' : `no reply has both this and ${other}`,
  hint:
    other === undefined
      ? 'leave it out, or write one that some reply passes'
      : 'leave one of them out, or let countOnly: true count it only',
})

/** Converts checks to conditions by compiling them. `seen` are the trial values: parts of replies that such checks read. */
function ofTests(checks: readonly WrittenCheck[], seen: readonly object[]): Claims {
  const claims = checks.map(({ key, value, path }) => {
    const item: ExpectItem = { [key]: value }
    const test = testOf(key as keyof ExpectItem, item, item) // the keys of a line are those of its schema
    return { path, text: said(key, value), holds: (reply: unknown) => test(reply as CheckedReply).passed } // reads only parts that `seen` has
  })
  return { claims, seen }
}

function statusConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  if (checks.length < 2) return undefined
  const seen = Array.from({ length: 1000 }, (_, status) => ({ exchange: { status } }))
  return firstConflict(ofTests(checks, seen))
}

/** Returns the conflict of an `expression` that reads nothing of the reply and is false, so that no reply passes. Errors are reported elsewhere. */
function expressionConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  const never = checks.find(({ value }) => {
    if (hasTemplate(value)) return false
    const expression = compileExpression(String(value))
    return expression.variables.length === 0 && expression.evaluate({}) === false
  })
  return never && conflict(never.path, undefined)
}

function finishConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  const seen = checks.flatMap(({ value }) => value).map((finishReason) => ({ exchange: { finishReason } }))
  return firstConflict(ofTests(checks, seen))
}

function boundConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  const all = checks.flatMap(({ key, value, path }) => {
    const bound = limitsOf(key, value)
    return bound ? [{ ...bound, path, text: said(key, value) }] : []
  })
  const [first] = all
  if (!first) return undefined
  const seen = numbersAround(
    all.flatMap(({ limits }) => limits.map(({ limit }) => limit)),
    numbersOf(first.metric, first.metric.unit),
  )
  const claims = all.map(({ path, text, limits }) => ({
    path,
    text,
    holds: (x: unknown) => limits.every(({ operator, limit }) => holds(Number(x), operator, limit)),
  }))
  return firstConflict({ claims, seen })
}

/** Trial value for a header or JSON value that does not exist. */
const ABSENT = Symbol('absent')
/** Trial value for some text that nothing is known about. */
const ANY = Symbol('any')

/** Converts the object form of a `header` or `json` check to conditions: whether the value exists, what it equals, and so on. */
function mapClaims(
  map: { readonly exists?: boolean | undefined },
  check: WrittenCheck,
  compile: (part: object) => readonly KeyedCondition<unknown>[],
): Claim[] {
  const { exists = true } = map
  const there = {
    path: map.exists === undefined ? check.path : [...check.path, 'exists'],
    text: exists ? said(check.key, check.value) : '`exists: false`',
    holds: (seen: unknown) => (seen !== ABSENT) === exists,
  }
  const parts = Object.entries(map).filter(([_key, value]) => value !== undefined && !hasTemplate(value))
  const claims = parts.flatMap(([key, value]) =>
    compile({ [key]: value }).map(({ holds }) => ({
      path: [...check.path, key],
      text: said(key, value),
      holds: (seen: unknown) => seen === ANY || (seen !== ABSENT && holds(seen)),
    })),
  )
  return [there, ...claims]
}

const isEquals = ({ path }: Claim) => path.at(-1) === 'equals'
/** Sorts conditions so that those with `equals` come first: the others are tested against these. */
const exactFirst = (claims: readonly Claim[]) => [...claims.filter(isEquals), ...claims.filter((claim) => !isEquals(claim))]

function headerConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  const specs = checks.map(({ value }) => headerOf(value))
  const claims = checks.flatMap((check) =>
    mapClaims(headerOf(check.value), check, (part) => headerConditions(part) as KeyedCondition<unknown>[]),
  ) // all trial values are texts
  const exact = specs.flatMap(({ equals }) => (equals === undefined || hasTemplate(equals) ? [] : equals))
  return firstConflict({ claims: exactFirst(claims), seen: [ABSENT, exact[0] ?? ANY] })
}

function jsonConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  const specs = checks.map(({ value }) => jsonOf(value))
  const exact = specs.find((spec) => spec.equals !== undefined && !hasTemplate(spec.equals))
  const compile = (part: object) => {
    try {
      return jsonConditions(part, part).map(({ key, holds }) => ({
        key,
        holds: (seen: unknown) => holds(seen) || (key === 'matches' && !exact && isOpen(seen)),
      }))
    } catch {
      return [] // a limit that is no number is reported elsewhere
    }
  }
  const claims = checks.flatMap((check) => mapClaims(jsonOf(check.value), check, compile))
  return firstConflict({ claims: exactFirst(claims), seen: [ABSENT, ...(exact ? [exact.equals] : valuesFor(specs))] })
}

/** Returns true for a trial value that stands for many of its type, so that another one may match a pattern. */
const isOpen = (seen: unknown) => seen !== null && typeof seen !== 'boolean'

/** Returns trial values of each type: one more than `not-equals` can exclude, and the numbers that bounds can tell apart. */
function valuesFor(specs: readonly Exclude<JsonSpec, string>[]): unknown[] {
  const parts = specs.flatMap(({ contains }) => (contains === undefined ? [] : [contains]))
  const text = parts.filter((part) => typeof part === 'string').join(' ')
  const limits = specs.flatMap((spec) =>
    [spec.gt, spec.gte, spec.lt, spec.lte, spec['not-equals']].map((limit) => Number(String(limit))),
  )
  const numbers = [numbersAround(limits, {}), numbersAround(limits, { whole: true })].flat()
  const fresh = [undefined, ...specs].flatMap((_, count) => [
    text + ' '.repeat(count),
    [...parts, ...Array<number>(count).fill(0)],
    { a: count },
  ])
  return [...fresh, true, false, null, ...numbers]
}

function textConflict(checks: readonly WrittenCheck[]): CheckConflict | undefined {
  const exact = checks.find(({ key }) => key === 'equals')
  const readable = checks.filter(({ key, value }) => !(/json-schema$/.test(key) && typeof value === 'string'))
  if (exact)
    return firstConflict({ ...ofTests([exact, ...readable.filter((check) => check !== exact)], [{ text: exact.value }]) })
  for (const [index, check] of checks.entries()) {
    if (check.key.startsWith('not-') && alwaysHolds(positive(check))) return conflict(check.path, undefined)
    const other = checks.slice(0, index).find((one) => excludes(one, check) || excludes(check, one))
    if (other) return conflict(check.path, said(other.key, other.value))
  }
  return undefined
}

/** Returns a `not-` check without its `not-`, such as `contains` for `not-contains`. */
const positive = ({ key, ...rest }: WrittenCheck): WrittenCheck => ({ ...rest, key: key.replace(/^not-/, '') })

/** Checks that compare a score with a smallest allowed value. */
const SCORED: ReadonlySet<string> = new Set(['similar', 'rouge-n', 'bleu', 'gleu', 'tool-call-f1', 'assert-set'])

/** Returns true when every reply passes a check, such as a similarity with threshold 0. */
function alwaysHolds({ key, value }: Pick<WrittenCheck, 'key' | 'value'>): boolean {
  const { min = 0, max, threshold } = Object(value) as { min?: number; max?: number; threshold?: number } // keys that only some checks have
  if (key === 'word-count') return typeof value === 'object' && min === 0 && max === undefined
  if (SCORED.has(key)) return threshold === 0
  if (key === 'repetition') return (threshold ?? value) === 1
  // A pattern without anchors that matches the empty text matches every text.
  return key === 'regex' && !hasTemplate(value) && !/\$|\\[bBz]/.test(String(value)) && compileRegex(String(value)).test('')
}

/** Matches the names of checks that pass for a text when they pass for a part of it. */
const OF_PARTS = /^i?contains(-any|-all)?$/

/** True when a text that passes `check` cannot pass `opposite`, a `not-…` check. */
function excludes(check: WrittenCheck, opposite: WrittenCheck): boolean {
  if (check.key.startsWith('not-') || !opposite.key.startsWith('not-')) return false
  const { key, value, path } = positive(opposite)
  if (key === check.key && isDeepStrictEqual(value, check.value)) return true
  const parts = /^(i?contains(-all)?|starts-with|ends-with)$/.test(check.key) ? [check.value].flat() : []
  if (!OF_PARTS.test(key) || (check.key.startsWith('i') && !key.startsWith('i'))) return false
  const { claims } = ofTests([{ key, value, path }], [])
  const passes = (text: unknown) => claims.every(({ holds }) => holds({ text }))
  // If one part passes, the joined parts pass as well, so that one test replaces many.
  return passes(parts.join(' ')) && parts.some(passes)
}
