/** Compiles JSONPath (RFC 9535), with regular expressions in linear time and a limit on the work of one query. */

import {
  type FilterFunction,
  FunctionExpressionType,
  JSONPathEnvironment,
  JSONPathError,
  type JSONPathQuery,
  jsonpath,
} from 'json-p3'
import { ColumnError } from '../column-error.ts'
import { cachedRegex, RegexError } from '../regex.ts'
import { legacyToRfc } from './legacy.ts'

/** The largest number of values that one query may look at: `$..*..*` on a large reply would run for minutes. */
const MAX_VISITS = 100_000
/** Longest path, in characters. */
const MAX_PATH = 1000
/** Deepest level that `..` reaches; replies of real targets have fewer than 20 levels. */
const MAX_DEPTH = 200

/** Thrown when a JSONPath is invalid, or takes too much work. `column` counts from 1 within the path as it was written. */
export class JsonPathError extends ColumnError {
  override name = 'JsonPathError'
}

/** A compiled JSONPath. It ignores inherited properties. A search that has looked at more than 100,000 values throws JsonPathError. */
export interface JsonPath {
  readonly source: string
  /** Returns the first value that the path finds; undefined when there is none. */
  first(value: unknown): unknown
  /** Returns all values that the path finds, in document order. */
  all(value: unknown): unknown[]
}

/** Compiles a JSONPath such as `$.a.b`; the older notations `a.b.0.c`, `a[0].b` and `items[*].id` are accepted too. @throws JsonPathError */
export function compileJsonPath(source: string): JsonPath {
  const query = compileAny(source.trim())
  checkPatterns(query)
  const steps = singularSteps(query)
  if (steps) return walk(source, steps)
  meter(query)
  return {
    source,
    first: (value) => search(query, value).next().value?.value,
    all: (value) => Array.from(search(query, value), (node) => node.value),
  }
}

// Queries run one at a time, each to its end or its first result, so one counter is enough.
let visitsLeft = 0

function spend(visits: number): void {
  visitsLeft -= visits
  if (visitsLeft < 0) throw new JsonPathError(`the path looks at more than ${MAX_VISITS} values of the reply`)
}

class MeteredEnvironment extends JSONPathEnvironment {
  protected override setupFilterFunctions(): void {
    super.setupFilterFunctions()
    this.functionRegister.set(
      'match',
      regexFunction((pattern) => `^(?:${pattern})$`),
    )
    this.functionRegister.set(
      'search',
      regexFunction((pattern) => pattern),
    )
  }

  override entries(...[object]: Parameters<JSONPathEnvironment['entries']>): ReturnType<JSONPathEnvironment['entries']> {
    const entries = Object.entries(object)
    spend(entries.length)
    return entries
  }
}

const environment = new MeteredEnvironment({ maxRecursionDepth: MAX_DEPTH })

/** Makes a replacement for the library's functions `match` and `search`, whose engine can take half a minute for 30 characters. */
function regexFunction(anchor: (pattern: string) => string): FilterFunction {
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call: (text: unknown, pattern: unknown) =>
      typeof text === 'string' && typeof pattern === 'string' && cachedRegex(anchor(pattern)).test(text),
  }
}

function compileAny(source: string): JSONPathQuery {
  if (source === '') throw new JsonPathError('expected a path such as $.a.b')
  if (source.length > MAX_PATH) throw new JsonPathError(`the path is longer than ${MAX_PATH} characters`, MAX_PATH + 1)
  const older = legacyToRfc(source)
  try {
    return environment.compile(older ?? source)
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw new JsonPathError((error as Error).message, 1, { cause: error })
    const column = older === undefined ? error.token.index + 1 : 1
    throw new JsonPathError(`bad path: ${error.message.replace(/ \('.*$/s, '')}`, column, { cause: error })
  }
}

