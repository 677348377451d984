/** JSONPath of RFC 9535, with linear-time regular expressions and a bound on the work that one query may do. */
import {
  type FilterFunction,
  FunctionExpressionType,
  JSONPathEnvironment,
  JSONPathError,
  type JSONPathQuery,
  jsonpath,
} from 'json-p3'
import { cachedRegex } from '../regex.ts'
import { legacyToRfc } from './legacy.ts'

/** Values that one query may look at: `$..*..*` on a large reply would run for minutes. */
const MAX_VISITS = 100_000
/** Longest path, in characters. */
const MAX_PATH = 1000
/** Levels that `..` descends; replies of real targets have fewer than 20. */
const MAX_DEPTH = 200

/** A path that cannot be used, or that asks for too much work. `column` counts from 1 within the path as it was written. */
export class JsonPathError extends Error {
  override name = 'JsonPathError'
  readonly column: number
  constructor(message: string, column = 1, options?: ErrorOptions) {
    super(message, options)
    this.column = column
  }
}

/** A compiled path. Both searches see own properties only, and throw JsonPathError when they look at more than MAX_VISITS values. */
export interface JsonPath {
  readonly source: string
  /** The first value found; undefined when there is none. */
  first(value: unknown): unknown
  /** Every value found, in document order. */
  all(value: unknown): unknown[]
}

/** Compiles `$.a.b`, or one of the older forms `a.b.0.c`, `a[0].b`, `items[-1]`, `items[*].id`. Throws JsonPathError. */
export function compileJsonPath(source: string): JsonPath {
  const query = compileAny(source.trim())
  const steps = singularSteps(query)
  if (steps) return walk(source, steps)
  meter(query)
  return {
    source,
    first: (value) => search(query, value).next().value?.value,
    all: (value) => Array.from(search(query, value), (node) => node.value),
  }
}

// One query runs at a time and to its end or its first result, so one counter serves them all.
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

/** The library's own functions run on the backtracking engine, where 30 characters can take half a minute. */
function regexFunction(anchor: (pattern: string) => string): FilterFunction {
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call: (text: unknown, pattern: unknown) =>
      typeof text === 'string' && typeof pattern === 'string' && cachedRegex(anchor(pattern)).test(text),
  }
}

function compileAny(source: string): JSONPathQuery {
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

/** Names and indexes of a path that can find one value at most; undefined for any other path. */
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

/** Most paths name one value: a plain walk finds it without building nodes. */
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

/** Makes every selector of a query, those inside filters included, count what it looks at. */
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

function innerQueries(expression: unknown): JSONPathQuery[] {
  const { expressions } = jsonpath
  if (expression instanceof expressions.LogicalExpression) return innerQueries(expression.expression)
  if (expression instanceof expressions.PrefixExpression) return innerQueries(expression.right)
  if (expression instanceof expressions.InfixExpression)
    return [...innerQueries(expression.left), ...innerQueries(expression.right)]
  if (expression instanceof expressions.FunctionExtension) return expression.args.flatMap(innerQueries)
  return expression instanceof expressions.FilterQuery ? [expression.path] : []
}
