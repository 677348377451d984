/** From each key of an `expect:` line to its test. */
import { compileExpression, ExpressionError } from '../../language/expression.ts'
import { BOUND_METRICS, type BoundMetric, boundTest, latencyTest } from './bound.ts'
import type { ExpectItem } from './schema.ts'
import {
  containsJson,
  containsTest,
  isJson,
  levenshteinTest,
  not,
  regexTest,
  similarTest,
  textTest,
  wordCountTest,
} from './text.ts'
import type { Test } from './types.ts'
import { finishTest, headerTest, jsonTest, statusTest } from './values.ts'

type Key = Exclude<keyof ExpectItem, 'itl' | 'javascript' | 'python'>
type Compiler<K extends Key> = (value: NonNullable<ExpectItem[K]>, written: ExpectItem[K]) => Test

const every = (wanted: readonly string[], fold: boolean) => {
  const tests = wanted.map((one) => containsTest(one, fold))
  return textTest((text) => tests.every((holds) => holds(text)))
}
const some = (wanted: readonly string[], fold: boolean) => {
  const tests = wanted.map((one) => containsTest(one, fold))
  return textTest((text) => tests.some((holds) => holds(text)))
}

const COMPILERS: { readonly [K in Exclude<Key, BoundMetric>]: Compiler<K> } = {
  status: statusTest,
  contains: (wanted) => textTest(containsTest(wanted)),
  icontains: (wanted) => textTest(containsTest(wanted, true)),
  'not-contains': (wanted) => textTest(not(containsTest(wanted))),
  'not-icontains': (wanted) => textTest(not(containsTest(wanted, true))),
  'contains-any': (wanted) => some(wanted, false),
  'contains-all': (wanted) => every(wanted, false),
  'icontains-any': (wanted) => some(wanted, true),
  'icontains-all': (wanted) => every(wanted, true),
  'starts-with': (wanted) => textTest((text) => text.startsWith(wanted)),
  'ends-with': (wanted) => textTest((text) => text.endsWith(wanted)),
  equals: (wanted) => textTest((text) => text === wanted),
  'not-equals': (wanted) => textTest((text) => text !== wanted),
  regex: (pattern) => textTest(regexTest(pattern)),
  'not-regex': (pattern) => textTest(not(regexTest(pattern))),
  'is-json': (wanted) => textTest((text) => isJson(text) === wanted),
  'contains-json': (wanted) => textTest((text) => containsJson(text) === wanted),
  json: (spec, written) => jsonTest(spec, written),
  header: headerTest,
  finish: finishTest,
  similar: (spec) => (typeof spec === 'string' ? similarTest(spec, 0.75) : similarTest(spec.to, spec.threshold ?? 0.75)),
  levenshtein: (spec) => (typeof spec === 'string' ? levenshteinTest(spec, 5) : levenshteinTest(spec.to, spec.max ?? 5)),
  'word-count': (spec) =>
    typeof spec === 'number' ? wordCountTest(spec, spec) : wordCountTest(spec.min ?? 0, spec.max ?? Number.POSITIVE_INFINITY),
  latency: latencyTest,
  expression: expressionTest,
}

/** The test of one key of a line. @throws what its compiler throws */
export function testOf(key: keyof ExpectItem, item: ExpectItem, written: ExpectItem): Test {
  const metric = BOUND_METRICS.find((name) => name === key)
  if (metric) return boundTest(metric, item[metric] ?? '')
  const compile = COMPILERS[key as keyof typeof COMPILERS] as Compiler<Key> // key and value come from the same item
  return compile(item[key] as NonNullable<ExpectItem[Key]>, written[key])
}

function expressionTest(source: string): Test {
  const expression = compileExpression(source)
  return (reply) => {
    try {
      const passed = expression.test(reply.scope() as Readonly<Record<string, unknown>>) // scopes are plain objects
      return { passed, observed: String(passed) }
    } catch (error) {
      if (error instanceof ExpressionError) return { passed: false, observed: error.message }
      throw error
    }
  }
}
