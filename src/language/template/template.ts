import { wallNow } from '../../clock.ts'
import type { Random } from '../../random.ts'
import { TemplateError } from './error.ts'
import type { Scope, TemplateFrame } from './frame.ts'
import type { Setting, VariableUse } from './path.ts'
import { compileMustache, compileProgram } from './program.ts'
import { parseTemplate } from './syntax.ts'

export type { Scope, VariableUse }
export { TemplateError }

/** The largest number of rounds of `{{#each}}` in one rendering. */
const MAX_ROUNDS = 100_000

/** The properties that compiled templates and compiled trees share. */
interface CompiledParts {
  /** True when the template has no `{{`, so that it always renders to the same value. */
  readonly static: boolean
  /** Names of the variables that must exist, each once; those with a `default` are left out. */
  readonly variables: readonly string[]
  /** Names of all variables that are read, each once. */
  readonly reads: readonly string[]
}

/** A compiled Handlebars template from a scenario. A value inserted into JSON cannot change the structure of that JSON. */
export interface Template extends CompiledParts {
  readonly source: string
  /** Every place where a variable is read, in the order of the text; those with a `default` are left out. */
  readonly uses: readonly VariableUse[]
  /** Every place where a variable is read, also those with a `default` and those that are read only for some values. */
  readonly touches: readonly VariableUse[]
  /**
   * Renders the text. `random` feeds helpers such as `uuid`; `wallNow` (ms since 1970) feeds `isoTimestamp`.
   * Throws TemplateError for an unknown variable, an error in a helper, or an output of more than 1 Mi characters.
   */
  render(scope: Scope, random?: Random, wallNow?: () => number): string
  /** Like `render`, but a template of one `{{ … }}` and nothing else gives its value, so that a number stays a number. */
  value(scope: Scope, random?: Random, wallNow?: () => number): unknown
}

/** A compiled JSON value whose texts are templates; rendering it gives a JSON value. */
export interface Tree extends CompiledParts {
  /** Returns the value with its texts rendered as by `Template.value`. Parts without templates are shared: do not change them. */
  render(scope: Scope, random?: Random, wallNow?: () => number): unknown
}

/** The outcome of compiling a template: the template, and all its errors. */
interface Inspection {
  /** The compiled template, in which parts with errors render as nothing. */
  readonly template: Template
  /** The errors, at most one for each `{{ … }}`. A syntax error hides all others. */
  readonly errors: readonly TemplateError[]
}

/** Largest number of compiled templates in the cache; the largest scenario file has fewer. */
const MAX_REMEMBERED = 20_000
const memory = new Map<string, Inspection>()

/**
 * Compiles a template, and returns it with all errors found in it, instead of throwing the first. A text that was compiled before is not compiled
 * again.
 */
export function inspectTemplate(source: string): Inspection {
  if (!source.includes('{{')) return { template: constant(source), errors: [] }
  const known = memory.get(source)
  if (known) return known
  if (memory.size >= MAX_REMEMBERED) memory.clear()
  const inspection = inspected(source)
  memory.set(source, inspection)
  return inspection
}

function inspected(source: string): Inspection {
  const errors: TemplateError[] = []
  try {
    return { template: compiled(source, errors), errors }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { template: constant(source), errors: [error] }
  }
}

/** Compiles a template. @throws TemplateError with line and column */
export function compileTemplate(source: string): Template {
  const { template, errors } = inspectTemplate(source)
  if (errors[0]) throw errors[0]
  return template
}

function compiled(source: string, errors: TemplateError[]): Template {
  const program = parseTemplate(source)
  const setting: Setting = { level: 0, rounds: 0, names: [], uses: [], errors }
  const write = compileProgram(program, setting)
  const [only, ...others] = program.body
  const exact = errors.length === 0 && only?.type === 'MustacheStatement' && others.length === 0
  const evaluate = exact ? compileMustache(only as hbs.AST.MustacheStatement, { ...setting, uses: [] }) : write
  const uses = setting.uses.filter((use) => !use.optional).map((use) => (exact && use.role === 'printed' ? whole(use) : use))
  return {
    source,
    static: false,
    variables: namesOf(uses),
    reads: namesOf(setting.uses.filter((use) => !use.perhaps)),
    uses,
    touches: setting.uses,
    render: (scope, random, wallNow) => start(write, scope, random, wallNow),
    value: (scope, random, wallNow) => start(evaluate, scope, random, wallNow),
  }
}

