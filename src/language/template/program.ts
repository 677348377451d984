import { isTruthy, MAX_OUTPUT, toText } from '../helpers/arguments.ts'
import type { TemplateHelper } from '../helpers/helper.ts'
import { findHelper, templateHelpers } from '../helpers/helpers.ts'
import { nearest } from '../suggest.ts'
import { TemplateError } from './error.ts'
import { enter, member, type Rendering, type TemplateFrame } from './frame.ts'
import { compilePath, type Evaluate, isLocal, type Setting, simpleName } from './path.ts'
import { placeOf } from './syntax.ts'

/** A function that renders one part of a template and returns its text. */
type Write = (frame: TemplateFrame) => string

const BLOCKS = ['if', 'unless', 'each', 'with']

/** Compiles the statements of a template, or of a block in it, to a function that returns their text. Errors are added to `setting.errors`. */
export function compileProgram(program: hbs.AST.Program | undefined, setting: Setting): Write {
  const parts = (program?.body ?? []).map((statement) => checkedStatement(statement, setting))
  return (frame) => {
    let output = ''
    for (const write of parts) {
      output += write(frame)
      if (output.length > MAX_OUTPUT) throw new TemplateError(`the output is longer than ${MAX_OUTPUT} characters`)
    }
    return output
  }
}

/** Compiles a statement. A faulty statement renders as nothing, so that later ones are checked too. */
function checkedStatement(statement: hbs.AST.Statement, setting: Setting): Write {
  try {
    return compileStatement(statement, setting)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    setting.errors.push(error)
    return () => ''
  }
}

function compileStatement(statement: hbs.AST.Statement, setting: Setting): Write {
  switch (statement.type) {
    case 'ContentStatement': {
      const { value } = statement as hbs.AST.ContentStatement
      return () => value
    }
    case 'CommentStatement':
      return () => ''
    case 'MustacheStatement': {
      const value = compileMustache(statement as hbs.AST.MustacheStatement, setting)
      return (frame) => toText(value(frame))
    }
    case 'BlockStatement':
      return compileBlock(statement as hbs.AST.BlockStatement, setting)
    default:
      throw new TemplateError('partials {{> }} and decorators {{* }} are not supported', placeOf(statement))
  }
}

/**
 * Compiles one `{{ … }}` of a template to a function that returns the value before it is converted to text. The function throws TemplateError when
 * there is no value.
 */
export function compileMustache(mustache: hbs.AST.MustacheStatement, setting: Setting): Evaluate {
  const evaluate = compileCall(mustache, setting)
  const place = placeOf(mustache)
  return (frame) => {
    const value = evaluate(frame)
    if (value === undefined) throw new TemplateError('the expression has no value here', place)
    return value
  }
}

function compileBlock(block: hbs.AST.BlockStatement, setting: Setting): Write {
  refuseHash(block)
  const name = block.path.type === 'PathExpression' ? simpleName(block.path) : undefined
  if (name === undefined || !BLOCKS.includes(name) || isLocal(name, setting)) return compileSection(block, setting)
  const [argument, ...more] = block.params
  if (!argument || more.length > 0) throw new TemplateError(`{{#${name}}} takes one argument`, placeOf(block))
  if (name === 'each') return compileEach(block, argument, setting)
  if (name === 'with') return compileWith(block, argument, setting)
  return compileIf(block, argument, setting, name === 'if')
}

function compileIf(block: hbs.AST.BlockStatement, argument: hbs.AST.Expression, setting: Setting, expected: boolean): Write {
  const condition = compileArgument(argument, setting, true)
  const main = compileProgram(block.program, setting)
  const other = compileProgram(block.inverse, setting)
  return (frame) => (isTruthy(condition(frame)) === expected ? main(frame) : other(frame))
}

function compileWith(block: hbs.AST.BlockStatement, argument: hbs.AST.Expression, setting: Setting): Write {
  const value = compileArgument(argument, setting, false)
  const main = compileProgram(block.program, inner(block, setting, 0))
  const other = compileProgram(block.inverse, setting)
  const hasNames = (block.program?.blockParams ?? []).length > 0
  return (frame) => {
    const context = value(frame)
    return isTruthy(context) || context === 0 ? main(enter(frame, context, hasNames ? [context] : [])) : other(frame)
  }
}

