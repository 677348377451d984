/** What is read off a parsed CEL expression before it runs: its variables, its patterns, and how far its loops nest. */
import type { ASTNode } from '@marcbachmann/cel-js'
import { compileRegex, RegexError } from './regex.ts'

/** Our function behind `matches()`: the library's own runs on a backtracking engine and cannot be replaced under its name. */
export const LINEAR_MATCHES = 'matchesInLinearTime'

/** `xs.all(x, ys.exists(y, …))` nests two; the work grows with the product of the lists. */
const MAX_NESTED_LOOPS = 3
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

interface Findings {
  readonly variables: Set<string>
  readonly bound: readonly string[]
  readonly loops: number
}

/** A place in an expression that cannot be accepted; `range.start` counts characters from 0. */
class TreeError extends Error {
  readonly range: { readonly start: number }
  constructor(message: string, start: number) {
    super(message)
    this.range = { start }
  }
}

/** Collects free variables, and redirects `matches()` to the linear-time engine. Throws an Error with a `range`. */
export function inspect(root: ASTNode): { readonly variables: readonly string[] } {
  const variables = new Set<string>()
  visit(root, { variables, bound: [], loops: 0 })
  return { variables: [...variables] }
}

function visit(node: ASTNode, findings: Findings): void {
  if (node.op === 'id') visitName(node, findings)
  else if (node.op === 'rcall') visitMethod(node, findings)
  else visitAll(operands(node), findings)
}

function operands(node: Exclude<ASTNode, { op: 'id' | 'rcall' }>): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

function visitAll(nodes: readonly ASTNode[], findings: Findings): void {
  for (const node of nodes) visit(node, findings)
}

function visitName(node: ASTNode & { op: 'id' }, { variables, bound }: Findings): void {
  const name = node.args
  if (bound.includes(name) || TYPE_NAMES.has(name)) return
  // The library looks variables up with their prototypes.
  if (name in Object.prototype) throw new TreeError(`unknown variable: ${name}`, node.start)
  variables.add(name)
}

/** Names of types are values in CEL, as in `type(x) == string`. */
const TYPE_NAMES = new Set(['int', 'uint', 'double', 'string', 'bool', 'bytes', 'list', 'map', 'type', 'null_type', 'dyn'])

function visitMethod(node: ASTNode & { op: 'rcall' }, findings: Findings): void {
  const [method, receiver, args] = node.args
  const [variable] = args
  if (receiver.op === 'id' && receiver.args === 'cel' && method === 'bind' && variable?.op === 'id') {
    visitBind(variable.args, args, findings)
    return
  }
  visit(receiver, findings)
  if (LOOPS.has(method) && args.length > 1 && variable?.op === 'id') {
    visitLoop(node, variable.args, args, findings)
    return
  }
  if (method === 'matches' && args.length === 1) redirect(node, variable)
  visitAll(args, findings)
}

function visitBind(name: string, [, value, body]: readonly ASTNode[], findings: Findings): void {
  if (value) visit(value, findings)
  if (body) visit(body, { ...findings, bound: [...findings.bound, name] })
}

function visitLoop(node: ASTNode, name: string, args: readonly ASTNode[], findings: Findings): void {
  const loops = findings.loops + 1
  if (loops > MAX_NESTED_LOOPS) throw new TreeError(`loops nest more than ${MAX_NESTED_LOOPS} deep`, node.start)
  visitAll(args.slice(1), { ...findings, loops, bound: [...findings.bound, name] })
}

function redirect(node: ASTNode & { op: 'rcall' }, pattern: ASTNode | undefined): void {
  // The method is looked up by name at the type check, which comes later; the declared type is read-only, the object is not.
  const args: [string, ASTNode, ASTNode[]] = node.args
  args[0] = LINEAR_MATCHES
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return
  try {
    compileRegex(pattern.args)
  } catch (error) {
    throw error instanceof RegexError ? new TreeError(error.message, pattern.start) : error
  }
}
