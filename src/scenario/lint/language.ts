/** Templates, conditions, paths and patterns: do they compile, and do the variables they read exist? */
import { foreignHabit } from '../../language/expression/condition-habits.ts'
import { compileExpression, ExpressionError } from '../../language/expression/expression.ts'
import { translateLegacyCondition } from '../../language/expression/legacy-condition.ts'
import { compileJsonPath, JsonPathError } from '../../language/jsonpath/jsonpath.ts'
import { compileRegex, RegexError } from '../../language/regex.ts'
import { inspectTemplate, type TemplateError } from '../../language/template/template.ts'
import type { Code } from '../read/source/codes.ts'
import { type Finding, shown } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { allSteps, listAt, mapAt, stepsAt, textsIn, type WrittenMap, type WrittenStep } from '../schema/written-steps.ts'
import { BUILT_IN, IN_LOOP } from './built-in.ts'
import type { Doubts } from './doubts.ts'
import { atItsName, fieldsReader } from './payload-files.ts'
import { type KnownNames, variableFinding } from './variables.ts'
import { variableCycles } from './vars.ts'

const BUILT_IN_NAMES = Object.keys(BUILT_IN)
const LOOP_NAMES = Object.keys(IN_LOOP)

/** Variables of one text that are looked at: to find the place of each takes time that grows with the text. */
const MAX_USES = 200

/** Offset in a text of a line and column, both from 1. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

/** Every variable once, however often the text reads it. */
function firstUses<T extends { name: string; rest: readonly string[] }>(uses: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const use of uses.slice(0, MAX_USES)) {
    const key = [use.name, ...use.rest].join('.')
    if (!seen.has(key)) seen.set(key, use)
  }
  return [...seen.values()]
}

function templateFindings(text: string, path: Path, names: KnownNames): Finding[] {
  const { template, faults } = inspectTemplate(text)
  const variables = firstUses(template.uses).flatMap(({ name, rest, line, column }) => {
    const use = { path, name, rest, offset: offsetOf(text, line, column), inTemplate: true }
    return variableFinding(use, names) ?? []
  })
  return [...faults.map((fault) => faultOf(fault, text, path)), ...variables]
}

function faultOf(error: TemplateError, text: string, path: Path): Finding {
  const mark = { offset: offsetOf(text, error.line, error.column), length: 1 }
  const [message = '', hint] = error.message.split(/: (?=did you mean )/)
  return { code: 'E_TEMPLATE', path, mark, message, hint }
}

function treeFindings(value: unknown, path: Path, names: KnownNames): Finding[] {
  return [...textsIn(value, path)].flatMap(({ text, path: at }) => templateFindings(text, at, names))
}

function conditionFindings(source: unknown, path: Path, names: KnownNames): Finding[] {
  if (typeof source !== 'string') return []
  const legacy = translateLegacyCondition(source)
  try {
    const { uses, type } = compileExpression(legacy ?? source)
    if (type !== 'bool' && type !== 'dyn') {
      return [
        { code: 'E_EXPRESSION', path, mark: 'value', message: `the condition gives ${type}, not true or false`, hint: undefined },
      ]
    }
    return firstUses(uses).flatMap((use) => variableFinding({ ...use, path, inTemplate: false }, names) ?? [])
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return [{ code: 'E_EXPRESSION', path, ...expressionFault(source, legacy === undefined, error) }]
  }
}

/** Where a condition cannot be read, and why: a word of another language says more than where the parser gives up. */
function expressionFault(source: string, asWritten: boolean, error: ExpressionError): Pick<Finding, 'mark' | 'message' | 'hint'> {
  const habit = asWritten ? foreignHabit(source) : undefined
  if (habit !== undefined) {
    const { offset, length, hint } = habit
    return { mark: { offset, length }, message: `unexpected ${shown(source.slice(offset, offset + length))}`, hint }
  }
  const mark = asWritten ? { offset: error.column - 1, length: 1 } : 'value'
  return { mark, message: error.message, hint: 'conditions are CEL, such as reply.text.contains("yes")' }
}

function compiled(code: Code, path: Path, shift: number, compile: () => unknown): Finding[] {
  try {
    compile()
    return []
  } catch (error) {
    if (!(error instanceof RegexError || error instanceof JsonPathError)) throw error
    return [{ code, path, mark: { offset: shift + error.column - 1, length: 1 }, message: error.message }]
  }
}