/** Returns the names and indexes of a path that finds at most one value; undefined for any other path. */
function singularSteps(query: JSONPathQuery): (string | number)[] | undefined {
  if (!query.singularQuery()) return undefined
  const steps: (string | number)[] = []
  for (const { selectors } of query.segments) {
    const [selector] = selectors
    if (selector instanceof jsonpath.selectors.NameSelector) steps.push(selector.name)
    else if (selector instanceof jsonpath.selectors.IndexSelector) steps.push(selector.index)
    else return undefined
  }
  return steps
}

/** Makes a path of names and indexes only, as most paths are. It is evaluated without the library, which is faster. */
function walk(source: string, steps: readonly (string | number)[]): JsonPath {
  const first = (value: unknown): unknown => steps.reduce(child, value)
  return {
    source,
    first,
    all: (value) => {
      const found = first(value)
      return found === undefined ? [] : [found]
    },
  }
}

function child(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? value.at(step) : undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return undefined
  return (value as Record<string, unknown>)[step] // an own property was just seen
}

type Nodes = ReturnType<JSONPathQuery['lazyQuery']>

function* search(query: JSONPathQuery, value: unknown): Nodes {
  visitsLeft = MAX_VISITS
  try {
    yield* query.lazyQuery(value as Parameters<JSONPathQuery['lazyQuery']>[0]) // replies are JSON by construction
  } catch (error) {
    if (error instanceof JsonPathError) throw error
    throw new JsonPathError((error as Error).message.replace(/ \('.*$/s, ''), 1, { cause: error })
  }
}

/** Makes every selector of a query, also inside of filters, count the values that it looks at. */
function meter(query: JSONPathQuery): void {
  const { selectors: kinds } = jsonpath
  for (const selector of query.segments.flatMap((segment) => segment.selectors)) {
    const eager = selector.resolve.bind(selector)
    const lazy = selector.lazyResolve.bind(selector)
    const single = selector instanceof kinds.NameSelector || selector instanceof kinds.IndexSelector
    const cost = (value: unknown): number => (!single && Array.isArray(value) ? value.length + 1 : 1)
    selector.resolve = (node) => {
      spend(cost(node.value))
      return eager(node)
    }
    selector.lazyResolve = (node) => {
      spend(cost(node.value))
      return lazy(node)
    }
    if (selector instanceof kinds.FilterSelector) for (const inner of innerQueries(selector.expression)) meter(inner)
  }
}

/** Yields the parts of a filter that have no parts themselves: values, paths and functions. A function comes before its arguments. */
function* leaves(expression: unknown): Generator<unknown> {
  const { expressions } = jsonpath
  if (expression instanceof expressions.LogicalExpression) yield* leaves(expression.expression)
  else if (expression instanceof expressions.PrefixExpression) yield* leaves(expression.right)
  else if (expression instanceof expressions.InfixExpression) {
    yield* leaves(expression.left)
    yield* leaves(expression.right)
  } else {
    yield expression
    if (expression instanceof expressions.FunctionExtension) for (const argument of expression.args) yield* leaves(argument)
  }
}

function innerQueries(expression: unknown): JSONPathQuery[] {
  return [...leaves(expression)].flatMap((leaf) => (leaf instanceof jsonpath.expressions.FilterQuery ? [leaf.path] : []))
}

/** Compiles the patterns that are given as texts to `match` and `search`. @throws JsonPathError */
function checkPatterns(query: JSONPathQuery): void {
  const { expressions, selectors } = jsonpath
  for (const filter of query.segments.flatMap((segment) => segment.selectors)) {
    if (!(filter instanceof selectors.FilterSelector)) continue
    for (const leaf of leaves(filter.expression)) {
      if (leaf instanceof expressions.FilterQuery) checkPatterns(leaf.path)
      if (!(leaf instanceof expressions.FunctionExtension) || !/^(?:match|search)$/.test(leaf.name)) continue
      const pattern = leaf.args[1]
      if (pattern instanceof expressions.StringLiteral) checkPattern(pattern.value, pattern.token.index)
    }
  }
}

function checkPattern(pattern: string, offset: number): void {
  try {
    cachedRegex(pattern)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    throw new JsonPathError(error.message, offset + error.column, { cause: error })
  }
}
