/** Templates, conditions, paths and patterns: do they compile, and do the variables they read exist? */
import { compileExpression, ExpressionError } from '../../language/expression.ts'
import { templateHelpers } from '../../language/helpers.ts'
import { compileJsonPath, JsonPathError } from '../../language/jsonpath.ts'
import { translateLegacyCondition } from '../../language/legacy-condition.ts'
import { compileRegex, RegexError } from '../../language/regex.ts'
import { nearest } from '../../language/suggest.ts'
import { compileTemplate, TemplateError } from '../../language/template.ts'
import type { Finding } from '../read/finding.ts'
import type { Path } from '../read/source.ts'
import { allSteps, listAt, mapAt, stepsAt, textsIn, type WrittenMap, type WrittenStep } from '../schema/written-steps.ts'

/** What every session has, whatever the scenario says. */
const BUILT_IN = ['user', 'vu', 'iteration', 'model', 'run', 'reply', 'conversation', 'message'] as const
/** What there is inside of a loop. */
const IN_LOOP = ['loop', 'index'] as const

/** Names that a text may read. */
interface Names {
  /** Set by now, or in an earlier round of a loop. */
  readonly known: ReadonlySet<string>
  /** Set by some step, perhaps a later one. */
  readonly all: ReadonlySet<string>
}

/** Variables of one text that are looked at: to find the place of each takes time that grows with the text. */
const MAX_USES = 200

const HELPERS = templateHelpers.map((helper) => helper.name)

/** Offset in a text of a line and column, both from 1. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

function unknownName(
  name: string,
  names: Names,
  place: { path: Path; offset: number },
  otherWords: readonly string[] = [],
): Finding | undefined {
  if (names.known.has(name)) return undefined
  const mark = { offset: place.offset, length: name.length }
  if (names.all.has(name)) {
    const message = `${name} is only set by a later step`
    return {
      code: 'W_VARIABLE_LATER',
      path: place.path,
      mark,
      message,
      hint: 'every iteration starts without the values of the one before',
    }
  }
  const near = nearest(name, [...names.all, ...otherWords])
  const known = `set it in vars, capture or set; known: ${[...names.all].slice(0, 20).join(', ')}`
  const hint = name === 'loop' ? 'loop exists inside of a loop only' : near === undefined ? known : `did you mean ${near}?`
  return { code: 'E_UNKNOWN_VARIABLE', path: place.path, mark, message: `there is no variable ${name}`, hint }
}

function templateFindings(text: string, path: Path, names: Names): Finding[] {
  if (!text.includes('{{')) return []
  try {
    const firstUses = compileTemplate(text).uses.filter(
      (use, index, all) => index < MAX_USES && all.findIndex(({ name }) => name === use.name) === index,
    )
    return firstUses.flatMap(
      (use) => unknownName(use.name, names, { path, offset: offsetOf(text, use.line, use.column) }, HELPERS) ?? [],
    )
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const mark = { offset: offsetOf(text, error.line, error.column), length: 1 }
    const [message = '', hint] = error.message.split(/: (?=did you mean )/)
    return [{ code: 'E_TEMPLATE', path, mark, message, hint }]
  }
}

function treeFindings(value: unknown, path: Path, names: Names): Finding[] {
  return [...textsIn(value, path)].flatMap(({ text, path: at }) => templateFindings(text, at, names))
}

/** Where a name stands in an expression, outside of quotes and not as a member. */
function nameOffset(source: string, name: string): number {
  const bare = source.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (quoted) => ' '.repeat(quoted.length))
  const found = new RegExp(`(?<![\\w.])${name}(?!\\w)`).exec(bare)
  return found?.index ?? 0
}

function conditionFindings(source: unknown, path: Path, names: Names): Finding[] {
  if (typeof source !== 'string') return []
  const legacy = translateLegacyCondition(source)
  try {
    const { variables, type } = compileExpression(legacy ?? source)
    if (type !== 'bool' && type !== 'dyn') {
      return [
        { code: 'E_EXPRESSION', path, mark: 'value', message: `the condition gives ${type}, not true or false`, hint: undefined },
      ]
    }
    return variables.flatMap((name) => unknownName(name, names, { path, offset: nameOffset(source, name) }) ?? [])
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    const mark = legacy === undefined ? { offset: error.column - 1, length: 1 } : 'value'
    return [
      {
        code: 'E_EXPRESSION',
        path,
        mark,
        message: error.message,
        hint: 'conditions are CEL, such as reply.text.contains("yes")',
      },
    ]
  }
}

