import type { TemplateHelper } from '../helpers/helper.ts'
import { findHelper, templateHelpers } from '../helpers/helpers.ts'
import { nearest } from '../suggest.ts'
import { TemplateError } from './error.ts'
import { member, type Rendering, type TemplateFrame } from './frame.ts'
import { compilePath, type Evaluate, isLocal, type Setting, simpleName } from './path.ts'
import { placeOf } from './syntax.ts'

type CallExpression = hbs.AST.MustacheStatement | hbs.AST.SubExpression
type Literal = hbs.AST.Literal & { original?: unknown; value?: unknown }

/** Compiles `{{ … }}`: with arguments a call of a helper, else a variable, else a helper without arguments. */
export function compileCall(call: CallExpression, setting: Setting): Evaluate {
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
  if (!helper || helper.arity[0] > 0) return compilePath(path, setting, false)
  const run = compileHelper(call, helper, setting)
  // A variable of the scenario hides a helper of the same name, such as `city`.
  return (frame) => {
    const own = member(frame.context, helper.name)
    return own === undefined ? run(frame) : own
  }
}

/** Compiles a template helper's or block's argument: a literal, path or call. `lenient` makes an unknown name undefined. */
export function compileArgument(node: hbs.AST.Expression, setting: Setting, lenient: boolean, optional = false): Evaluate {
  if (node.type === 'PathExpression') return compilePath(node as hbs.AST.PathExpression, setting, lenient, optional)
  if (node.type === 'SubExpression') return compileCall(node as hbs.AST.SubExpression, setting)
  const value = node.type === 'NullLiteral' ? null : (node as Literal).value
  return () => value
}

/** Makes the error for an unknown template helper or block, which suggests the most similar name among `known`. */
export function unknownHelper(path: hbs.AST.PathExpression, known: readonly string[]): TemplateError {
  const near = nearest(path.original, known)
  return new TemplateError(
    `unknown helper "${path.original.slice(0, 60)}"${near ? `: did you mean "${near}"?` : ''}`,
    placeOf(path),
  )
}

/** Rejects `name=value` arguments: no helper has any, and ignoring them would hide a mistake. @throws TemplateError */
export function refuseHash(call: { readonly hash: hbs.AST.Hash | undefined }): void {
  const [pair] = call.hash?.pairs ?? []
  if (pair) throw new TemplateError(`"${pair.key}=" is not an argument of this helper`, placeOf(pair))
}

/** A node as a path: `{{"two words"}}` and `{{5}}` name variables, as in Handlebars. */
function asPath(node: hbs.AST.PathExpression | hbs.AST.Literal): hbs.AST.PathExpression {
  if (node.type === 'PathExpression') return node as hbs.AST.PathExpression
  const original = String((node as Literal).original ?? (node.type === 'NullLiteral' ? 'null' : 'undefined'))
  return { type: 'PathExpression', loc: node.loc, data: false, depth: 0, parts: [original], original }
}

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
  const args = call.params.map((param, index) =>
    compileArgument(param, setting, lenient, helper.name === 'default' && index === 0),
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