function compileEach(block: hbs.AST.BlockStatement, argument: hbs.AST.Expression, setting: Setting): Write {
  const list = compileArgument(argument, setting, false)
  const main = compileProgram(block.program, inner(block, setting, 1))
  const other = compileProgram(block.inverse, setting)
  const hasNames = (block.program?.blockParams ?? []).length > 0
  return (frame) => {
    const items = entriesOf(list(frame))
    return items.length === 0 ? other(frame) : repeat(items, main, frame, hasNames)
  }
}

function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function repeat(
  items: readonly (readonly [string | number, unknown])[],
  main: Write,
  frame: TemplateFrame,
  hasNames: boolean,
): string {
  const { rendering, round: outer } = frame
  let output = ''
  for (const [index, [key, value]] of items.entries()) {
    rendering.roundsLeft -= 1
    if (rendering.roundsLeft < 0) throw new TemplateError('the template makes too many rounds of {{#each}}')
    const round = { index, key, first: index === 0, last: index === items.length - 1, outer }
    output += main(enter(frame, value, hasNames ? [value, key] : [], round))
    if (output.length > MAX_OUTPUT) throw new TemplateError(`the output is longer than ${MAX_OUTPUT} characters`)
  }
  return output
}

/** Compiles `{{#name}}`: a condition for true, false or null, a loop for a list, a `with` for any other value. */
function compileSection(block: hbs.AST.BlockStatement, setting: Setting): Write {
  if (block.params.length > 0 || block.path.type !== 'PathExpression') throw unknownHelper(block.path, BLOCKS)
  const value = compilePath(block.path, setting, false)
  const main = compileProgram(block.program, { ...inner(block, setting, 1), level: undefined })
  const other = compileProgram(block.inverse, setting)
  return (frame) => {
    const context = value(frame)
    if (context === true) return main(frame)
    if (context === false || context === null) return other(frame)
    if (!Array.isArray(context)) return main(enter(frame, context))
    return context.length === 0 ? other(frame) : repeat(entriesOf(context), main, frame, false)
  }
}

function inner(block: hbs.AST.BlockStatement, setting: Setting, rounds: number): Setting {
  const names = block.program?.blockParams ?? []
  return {
    level: setting.level === undefined ? undefined : setting.level + 1,
    rounds: setting.rounds + rounds,
    names: names.length > 0 ? [names, ...setting.names] : setting.names,
    uses: setting.uses,
    errors: setting.errors,
  }
}

type CallExpression = hbs.AST.MustacheStatement | hbs.AST.SubExpression
type Literal = hbs.AST.Literal & { original?: unknown; value?: unknown }

/** Compiles `{{ … }}`: with arguments a call of a helper, else a variable, else a helper without arguments. */
function compileCall(call: CallExpression, setting: Setting): Evaluate {
  refuseHash(call)
  const path = asPath(call.path)
  const name = simpleName(path)
  const helper = name === undefined || isLocal(name, setting) ? undefined : findHelper(name)
  if (call.params.length > 0 || call.type === 'SubExpression') {
    if (!helper)
      throw unknownHelper(
        path,
        templateHelpers.map((known) => known.name),
      )
    return compileHelper(call, helper, setting)
  }
  if (!helper || helper.arity[0] > 0) return compilePath(path, setting, false, { role: 'printed' })
  const run = compileHelper(call, helper, setting)
  // A variable of the scenario hides a helper of the same name, such as `city`.
  return (frame) => {
    const own = member(frame.context, helper.name)
    return own === undefined ? run(frame) : own
  }
}

