import { UsageError } from '../../errors.ts'
import { compileExpression, ExpressionError } from '../../language/expression/expression.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../groups/catalogue.ts'
import { assertSetTest } from './assert-set.ts'
import { type BoundMetric, boundTest, latencyTest, mostTest } from './bound.ts'
import {
  duplicateTurnTest,
  languageTest,
  loopTest,
  perplexityScoreTest,
  perplexityTest,
  refusalTest,
  repetitionTest,
  truncatedTest,
} from './kinds/answer.ts'
import { finishTest } from './kinds/finish.ts'
import { containsMarkupTest, markupTest } from './kinds/markup.ts'
import { referencesTest, rougeTest } from './kinds/overlap.ts'
import {
  containsJson,
  containsTest,
  isJson,
  levenshteinTest,
  not,
  regexTest,
  schemaTest,
  similarTest,
  textTest,
  wordCountTest,
} from './kinds/text.ts'
import type { TextKey } from './kinds/text-schema.ts'
import { toolCallTest, toolNamesTest } from './kinds/tools.ts'
import type { Test } from './kinds/types.ts'
import type { ExpectItem } from './schema.ts'
import { headerTest, jsonTest, statusTest } from './values.ts'

type Key = Exclude<
  keyof ExpectItem,
  'itl' | 'name' | 'metric' | 'countOnly' | 'javascript' | 'python' | 'llm-rubric' | `not-${TextKey}`
>
type Compiler<K extends Key> = (value: NonNullable<ExpectItem[K]>, written: ExpectItem[K]) => Test

const every = (expected: readonly string[], fold: boolean) => {
  const tests = expected.map((one) => containsTest(one, fold))
  return textTest((text) => tests.every((holds) => holds(text)))
}
const some = (expected: readonly string[], fold: boolean) => {
  const tests = expected.map((one) => containsTest(one, fold))
  return textTest((text) => tests.some((holds) => holds(text)))
}

const COMPILERS: { readonly [K in Exclude<Key, Exclude<BoundMetric, 'cost'>>]: Compiler<K> } = {
  status: statusTest,
  contains: (expected) => textTest(containsTest(expected)),
  icontains: (expected) => textTest(containsTest(expected, true)),
  'contains-any': (expected) => some(expected, false),
  'contains-all': (expected) => every(expected, false),
  'icontains-any': (expected) => some(expected, true),
  'icontains-all': (expected) => every(expected, true),
  'starts-with': (expected) => textTest((text) => text.startsWith(expected)),
  'ends-with': (expected) => textTest((text) => text.endsWith(expected)),
  equals: (expected) => textTest((text) => text === expected),
  regex: (pattern) => textTest(regexTest(pattern)),
  'is-json': (expected) => (typeof expected === 'boolean' ? textTest((text) => isJson(text) === expected) : schemaTest(expected)),
  'json-schema': (schema) => {
    if (typeof schema === 'string') throw new UsageError(`the schema in ${schema} was not read`)
    return schemaTest(schema)
  },
  'contains-json': (expected) => textTest((text) => containsJson(text) === expected),
  json: (spec, written) => jsonTest(spec, written),
  header: headerTest,
  finish: finishTest,
  similar: (spec) => (typeof spec === 'string' ? similarTest(spec, 0.75) : similarTest(spec.to, spec.threshold ?? 0.75, spec.by)),
  levenshtein: (spec) => (typeof spec === 'string' ? levenshteinTest(spec, 5) : levenshteinTest(spec.to, spec.max ?? 5)),
  'word-count': (spec) =>
    typeof spec === 'number' ? wordCountTest(spec, spec) : wordCountTest(spec.min ?? 0, spec.max ?? Number.POSITIVE_INFINITY),
  'rouge-n': rougeTest,
  bleu: (spec) => referencesTest('bleu', spec),
  gleu: (spec) => referencesTest('gleu', spec),
  'assert-set': (spec) =>
    assertSetTest(spec, (part) => (Object.keys(part) as (keyof typeof part)[]).map((key) => testOf(key, part, part))),
  loop: loopTest,
  repetition: repetitionTest,
  truncated: truncatedTest,
  'is-xml': (expected) => markupTest('xml', expected),
  'contains-xml': (expected) => containsMarkupTest('xml', expected),
  'is-html': (expected) => markupTest('html', expected),
  'contains-html': (expected) => containsMarkupTest('html', expected),
  'is-sql': (expected) => markupTest('sql', expected),
  'contains-sql': (expected) => containsMarkupTest('sql', expected),
  perplexity: perplexityTest,
  'perplexity-score': perplexityScoreTest,
  'duplicate-turn': duplicateTurnTest,
  'tool-call': toolCallTest,
  'tool-call-f1': toolNamesTest,
  'is-refusal': (spec) => {
    if (typeof spec === 'object' && spec.file !== undefined) throw new UsageError(`the phrases in ${spec.file} were not read`)
    return refusalTest(spec)
  },
  language: languageTest,
  latency: latencyTest,
  tokens: (spec) => mostTest('output_tokens', spec),
  cost: (spec) => mostTest('cost', spec),
  expression: expressionTest,
}

/**
 * Compiles one check in an item of an `expect` block, the check under `key`, to a function that tests a reply. The prefix `not-` of a key reverses
 * the test.
 * @throws Error when the check does not compile
 */
export function testOf(key: keyof ExpectItem, item: ExpectItem, written: ExpectItem): Test {
  const positive = Object.hasOwn(COMPILERS, key) ? key : key.replace(/^not-/, '')
  const compile = COMPILERS[positive as keyof typeof COMPILERS] as Compiler<Key> | undefined // key and value come from the same item
  if (compile) {
    const test = compile(item[key] as NonNullable<ExpectItem[Key]>, written[key] as ExpectItem[Key])
    return positive === key ? test : not(test)
  }
  const metric = ATTEMPT_DISTRIBUTIONS.find(({ name }) => name === key)?.name
  if (metric === undefined || typeof item[metric] !== 'string') throw new UsageError(`there is no check ${key}`)
  return boundTest(metric, item[metric])
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
