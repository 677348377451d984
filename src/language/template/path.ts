import { TemplateError, type TemplatePlace } from './error.ts'
import { type Locals, member, type Round, type TemplateFrame } from './frame.ts'
import { placeOf } from './syntax.ts'

/** A compiled expression of a template: a function that returns its value. `frame` is the state of the rendering. */
export type Evaluate = (frame: TemplateFrame) => unknown

/** A place in a template that reads a variable: the name of the variable, and the line and column. */
export interface VariableUse extends TemplatePlace {
  /** The first name of the path that is read, such as `reply` of `reply.text`. */
  readonly name: string
  /** The other names of the path, such as `text` of `reply.text`. */
  readonly rest: readonly string[]
  /** True when the template itself handles a missing value, as in `{{default name "x"}}`. */
  readonly optional: boolean
  /**
   * True when only the values decide whether the variable is read: in `{{#a}}{{b}}{{/a}}`, `b` is a member of `a` if `a` is a map. Also
   * true where the whole scope is read (`{{this}}`, `{{@root}}`); `name` is then empty.
   */
  readonly perhaps?: true
  /**
   * How the value is used, where that asks for a text or number: `printed` among other text, `whole` when the template is nothing but this variable
   * (which may then be a map, in JSON), `argument` of a helper that computes with it.
   */
  readonly role?: 'printed' | 'whole' | 'argument' | undefined
}

/**
 * The surroundings of one place in a template while it is compiled, such as the enclosing `{{#each}}` blocks. It also holds the lists in which
 * variable uses and errors are collected.
 */
export interface Setting {
  /** How many levels `../` can go up from here; undefined inside `{{#a}}`, which adds a level only for some values. */
  readonly level: number | undefined
  /** Number of `each` blocks around this place. */
  readonly rounds: number
  /** Names of the block parameters of each enclosing block, innermost first. */
  readonly names: readonly (readonly string[])[]
  readonly uses: VariableUse[]
  /** Collects the errors of all parts of a template. */
  readonly errors: TemplateError[]
}

/** What the place that reads a variable says about the use: whether it may be missing, and what its value serves for. */
type UseOf = Partial<Pick<VariableUse, 'optional' | 'role'>>

const ROUND_NAMES = ['index', 'key', 'first', 'last'] as const

/**
 * Compiles a path of a template, such as `a.b.0`, `../a` or `@index`. When it is rendered, an unknown name throws, or gives undefined if
 * `lenient` is set.
 */
export function compilePath(path: hbs.AST.PathExpression, setting: Setting, lenient: boolean, use: UseOf = {}): Evaluate {
  if (path.data) return compileData(path, setting, lenient)
  const local = isScoped(path) ? undefined : findLocal(path.parts[0], setting)
  if (local) return follow(path, path.parts.slice(1), local, lenient, `${path.parts[0]}.`)
  const { level } = setting
  const [name, ...rest] = path.parts
  if (level !== undefined && path.depth > level)
    throw new TemplateError(`"${path.original}" leads out of the template`, placeOf(path))
  const readsScope = level === undefined || path.depth === level
  if (readsScope && (level === undefined || name === undefined)) noteUncertain(path, path.parts, setting)
  else if (readsScope && name !== undefined) setting.uses.push({ name, rest, optional: false, ...use, ...placeOf(path) })
  return follow(path, path.parts, (frame) => ancestor(frame, path.depth)?.context, lenient)
}

function noteUncertain(path: hbs.AST.PathExpression, [name = '', ...rest]: readonly string[], { uses }: Setting): void {
  uses.push({ name, rest, optional: true, perhaps: true, ...placeOf(path) })
}

/** Returns the name in a template expression that is a single name, such as that of a helper; undefined for a longer path such as `a.b`. */
export function simpleName(path: hbs.AST.PathExpression): string | undefined {
  return path.parts.length === 1 && !path.data && !isScoped(path) ? path.parts[0] : undefined
}

/** True when `name` is a block parameter (`as |name|`) of a block that encloses this place of the template. */
export function isLocal(name: string, setting: Setting): boolean {
  return setting.names.some((names) => names.includes(name))
}

function isScoped(path: hbs.AST.PathExpression): boolean {
  return path.depth > 0 || /^(?:this\b|\.)/.test(path.original)
}

/** Follows own properties from the value of `start`. `prefix` comes before the name in messages about unknown variables. */
function follow(
  path: hbs.AST.PathExpression,
  parts: readonly string[],
  start: Evaluate,
  lenient: boolean,
  prefix = '',
): Evaluate {
  const place = placeOf(path)
  return (frame) => {
    let value = start(frame)
    for (let index = 0; index < parts.length; index += 1) {
      value = member(value, parts[index] ?? '')
      if (value !== undefined) continue
      if (lenient) return undefined
      const variable = prefix + parts.slice(0, index + 1).join('.')
      throw new TemplateError(`unknown variable "${variable}"`, place, { variable })
    }
    return value
  }
}

function ancestor(frame: TemplateFrame, depth: number): TemplateFrame | undefined {
  let found: TemplateFrame | undefined = frame
  for (let left = depth; left > 0; left -= 1) found = found?.parent
  return found
}

function findLocal(name: string | undefined, { names }: Setting): Evaluate | undefined {
  const hops = name === undefined ? -1 : names.findIndex((list) => list.includes(name))
  const index = hops < 0 || name === undefined ? -1 : (names[hops]?.indexOf(name) ?? -1)
  if (index < 0) return undefined
  return ({ locals }) => {
    let found: Locals | undefined = locals
    for (let left = hops; left > 0; left -= 1) found = found?.outer
    return found?.values[index]
  }
}

function compileData(path: hbs.AST.PathExpression, setting: Setting, lenient: boolean): Evaluate {
  const [name, ...rest] = path.parts
  if (name === 'root') {
    const [first, ...others] = rest
    if (first === undefined) noteUncertain(path, [], setting)
    else setting.uses.push({ name: first, rest: others, optional: false, ...placeOf(path) })
    return follow(path, rest, ({ rendering }) => rendering.scope, lenient)
  }
  const known = ROUND_NAMES.find((candidate) => candidate === name)
  if (!known || rest.length > 0)
    throw new TemplateError(`"${path.original}" is unknown: there are @index, @key, @first, @last, @root`, placeOf(path))
  if (path.depth >= setting.rounds)
    throw new TemplateError(`"${path.original}" has a value inside of {{#each}} only`, placeOf(path))
  return ({ round }) => {
    let found: Round | undefined = round
    for (let left = path.depth; left > 0; left -= 1) found = found?.outer
    return found?.[known]
  }
}