/** Compiles a template helper's or block's argument: a literal, path or call. `lenient` makes an unknown name undefined. */
function compileArgument(node: hbs.AST.Expression, setting: Setting, lenient: boolean, use = {}): Evaluate {
  if (node.type === 'PathExpression') return compilePath(node as hbs.AST.PathExpression, setting, lenient, use)
  if (node.type === 'SubExpression') return compileCall(node as hbs.AST.SubExpression, setting)
  const value = node.type === 'NullLiteral' ? null : (node as Literal).value
  return () => value
}

/** Makes the error for an unknown template helper or block, which suggests the most similar name among `known`, or lists them all. */
function unknownHelper(path: hbs.AST.PathExpression, known: readonly string[]): TemplateError {
  const near = nearest(path.original, known)
  const hint = near ? `did you mean "${near}"?` : `there are ${known.join(', ')}`
  return new TemplateError(`unknown helper "${path.original.slice(0, 60)}": ${hint}`, placeOf(path))
}

/** Rejects `name=value` arguments: no helper has any, and ignoring them would hide a mistake. @throws TemplateError */
function refuseHash(call: { readonly hash: hbs.AST.Hash | undefined }): void {
  const [pair] = call.hash?.pairs ?? []
  if (pair) throw new TemplateError(`"${pair.key}=" is not an argument of this helper`, placeOf(pair))
}

/** Converts a node to a path: `{{"two words"}}` and `{{5}}` name variables, as in Handlebars. */
function asPath(node: hbs.AST.PathExpression | hbs.AST.Literal): hbs.AST.PathExpression {
  if (node.type === 'PathExpression') return node as hbs.AST.PathExpression
  const original = String((node as Literal).original ?? (node.type === 'NullLiteral' ? 'null' : 'undefined'))
  return { type: 'PathExpression', loc: node.loc, data: false, depth: 0, parts: [original], original }
}

/** The helpers, beside the lenient ones, to which a map can be given. */
const TAKE_MAPS = ['json', 'lookup']

function compileHelper(call: CallExpression, helper: TemplateHelper, setting: Setting): Evaluate {
  const [fewest, most] = helper.arity
  const count = call.params.length
  if (count < fewest || count > most) {
    throw new TemplateError(
      `"${helper.name}" is written {{${`${helper.name} ${helper.args}`.trim()}}}, not with ${count} arguments`,
      placeOf(call),
    )
  }
  checkLiterals(call, helper)
  const lenient = helper.lenient ?? false
  const role = lenient || TAKE_MAPS.includes(helper.name) ? undefined : 'argument'
  const args = call.params.map((param, index) =>
    compileArgument(param, setting, lenient, { optional: helper.name === 'default' && index === 0, role }),
  )
  return (frame) => runHelper(call, helper, args, frame)
}

/** Checks literal arguments before a run, so that a wrong one is found when the template is compiled. */
function checkLiterals(call: CallExpression, helper: TemplateHelper): void {
  const isLiteral = (node: hbs.AST.Expression) => node.type !== 'PathExpression' && node.type !== 'SubExpression'
  if (!helper.check || !call.params.some(isLiteral)) return
  try {
    helper.check(call.params.map((node) => (isLiteral(node) ? (node as Literal).value : undefined)))
  } catch (error) {
    throw new TemplateError(`"${helper.name}": ${(error as Error).message}`, placeOf(call), { cause: error })
  }
}

function runHelper(call: CallExpression, helper: TemplateHelper, args: readonly Evaluate[], frame: TemplateFrame): unknown {
  const values = args.map((arg) => arg(frame))
  try {
    return helper.run(new CallContext(values, frame.rendering))
  } catch (error) {
    throw new TemplateError(`"${helper.name}": ${(error as Error).message}`, placeOf(call), { cause: error })
  }
}

/** What a call passes to a helper; reading `random` throws when there is no random stream. */
class CallContext {
  readonly args: readonly unknown[]
  readonly wallNow: () => number
  private readonly rendering: Rendering

  constructor(args: readonly unknown[], rendering: Rendering) {
    this.args = args
    this.wallNow = rendering.wallNow
    this.rendering = rendering
  }

  get random(): NonNullable<Rendering['random']> {
    if (!this.rendering.random) throw new Error('random values are not available here')
    return this.rendering.random
  }
}
