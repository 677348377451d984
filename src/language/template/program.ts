import { isTruthy, MAX_OUTPUT, toText } from '../helpers/arguments.ts'
import { compileArgument, compileCall, refuseHash, unknownHelper } from './call.ts'
import { TemplateError } from './error.ts'
import { enter, type TemplateFrame } from './frame.ts'
import { compilePath, type Evaluate, isLocal, type Setting, simpleName } from './path.ts'
import { placeOf } from './syntax.ts'

/** Renders a part of a template. */
type Write = (frame: TemplateFrame) => string

const BLOCKS = ['if', 'unless', 'each', 'with']

/** Compiles the statements of a template or block to a function that writes them. @throws TemplateError for unsupported parts */
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

/** Compiles `{{ … }}` to a function that returns its value, not yet as text; it throws TemplateError when there is no value. */
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