function compiled(code: string, path: Path, shift: number, compile: () => unknown): Finding[] {
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
function exchangeFindings({ step, path }: WrittenStep, names: Names): Finding[] {
  return [
    ...treeFindings(step.message, [...path, 'message'], withPayload(step, names)),
    ...treeFindings(step.request, [...path, 'request'], withPayload(step, names)),
    ...treeFindings(mapAt(step, ['payload']).custom, [...path, 'payload', 'custom'], names),
    ...treeFindings(step.expect, [...path, 'expect'], names),
    ...expressionChecks(step, path, names),
    ...Object.entries(mapAt(step, ['capture'])).flatMap(([name, source]) => captureFindings(source, [...path, 'capture', name])),
  ]
}

/** A step with a payload block has it as a variable. */
function withPayload(step: WrittenMap, names: Names): Names {
  if (step.payload === undefined) return names
  return { known: new Set([...names.known, 'payload']), all: new Set([...names.all, 'payload']) }
}

/** The schema has compiled them; what it cannot know are the variables. */
function expressionChecks(step: WrittenMap, path: Path, names: Names): Finding[] {
  const checks = Array.isArray(step.expect) ? step.expect : []
  return checks.flatMap((_, index) => {
    const { expression } = mapAt(step, ['expect', index])
    const isTemplate = typeof expression === 'string' && expression.includes('{{')
    return isTemplate ? [] : conditionFindings(expression, [...path, 'expect', index, 'expression'], names)
  })
}

function stepFindings(written: WrittenStep, before: Names): Finding[] {
  const { step, path } = written
  const inLoop: Names = { known: new Set([...before.known, ...IN_LOOP]), all: new Set([...before.all, ...IN_LOOP]) }
  return [
    ...exchangeFindings(written, before),
    ...treeFindings(step.set, [...path, 'set'], before),
    ...conditionFindings(step.if, [...path, 'if'], before),
    ...treeFindings(mapAt(step, ['loop']).times, [...path, 'loop', 'times'], before),
    ...conditionFindings(mapAt(step, ['loop']).while, [...path, 'loop', 'while'], inLoop),
  ]
}

const setBy = (step: WrittenMap) => [...Object.keys(mapAt(step, ['capture'])), ...Object.keys(mapAt(step, ['set']))]

const TARGET_TEXTS = ['url', 'model', 'headers', 'query', 'auth', 'body', 'request', 'response'] as const

function targetFindings(value: unknown, names: Names): Finding[] {
  const named = Object.keys(mapAt(value, ['targets'])).map((name): Path => ['targets', name])
  const parts = [['target'], ...named].flatMap((base) =>
    TARGET_TEXTS.map((key) => [[...base, key], mapAt(value, base)[key]] as const),
  )
  const groups = Object.keys(mapAt(value, ['groups'])).flatMap((name) =>
    ['headers', 'vars'].map((key) => [['groups', name, key], mapAt(value, ['groups', name])[key]] as const),
  )
  const conversation = mapAt(value, ['conversation'])
  const rest = [
    [['conversation', 'system'], conversation.system],
    [['verbosity', 'suffix'], mapAt(value, ['verbosity']).suffix],
  ] as const
  const id = captureFindings(mapAt(conversation, ['id']).from, ['conversation', 'id', 'from'])
  return [...[...parts, ...groups, ...rest].flatMap(([path, part]) => treeFindings(part, path, names)), ...id]
}

/** Variables that take the place of what every session has. */
function reservedNames(owner: WrittenMap, path: Path): Finding[] {
  return Object.keys(owner)
    .filter((name) => [...BUILT_IN, 'loop'].includes(name))
    .map((name) => ({
      code: 'W_RESERVED_NAME',
      path: [...path, name],
      mark: 'key',
      message: `the variable ${name} hides what burn keeps under this name`,
      hint: 'choose another name',
    }))
}

/** Variables that every iteration starts with. */
function startingNames(value: unknown): string[] {
  const groups = Object.keys(mapAt(value, ['groups'])).flatMap((name) => Object.keys(mapAt(value, ['groups', name, 'vars'])))
  const targets = [['target'], ...Object.keys(mapAt(value, ['targets'])).map((name) => ['targets', name])]
  const identity = targets.some((path) => mapAt(value, [...path, 'auth']).type === 'identities') ? ['identity'] : []
  return [...Object.keys(mapAt(value, ['vars'])), ...Object.keys(mapAt(value, ['data'])), ...groups, ...identity]
}

/** Steps that run one after the other, from the names that are there before the first of them. */
function walkFindings(steps: readonly WrittenStep[], base: ReadonlySet<string>): Finding[] {
  const all = new Set([...base, ...steps.flatMap(({ step }) => setBy(step))])
  const soFar = new Set(base)
  return steps.flatMap((written) => {
    const everything = new Set([...all, ...(written.inLoop ? IN_LOOP : [])])
    const names: Names = { known: written.inLoop ? everything : new Set(soFar), all: everything }
    const found = stepFindings(written, names)
    for (const key of ['capture', 'set']) found.push(...reservedNames(mapAt(written.step, [key]), [...written.path, key]))
    for (const name of setBy(written.step)) soFar.add(name)
    return found
  })
}

/** Everything that templates, conditions, paths and patterns can be told before a run. `value` is the scenario as it was written. */
export function languageFindings(value: unknown): Finding[] {
  const setup = stepsAt(value, ['setup'])
  const base = new Set<string>([...BUILT_IN, ...startingNames(value)])
  const withSetup = new Set([...base, ...setup.flatMap(({ step }) => setBy(step))])
  const all = new Set([...withSetup, ...allSteps(value).flatMap(({ step }) => setBy(step))])
  const builtIn: Names = { known: new Set(BUILT_IN), all: new Set(BUILT_IN) }
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index, 'steps'])
  return [
    ...reservedNames(mapAt(value, ['vars']), ['vars']),
    ...treeFindings(mapAt(value, ['vars']), ['vars'], builtIn),
    ...targetFindings(value, { known: all, all }),
    ...walkFindings(setup, base),
    ...[['steps'], ...flows, ['teardown']].flatMap((path) => walkFindings(stepsAt(value, path), withSetup)),
  ]
}