const whole = (use: VariableUse): VariableUse => ({ ...use, role: 'whole' })

/**
 * Compiles a JSON value whose texts (but not its keys) are templates. Values are filled in before the whole is written as JSON, so that quotes and
 * line ends in them are escaped.
 * @throws TemplateError with the `path` of the text
 */
export function compileTree(value: unknown): Tree {
  if (typeof value === 'string') return atPath(undefined, () => stringTree(compileTemplate(value)))
  if (Array.isArray(value))
    return listTree(
      value,
      value.map((item, index) => atPath(index, () => compileTree(item))),
    )
  if (typeof value !== 'object' || value === null) return fixedTree(value)
  return objectTree(
    value,
    Object.entries(value).map(([key, item]) => [key, atPath(key, () => compileTree(item))] as const),
  )
}

function constant(source: string): Template {
  const render = (): string => source
  return { source, static: true, variables: [], reads: [], uses: [], touches: [], render, value: render }
}

function start<T>(run: (frame: TemplateFrame) => T, scope: Scope, random: Random | undefined, wallClock = wallNow): T {
  const rendering = { scope, random, wallNow: wallClock, roundsLeft: MAX_ROUNDS }
  return run({ context: scope, parent: undefined, round: undefined, locals: undefined, rendering })
}

function fixedTree(value: unknown): Tree {
  return { static: true, variables: [], reads: [], render: () => value }
}

function stringTree(template: Template): Tree {
  const { static: isStatic, variables, reads, value } = template
  return { static: isStatic, variables, reads, render: value }
}

function listTree(value: readonly unknown[], items: readonly Tree[]): Tree {
  return holderTree(value, [...items.entries()], () => [...value])
}

function objectTree(value: object, members: readonly (readonly [string, Tree])[]): Tree {
  // A copy by spread defines properties, so a key called __proto__ is a plain key.
  return holderTree(value, members, () => ({ ...value }))
}

/** Compiles a list or object with templates. Rendering copies it, with the members that contain templates made anew. */
function holderTree<Key extends string | number>(
  value: object,
  members: readonly (readonly [Key, Tree])[],
  copy: () => object,
): Tree {
  const trees = members.map(([, item]) => item)
  const rendered = members.filter(([, item]) => !item.static)
  if (rendered.length === 0) return fixedTree(value)
  return {
    static: false,
    variables: union(trees, 'variables'),
    reads: union(trees, 'reads'),
    render(scope, random, wallClock) {
      const made = copy() as Record<Key, unknown>
      for (const [key, item] of rendered) {
        try {
          made[key] = item.render(scope, random, wallClock)
        } catch (error) {
          throw under(key, error)
        }
      }
      return made
    },
  }
}

function union(trees: readonly Tree[], kind: 'variables' | 'reads'): readonly string[] {
  return [...new Set(trees.flatMap((tree) => tree[kind]))]
}

function namesOf(uses: readonly VariableUse[]): readonly string[] {
  return [...new Set(uses.map((use) => use.name))]
}

function atPath<T>(key: string | number | undefined, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw key === undefined ? error : under(key, error)
  }
}

const under = (key: string | number, error: unknown): unknown => inside([key], error)

/**
 * Returns a copy of a template error with `keys` put in front of its path. `keys` leads to the part of a JSON value in which the error happened.
 * Returns other errors unchanged.
 */
export function inside(keys: readonly (string | number)[], error: unknown): unknown {
  if (!(error instanceof TemplateError)) return error
  const { message, variable, path, cause } = error
  return new TemplateError(message, error, { ...(variable === undefined ? {} : { variable }), path: [...keys, ...path], cause })
}
