import { createRequire } from 'node:module'
import type { Environment, ParseResult } from '@marcbachmann/cel-js'
import { ColumnError } from '../column-error.ts'
import { cachedRegex } from '../regex.ts'
import { inspect, LINEAR_MATCHES, type NameUse } from './tree.ts'
import { renameReserved } from './words.ts'

export type { NameUse }

/** Longest expression, in characters. */
const MAX_EXPRESSION = 4000
const LIMITS = { maxAstNodes: 1000, maxDepth: 50, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 16 }

/** Thrown when a CEL expression cannot be compiled or evaluated. `column` counts from 1, at the beginning of the expression. */
export class ExpressionError extends ColumnError {
  override name = 'ExpressionError'
}

/** The variables of an expression: plain objects, lists, numbers, texts. A member may be a getter of a plain object. */
type ExpressionScope = Readonly<Record<string, unknown>>

/** A compiled expression of CEL (Common Expression Language). It can read only the variables that it is given, and its evaluation always ends. */
export interface Expression {
  readonly source: string
  /** Names of the variables that the expression reads, each once. */
  readonly variables: readonly string[]
  /** Every place where the expression reads a variable. */
  readonly uses: readonly NameUse[]
  /** Type of the result as far as it is known before evaluation: `bool`, `int`, `string` …, or `dyn` when it is not. */
  readonly type: string
  /** Returns the result as a JavaScript value, integers as numbers. Throws ExpressionError, also when a variable is missing. */
  evaluate(scope: ExpressionScope): unknown
  /** Returns the result of a condition. Throws ExpressionError, also when the result is neither true nor false. */
  test(scope: ExpressionScope): boolean
}

/** Compiles a CEL expression and checks its types. @throws ExpressionError */
export function compileExpression(source: string): Expression {
  if (source.length > MAX_EXPRESSION) throw new ExpressionError(`the expression is longer than ${MAX_EXPRESSION} characters`)
  const renamed = renameReserved(source)
  const program = guarded(() => environment().parse(renamed.source))
  const { uses, constants, restoreNames } = guarded(() => inspect(program.ast, renamed.names))
  const type = guarded(() => typeOf(program))
  restoreNames()
  const variables = [...new Set(uses.map(({ name }) => name))]
  const evaluate = (scope: ExpressionScope): unknown => guarded(() => toPlain(run(program, scope)))
  // An expression without variables gives the same result, or the same error, in every run.
  if (variables.length === 0) evaluate({})
  else for (const [start, end] of constants) checkPart(renamed.source.slice(start, end), start)
  return { source, variables, uses, type, evaluate, test: (scope) => truth(evaluate(scope)) }
}

/** Compiles a part of an expression that reads no variable, such as `1 / 0`, which also evaluates it. @throws ExpressionError */
function checkPart(part: string, start: number): void {
  // The text may begin or end within parentheses.
  const open = part.split('(').length - part.split(')').length
  const before = '('.repeat(Math.max(0, -open))
  const whole = before + part + ')'.repeat(Math.max(0, open))
  try {
    environment().parse(whole)
  } catch {
    return
  }
  try {
    compileExpression(whole)
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new ExpressionError(error.message, Math.max(1, start + error.column - before.length), { cause: error })
  }
}

const require = createRequire(import.meta.url)
let ready: Environment | undefined
/** Returns the CEL environment of all expressions. It is made for the first expression, because most scenarios have none. */
const environment = (): Environment => (ready ??= createEnvironment())

/** A CEL environment in which integers and fractions can be mixed: in JSON, 1 and 1.0 are the same number. */
function createEnvironment(): Environment {
  const library: typeof import('@marcbachmann/cel-js') = require('@marcbachmann/cel-js')
  const cel = new library.Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits: LIMITS })
  for (const [left, right] of [
    ['int', 'double'],
    ['double', 'int'],
  ] as const) {
    cel.registerOperator(`${left} + ${right}: double`, (a: number | bigint, b: number | bigint) => Number(a) + Number(b))
    cel.registerOperator(`${left} - ${right}: double`, (a: number | bigint, b: number | bigint) => Number(a) - Number(b))
    cel.registerOperator(`${left} * ${right}: double`, (a: number | bigint, b: number | bigint) => Number(a) * Number(b))
    cel.registerOperator(`${left} / ${right}: double`, (a: number | bigint, b: number | bigint) => Number(a) / Number(b))
    cel.registerOperator(`${left} % ${right}: double`, (a: number | bigint, b: number | bigint) => Number(a) % Number(b))
  }
  cel.registerOperator('double % double: double', (a: number, b: number) => a % b)
  cel.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) =>
    cachedRegex(pattern).test(text),
  )
  return cel
}

/** Returns the type of a program's result. It must be called before the first run, because the library prepares a program only in its type check. */
function typeOf(program: ParseResult): string {
  const checked = program.check()
  if (!checked.valid) throw checked.error ?? new Error('the types do not fit')
  return checked.type ?? 'dyn'
}

function run(program: ParseResult, scope: ExpressionScope): unknown {
  const result: unknown = program(scope)
  return result
}

function guarded<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof ExpressionError) throw error
    const { summary, message, range, column } = error as Error & { summary?: string; range?: { start: number }; column?: number }
    const text = worded((summary ?? message).replaceAll(LINEAR_MATCHES, 'matches'))
    throw new ExpressionError(text, range ? range.start + 1 : (column ?? 1), { cause: error })
  }
}

/** The token names of the CEL parser, in plain words. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  NUMBER: 'a number',
  STRING: 'a text',
  BOOLEAN: 'true or false',
  NULL: 'null',
  IDENTIFIER: 'a name',
  PLUS: '"+"',
  MINUS: '"-"',
  MULTIPLY: '"*"',
  DIVIDE: '"/"',
  MODULO: '"%"',
  EQ: '"=="',
  NE: '"!="',
  LT: '"<"',
  LE: '"<="',
  GT: '">"',
  GE: '">="',
  AND: '"&&"',
  OR: '"||"',
  NOT: '"!"',
  IN: '"in"',
  LPAREN: '"("',
  RPAREN: '")"',
  LBRACKET: '"["',
  RBRACKET: '"]"',
  LBRACE: '"{"',
  RBRACE: '"}"',
  DOT: '"."',
  COMMA: '","',
  COLON: '":"',
  QUESTION: '"?"',
  BYTES: 'bytes',
}

/** Converts a message of the CEL parser to plain words. */
function worded(text: string): string {
  const token = (name: string) => TOKENS[name] ?? name
  return text
    .replace(
      /^Expected ([A-Z]+), got ([A-Z]+)$/,
      (_, expected: string, got: string) => `expected ${token(expected)}, got ${token(got)}`,
    )
    .replace(/^Unexpected token: ([A-Z]+)$/, (_, got: string) => `unexpected ${token(got).replace(/^(?:a|the) /, '')}`)
    .replace(/^Unexpected character: '?(.*?)'?$/, (_, got: string) => `unexpected ${JSON.stringify(got)}`)
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new ExpressionError(`the condition gives ${value === null ? 'null' : `a ${typeof value}`}, not true or false`)
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), toPlain(item)]))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]))
  }
  const primitive: unknown = value.valueOf()
  return typeof primitive === 'bigint' ? Number(primitive) : String(value)
}
