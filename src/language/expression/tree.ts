import type { ASTNode } from '@marcbachmann/cel-js'
import { compileRegex, RegexError } from '../regex.ts'

/** The name of the CEL function that is used in place of CEL's own `matches()`, whose regular expressions can take exponential time. */
export const LINEAR_MATCHES = 'matchesInLinearTime'

/** Deepest nesting of loops: `xs.all(x, ys.exists(y, …))` nests two, and its work is the product of both lengths. */
const MAX_NESTED_LOOPS = 3
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** One use of a variable in a CEL expression: its name, and its position in the expression. */
export interface NameUse {
  readonly name: string
  /** The members that are read of the variable, such as `json`, `id` for `reply.json.id`. */
  readonly rest: readonly string[]
  /** Offset of the variable in the expression, in characters from 0. */
  readonly offset: number
  /** True when the value is compared or computed with, or is itself the condition, so that a map is a mistake. */
  readonly isOperand: boolean
}

/** A part of an expression, from a start to an end offset in characters. */
type TextRange = readonly [start: number, end: number]

interface Findings {
  readonly uses: NameUse[]
  /** The nodes of the tree whose variable was renamed, each with the variable's original name. */
  readonly restored: [node: ASTNode, name: string][]
  /** The original names of variables, by the names that replace them in the tree. */
  readonly renamed: ReadonlyMap<string, string>
  /** True where the value of a variable would be compared, computed with, or taken for true or false. */
  readonly isOperand: boolean
  /** Names that loops and `cel.bind` around this part of the expression define. */
  readonly bound: readonly string[]
  readonly loops: number
}

/** Thrown for a part of an expression that is refused; `range.start` is its offset in characters from 0. */
class TreeError extends Error {
  readonly range: { readonly start: number }
  constructor(message: string, start: number) {
    super(message)
    this.range = { start }
  }
}

/** The outcome of inspecting an expression: the variables that it reads, and its constant parts. */
interface Inspected {
  readonly uses: readonly NameUse[]
  /** The largest parts of the expression that read no variable, except single literals. */
  readonly constants: readonly TextRange[]
  /** Gives renamed variables their original names back. Call it after the type check, which refuses these names. */
  restoreNames(): void
}

/**
 * Returns the variables that a parsed CEL expression reads, and its constant parts. Also replaces calls of `matches()` in the expression by calls of
 * a function that runs in linear time.
 * @throws Error whose `range` marks the wrong part of the expression
 */
export function inspect(root: ASTNode, renamed: ReadonlyMap<string, string>): Inspected {
  const uses: NameUse[] = []
  const restored: [node: ASTNode, name: string][] = []
  const constants: TextRange[] = []
  collectConstants(root, constants)
  visit(root, { uses, restored, renamed, isOperand: true, bound: [], loops: 0 })
  return {
    uses,
    constants,
    restoreNames() {
      // The type declares `args` read-only; the object itself can be changed.
      for (const [node, args] of restored) Object.assign(node, { args })
    },
  }
}

/** Collects the largest parts that read no variable. Plain values are left out. */
function collectConstants(node: ASTNode, constants: TextRange[]): void {
  if (node.op === 'value' || node.op === 'id') return
  if (isConstant(node)) constants.push([node.start, node.end])
  else for (const part of partsOf(node)) collectConstants(part, constants)
}

function isConstant(node: ASTNode): boolean {
  return node.op !== 'id' && partsOf(node).every(isConstant)
}

const partsOf = (node: Exclude<ASTNode, { op: 'id' }>) => (node.op === 'rcall' ? [node.args[1], ...node.args[2]] : operands(node))

function visit(node: ASTNode, findings: Findings): void {
  if (node.op === 'id') visitName(node, [], findings)
  else if (node.op === 'rcall') visitMethod(node, findings)
  else if (memberOf(node) !== undefined) visitMember(node, findings)
  else visitAll(operands(node), { ...findings, isOperand: computes(node) })
}

const OPERATORS = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '&&', '||', '!_', '-_'])
const CONVERSIONS = new Set(['int', 'uint', 'double', 'string', 'bool', 'timestamp', 'duration'])

/** True when a node needs single values, not maps. A map may be compared with null, with a map, and with what may hold one. */
function computes(node: ASTNode): boolean {
  if (node.op === 'call') return CONVERSIONS.has(node.args[0])
  if (node.op !== '==' && node.op !== '!=') return OPERATORS.has(node.op)
  return !node.args.some((side) => side.op === 'map' || (side.op === 'value' && side.args === null)) && !node.args.every(isName)
}

const isName = (node: ASTNode) => node.op === 'id'

/** Returns owner and name of `a.b` and `a["b"]`; undefined for any other node. */
function memberOf(node: ASTNode): { owner: ASTNode; name: string } | undefined {
  if (node.op === '.' || node.op === '.?') return { owner: node.args[0], name: node.args[1] }
  if (node.op !== '[]') return undefined
  const [owner, key] = node.args
  return key.op === 'value' && typeof key.args === 'string' ? { owner, name: key.args } : undefined
}

function visitMember(node: ASTNode, findings: Findings): void {
  const rest: string[] = []
  let at = node
  for (let found = memberOf(at); found; found = memberOf(at)) {
    rest.unshift(found.name)
    at = found.owner
  }
  if (at.op === 'id') visitName(at, rest, findings)
  else visit(at, findings)
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

function visitName(node: ASTNode & { op: 'id' }, rest: readonly string[], findings: Findings): void {
  const { uses, restored, renamed, isOperand, bound } = findings
  if (bound.includes(node.args) || TYPE_NAMES.has(node.args)) return
  const name = renamed.get(node.args) ?? node.args
  // The library would find inherited properties such as `constructor` as variables.
  if (name in Object.prototype) throw new TreeError(`unknown variable: ${name}`, node.start)
  if (name !== node.args) restored.push([node, name])
  uses.push({ name, rest, offset: node.start, isOperand })
}

/** Names of CEL types, which are values too, as in `type(x) == string`. */
const TYPE_NAMES = new Set(['int', 'uint', 'double', 'string', 'bool', 'bytes', 'list', 'map', 'type', 'null_type', 'dyn'])

function visitMethod(node: ASTNode & { op: 'rcall' }, around: Findings): void {
  const findings = { ...around, isOperand: false }
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
  // The later type check looks the method up by this name. The type declares `args` read-only; the object itself can be changed.
  const args: [string, ASTNode, ASTNode[]] = node.args
  args[0] = LINEAR_MATCHES
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return
  try {
    compileRegex(pattern.args)
  } catch (error) {
    throw error instanceof RegexError ? new TreeError(error.message, pattern.start) : error
  }
}