const jsonPath = (text: string, path: Path) => compiled('E_JSONPATH', path, 0, () => compileJsonPath(text))
const pattern = (text: string, flags: string, path: Path, shift: number) =>
  compiled('E_REGEX', path, shift, () => compileRegex(text, flags))

function captureFindings(source: unknown, path: Path): Finding[] {
  if (typeof source !== 'string') {
    const { json, regex } = mapAt(source, [])
    if (typeof json === 'string') return jsonPath(json, [...path, 'json'])
    return typeof regex === 'string' ? pattern(regex, '', [...path, 'regex'], 0) : []
  }
  const [, body, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(source) ?? []
  if (body !== undefined) return pattern(body, flags, path, 1)
  return source.startsWith('$') ? jsonPath(source, path) : []
}

/** What stands in a message or request step. Checks come before captures, so they see what the steps before have set. */
function exchangeFindings({ step, path }: WrittenStep, before: KnownNames): Finding[] {
  const names = withPayload(step, before)
  return [
    ...payloadFindings(step, path, before),
    ...treeFindings(step.message, [...path, 'message'], names),
    ...treeFindings(step.request, [...path, 'request'], names),
    ...treeFindings(step.tags, [...path, 'tags'], names),
    ...treeFindings(step.expect, [...path, 'expect'], names),
    ...expressionChecks(step, path, names),
    ...Object.entries(mapAt(step, ['capture'])).flatMap(([name, source]) => captureFindings(source, [...path, 'capture', name])),
  ]
}

function payloadFindings(step: WrittenMap, path: Path, before: KnownNames): Finding[] {
  const { custom, payloadFile } = mapAt(step, ['payload'])
  return [
    ...treeFindings(custom, [...path, 'payload', 'custom'], before),
    ...treeFindings(before.fieldsOf(payloadFile), [], before).map((finding) => atItsName(finding, payloadFile, path)),
  ]
}

/** A step with a payload block makes it before all else, but for what the block itself reads. */
function withPayload(step: WrittenMap, names: KnownNames): KnownNames {
  return step.payload === undefined ? names : { ...names, known: new Set([...names.known, 'payload']) }
}

/** The schema has compiled them; what it cannot know are the variables. */
function expressionChecks(step: WrittenMap, path: Path, names: KnownNames): Finding[] {
  const checks = Array.isArray(step.expect) ? step.expect : []
  return checks.flatMap((_, index) => {
    const { expression } = mapAt(step, ['expect', index])
    const isTemplate = typeof expression === 'string' && expression.includes('{{')
    return isTemplate ? [] : conditionFindings(expression, [...path, 'expect', index, 'expression'], names)
  })
}

function stepFindings(written: WrittenStep, before: KnownNames): Finding[] {
  const { step, path } = written
  const { loop } = step
  const inLoop = loop === undefined ? before : { ...before, known: new Set([...before.known, ...LOOP_NAMES]) }
  return [
    ...exchangeFindings(written, before),
    ...treeFindings(step.set, [...path, 'set'], before),
    ...conditionFindings(step.if, [...path, 'if'], before),
    ...treeFindings(mapAt(loop, []).times, [...path, 'loop', 'times'], before),
    ...conditionFindings(mapAt(loop, []).while, [...path, 'loop', 'while'], inLoop),
  ]
}

/** Names that a step leaves to those after it. A payload stays until another is made, or the iteration ends. */
const setBy = (step: WrittenMap) => [
  ...Object.keys(mapAt(step, ['capture'])),
  ...Object.keys(mapAt(step, ['set'])),
  ...(step.payload === undefined ? [] : ['payload']),
]

const TARGET_TEXTS = ['url', 'model', 'headers', 'query', 'auth', 'body', 'request', 'response', 'tags'] as const

function targetFindings(value: unknown, names: KnownNames): Finding[] {
  const named = Object.keys(mapAt(value, ['targets'])).map((name): Path => ['targets', name])
  const parts = [['target'], ...named].flatMap((base) =>
    TARGET_TEXTS.map((key) => [[...base, key], mapAt(value, base)[key]] as const),
  )
  const groups = Object.keys(mapAt(value, ['groups'])).flatMap((name) =>
    ['headers', 'vars', 'tags'].map((key) => [['groups', name, key], mapAt(value, ['groups', name])[key]] as const),
  )
  const conversation = mapAt(value, ['conversation'])
  const flowTags = listAt(value, ['flows']).map(
    (_, index) => [['flows', index, 'tags'], mapAt(value, ['flows', index]).tags] as const,
  )
  const rest = [
    ...flowTags,
    [['conversation', 'system'], conversation.system],
    [['verbosity', 'suffix'], mapAt(value, ['verbosity']).suffix],
  ] as const
  const id = captureFindings(mapAt(conversation, ['id']).from, ['conversation', 'id', 'from'])
  return [...[...parts, ...groups, ...rest].flatMap(([path, part]) => treeFindings(part, path, names)), ...id]
}

/** Variables that take the place of what every session has. */
function reservedNames(owner: WrittenMap, path: Path): Finding[] {
  return Object.keys(owner)
    .filter((name) => [...BUILT_IN_NAMES, 'loop'].includes(name))
    .map((name) => ({
      code: 'W_RESERVED_NAME',
      path: [...path, name],
      mark: 'key',
      message: `the variable ${name} hides what burn keeps under this name`,
      hint: 'choose another name',
    }))
}

/** Rows that an iteration takes, or that its user has: they are there before any other variable. */
function rowNames(value: unknown): string[] {
  const targets = [['target'], ...Object.keys(mapAt(value, ['targets'])).map((name) => ['targets', name])]
  const identity = targets.some((path) => mapAt(value, [...path, 'auth']).type === 'identities') ? ['identity'] : []
  return [...Object.keys(mapAt(value, ['data'])), ...identity]
}

/** Variables that every iteration starts with. */
function startingNames(value: unknown): string[] {
  const groups = Object.keys(mapAt(value, ['groups'])).flatMap((name) => Object.keys(mapAt(value, ['groups', name, 'vars'])))
  return [...Object.keys(mapAt(value, ['vars'])), ...groups, ...rowNames(value)]
}

/** Every variable that the scenario sets, somewhere. */
export function ownVariables(value: unknown): ReadonlySet<string> {
  return new Set([...startingNames(value), ...allSteps(value).flatMap(({ step }) => setBy(step))])
}

/** Names that hold for all steps of a file. */
type Common = Pick<KnownNames, 'own' | 'doubts' | 'fieldsOf'>

/** Steps that run one after the other, from the names that are there before the first of them. */
function walkFindings(steps: readonly WrittenStep[], base: ReadonlySet<string>, common: Common): Finding[] {
  const all = new Set([...base, ...steps.flatMap(({ step }) => setBy(step))])
  const inLoop = new Set([...all, ...LOOP_NAMES])
  const soFar = new Set(base)
  const once: KnownNames = { known: soFar, all, ...common }
  const again: KnownNames = { known: inLoop, all: inLoop, ...common }
  return steps.flatMap((written) => {
    const found = stepFindings(written, written.inLoop ? again : once)
    for (const key of ['capture', 'set']) found.push(...reservedNames(mapAt(written.step, [key]), [...written.path, key]))
    for (const name of setBy(written.step)) soFar.add(name)
    return found
  })
}

/** Everything that templates, conditions, paths and patterns can be told before a run. `value` is the scenario as it was written, its files lie in `baseDir`. */
export function languageFindings(value: unknown, own: ReadonlySet<string>, doubts: Doubts, baseDir: string): Finding[] {
  const setup = stepsAt(value, ['setup'])
  const shared = setup.flatMap(({ step }) => setBy(step))
  const starting = startingNames(value)
  const common = { own, doubts, fieldsOf: fieldsReader(baseDir) }
  const base = new Set<string>([...BUILT_IN_NAMES, ...starting])
  const all = new Set([...BUILT_IN_NAMES, ...own])
  const withSetup = new Set([...base, ...shared])
  const beforeVars = new Set([...BUILT_IN_NAMES, ...rowNames(value), ...shared])
  const forVars = new Set([...beforeVars, ...Object.keys(mapAt(value, ['vars']))])
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index, 'steps'])
  return [
    ...reservedNames(mapAt(value, ['vars']), ['vars']),
    ...treeFindings(mapAt(value, ['vars']), ['vars'], { known: forVars, all: forVars, ...common }),
    ...variableCycles(value, beforeVars),
    ...targetFindings(value, { known: all, all, ...common }),
    ...walkFindings(setup, base, common),
    ...[['steps'], ...flows, ['teardown']].flatMap((path) => walkFindings(stepsAt(value, path), withSetup, common)),
  ]
}
