import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Exchange } from '../../src/exchange.ts'
import {
  type CheckedReply,
  compileCheck,
  compileRendered,
  type ExpectItem,
  expectSchema,
  hasTemplate,
  statusMatcher,
} from '../../src/metrics/check/check.ts'
import { similarity } from '../../src/metrics/check/text.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../../src/metrics/groups/catalogue.ts'
import { costMeter } from '../support/cost.ts'

interface Given {
  readonly text?: string
  readonly body?: unknown
  readonly exchange?: Partial<
    Pick<Exchange, 'status' | 'headers' | 'finishReason' | 'usage' | 'cost' | 'bytesReceived' | 'frames' | 'gapsMs'>
  >
}

/** Due at 0, sent at 100, first token at 300, last at 1100, ended at 1200 ms. */
function reply({ text = '', body, exchange = {} }: Given): CheckedReply {
  const settled = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
  const moments = {
    sentAt: 100,
    firstByteAt: 150,
    firstTokenAt: 300,
    firstOutputAt: 300,
    lastTokenAt: 1100,
    endedAt: 1200,
    outcome: 'ok',
  }
  Object.assign(settled, moments, exchange)
  return { exchange: settled, text, json: () => body, scope: () => ({ reply: { text, status: settled.status ?? null } }) }
}

const usage = (outputTokens: number) => ({
  inputTokens: 5,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens,
  reasoningTokens: null,
  visibleTokens: null,
  source: 'usage' as const,
  raw: null,
})

function lines(input: unknown): ExpectItem[] {
  return expectSchema.parse([input])
}

function run(input: unknown, given: Given) {
  const [line] = lines(input)
  if (!line) throw new Error('no line')
  return compileCheck(line).evaluate(reply(given))
}

describe('text', () => {
  const text = 'Hello, your Order 42 is on its way.'
  test.each<[ExpectItem, boolean]>([
    [{ contains: 'Order' }, true],
    [{ contains: 'order' }, false],
    [{ icontains: 'oRDER' }, true],
    [{ 'not-contains': 'refund' }, true],
    [{ 'not-contains': 'Order' }, false],
    [{ 'not-icontains': 'order' }, false],
    [{ 'contains-any': ['refund', 'Order'] }, true],
    [{ 'contains-any': ['refund', 'order'] }, false],
    [{ 'contains-all': ['Hello', 'Order'] }, true],
    [{ 'contains-all': ['Hello', 'refund'] }, false],
    [{ 'icontains-any': ['refund', 'order'] }, true],
    [{ 'icontains-all': ['HELLO', 'refund'] }, false],
    [{ 'starts-with': 'Hello' }, true],
    [{ 'starts-with': 'your' }, false],
    [{ 'ends-with': 'way.' }, true],
    [{ 'ends-with': 'way' }, false],
    [{ equals: text }, true],
    [{ equals: 'Hello' }, false],
    [{ 'not-equals': 'Hello' }, true],
    [{ regex: 'Order \\d+' }, true],
    [{ regex: '^Order' }, false],
    [{ 'not-regex': '^Order' }, true],
    [{ 'word-count': 8 }, true],
    [{ 'word-count': { min: 9 } }, false],
    [{ 'word-count': { max: 8 } }, true],
    [{ similar: 'hello, your order 43 is on its way!' }, true],
    [{ similar: { to: 'hello, your order 43 is on its way!', threshold: 0.99 } }, false],
    [{ similar: 'something else' }, false],
    [{ levenshtein: 'Hello, your Order 43 is on its way.' }, true],
    [{ levenshtein: { to: 'Hello, your Order 43 is on its way.', max: 0 } }, false],
    [{ 'is-json': false }, true],
    [{ 'is-json': true }, false],
    [{ 'contains-json': false }, true],
  ])('%j: %s', (item, passed) => {
    expect(run(item, { text }).passed).toBe(passed)
  })

  test('what was seen is short and on one line', () => {
    expect(run({ contains: 'x' }, { text: `one\n\ttwo ${'y'.repeat(500)}` }).observed).toBe(`"one two ${'y'.repeat(71)}…"`)
    expect(run({ contains: 'x' }, {}).observed).toBe('an empty reply')
    expect(run({ 'word-count': 3 }, { text: 'one two' }).observed).toBe('2 words')
    expect(run({ 'word-count': 3 }, { text: ' ' }).observed).toBe('0 words')
    expect(run({ similar: 'abcd' }, { text: 'abXX' }).observed).toBe('similarity 0.50: "abXX"')
    expect(run({ levenshtein: 'abcdefghij' }, { text: 'x' }).observed).toBe('distance 10: "x"')
  })

  test.each([
    ['{"a": [1]}', true, true],
    ['Here: ```json\n{"a": "}"}\n``` done', false, true],
    ['a [ b { "x": 1 } c', false, true],
    ['{not json} [1, 2', false, false],
    ['"text"', true, false],
    ['', false, false],
  ])('%j is JSON: %s, contains JSON: %s', (text, is, contains) => {
    expect([run({ 'is-json': true }, { text }).passed, run({ 'contains-json': true }, { text }).passed]).toEqual([is, contains])
  })

  test('hostile text costs little', () => {
    const spent = costMeter()
    expect(run({ 'contains-json': true }, { text: '['.repeat(1_000_000) }).passed).toBe(false)
    expect(run({ regex: '^(a+)+$' }, { text: `${'a'.repeat(50_000)}!` }).passed).toBe(false)
    expect(run({ similar: 'b'.repeat(100_000) }, { text: 'a'.repeat(1_000_000) }).passed).toBe(false)
    expect(run({ levenshtein: 'a' }, { text: 'a'.repeat(1_000_000) }).observed).toMatch(/^distance 999999/)
    expect(spent()).toBeLessThan(5000)
  })

  test('similarity', () => {
    expect([similarity('', ''), similarity('abc', 'ABC '), similarity('abcd', 'abXX'), similarity('a', '')]).toEqual([
      1, 1, 0.5, 0,
    ])
  })
})

describe('status, headers, finish', () => {
  test.each<[ExpectItem, number | undefined, boolean]>([
    [{ status: 200 }, 200, true],
    [{ status: 200 }, 201, false],
    [{ status: '2xx' }, 204, true],
    [{ status: '2XX' }, 301, false],
    [{ status: [200, '4xx'] }, 404, true],
    [{ status: [200, '4xx'] }, 500, false],
    [{ status: '404' }, 404, true],
    [{ status: 0 }, 0, true],
    [{ status: 200 }, undefined, false],
  ])('%j of %s: %s', (item, status, passed) => {
    expect(run(item, { exchange: { status } })).toEqual({
      passed,
      observed: status === undefined ? 'no status' : `status ${status}`,
    })
  })

  test('a matcher for the runner', () => {
    expect([200, 299, 300].map(statusMatcher('2xx'))).toEqual([true, true, false])
  })

  const headers = { 'content-type': 'application/json; charset=utf-8', 'x-id': 'abc-1' }
  test.each<[ExpectItem, boolean, string]>([
    [{ header: 'X-Id' }, true, 'x-id: abc-1'],
    [{ header: 'x-none' }, false, 'no header x-none'],
    [{ header: { name: 'x-none', exists: false } }, true, 'no header x-none'],
    [{ header: { name: 'x-id', exists: false } }, false, 'x-id: abc-1'],
    [{ header: { name: 'Content-Type', contains: 'json' } }, true, 'content-type: application/json; charset=utf-8'],
    [{ header: { name: 'x-id', equals: 'abc' } }, false, 'x-id: abc-1'],
    [{ header: { name: 'x-id', equals: 'abc-1', matches: '^[a-z]+-\\d$' } }, true, 'x-id: abc-1'],
    [{ header: { name: 'x-id', matches: '^\\d' } }, false, 'x-id: abc-1'],
    [{ header: '__proto__' }, false, 'no header __proto__'],
  ])('%j: %s', (item, passed, observed) => {
    expect(run(item, { exchange: { headers } })).toEqual({ passed, observed })
  })

  test.each<[ExpectItem, string | undefined, boolean]>([
    [{ finish: 'stop' }, 'stop', true],
    [{ finish: ['stop', 'end_turn'] }, 'end_turn', true],
    [{ finish: 'stop' }, 'length', false],
    [{ finish: 'stop' }, undefined, false],
  ])('%j of %s: %s', (item, finishReason, passed) => {
    expect(run(item, { exchange: { finishReason } }).passed).toBe(passed)
  })
})

describe('json', () => {
  const body = { id: 7, ratio: 0.5, name: 'Ada', tags: ['a', 'b'], nested: { ok: true, none: null }, items: [{ n: 1 }, { n: 2 }] }
  test.each<[ExpectItem['json'], boolean]>([
    ['$.name', true],
    ['$.none', false],
    ['$.nested.none', true],
    [{ path: '$.missing', exists: false }, true],
    [{ path: '$.name', exists: false }, false],
    [{ path: '$.name', equals: 'Ada' }, true],
    [{ path: '$.id', equals: 7 }, true],
    [{ path: '$.id', equals: '7' }, false],
    [{ path: '$.nested', equals: { none: null, ok: true } }, true],
    [{ path: '$.nested.none', equals: null }, true],
    [{ path: '$.name', 'not-equals': 'Bob' }, true],
    [{ path: '$.name', contains: 'd' }, true],
    [{ path: '$.tags', contains: 'b' }, true],
    [{ path: '$.tags', contains: 'c' }, false],
    [{ path: '$.items', contains: { n: 2 } }, true],
    [{ path: '$.id', contains: '7' }, false],
    [{ path: '$.name', matches: '^A' }, true],
    [{ path: '$.id', matches: '^7$' }, true],
    [{ path: '$.name', type: 'string' }, true],
    [{ path: '$.id', type: 'integer' }, true],
    [{ path: '$.id', type: 'number' }, true],
    [{ path: '$.ratio', type: 'integer' }, false],
    [{ path: '$.tags', type: 'array' }, true],
    [{ path: '$.tags', type: 'object' }, false],
    [{ path: '$.nested.none', type: 'null' }, true],
    [{ path: '$.nested.ok', type: 'boolean' }, true],
    [{ path: '$.id', gt: 6, lte: 7 }, true],
    [{ path: '$.id', gt: 7 }, false],
    [{ path: '$.id', gte: 7, lt: 8 }, true],
    [{ path: '$.id', lt: 7 }, false],
    [{ path: '$.name', gt: 1 }, false],
    [{ path: '$.items[*].n', equals: 1 }, true],
    [{ path: '$.items[-1].n', equals: 2 }, true],
  ])('%j: %s', (json, passed) => {
    expect(run({ json }, { body }).passed).toBe(passed)
  })

  test('what was seen', () => {
    expect(run({ json: { path: '$.nested', equals: 1 } }, { body }).observed).toBe('{"ok":true,"none":null}')
    expect(run({ json: '$.missing' }, { body }).observed).toBe('nothing at this path')
    expect(run({ json: { path: '$.a', exists: false } }, { body: undefined })).toEqual({
      passed: false,
      observed: 'the reply is not JSON',
    })
  })

  test('in: text looks into the generated text alone', () => {
    expect(run({ json: { path: '$.city', in: 'text', equals: 'Rome' } }, { body, text: '{"city":"Rome"}' }).passed).toBe(true)
    expect(run({ json: { path: '$.name', in: 'text' } }, { body, text: 'plain' }).observed).toBe('the reply is not JSON')
  })

  test('a path that asks for too much work fails the check, not the run', () => {
    const wide = Array.from({ length: 200 }, () => Array.from({ length: 1000 }, () => 1))
    expect(run({ json: '$..*[?@.x == 1]' }, { body: wide })).toMatchObject({
      passed: false,
      observed: expect.stringContaining('more than'),
    })
  })
})

describe('bounds', () => {
  const exchange = { usage: usage(41), frames: 41, bytesReceived: 2048, gapsMs: [5, 400, 10] }
  test.each<[ExpectItem, boolean, string]>([
    [{ ttft: '< 1s' }, true, '200ms'],
    [{ ttft: '<200ms' }, false, '200ms'],
    [{ ttft: '<= 200 ms' }, true, '200ms'],
    [{ ttft: '100ms..200ms' }, true, '200ms'],
    [{ ttft: '201ms .. 1s' }, false, '200ms'],
    [{ ttfb: '< 51ms' }, true, '50ms'],
    [{ response_time: '< 1.2s' }, false, '1.2s'],
    [{ service_time: '== 1100ms' }, true, '1.1s'],
    [{ e2e: '!= 1s' }, false, '1s'],
    [{ stall: '< 300ms' }, false, '400ms'],
    [{ tpot: '<= 20ms' }, true, '20ms'],
    [{ tokens_per_second: '> 40' }, true, '50/s'],
    [{ output_tokens: '10..200' }, true, '41'],
    [{ output_tokens: '> 50' }, false, '41'],
    [{ input_tokens: '== 5' }, true, '5'],
    [{ reply_bytes: '< 2KiB' }, false, '2 KiB'],
    [{ latency: 1200 }, true, '1.2s'],
    [{ latency: 1199.9 }, false, '1.2s'],
    [{ latency: '2s' }, true, '1.2s'],
    [{ latency: '< 1s' }, false, '1.2s'],
  ])('%j: %s', (item, passed, observed) => {
    expect(run(item, { exchange })).toEqual({ passed, observed })
  })

  test('a value that cannot be formed does not hold', () => {
    expect(run({ tpot: '< 1s' }, {})).toEqual({ passed: false, observed: 'tpot could not be formed' })
    expect(run({ cached_tokens: '< 10' }, { exchange })).toEqual({ passed: false, observed: 'cached_tokens could not be formed' })
  })

  test('bounds on time and speed are objectives, no other check is', () => {
    const objective = (item: ExpectItem) => compileCheck(item).objective
    expect([{ ttft: '< 1s' }, { latency: 100 }, { tokens_per_second: '> 5' }, { start_delay: '< 1s' }].map(objective)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect([{ status: 200 }, { output_tokens: '> 5' }, { reply_bytes: '< 5MB' }, { contains: 'a' }].map(objective)).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  test('every metric of an attempt can be bounded', () => {
    const units: Readonly<Record<string, string>> = { ms: 's', bytes: 'KB' }
    const bounds = ATTEMPT_DISTRIBUTIONS.map(({ name, unit }) => ({ [name]: `< 1${units[unit] ?? ''}` }))
    expect(bounds.length).toBeGreaterThan(15)
    expect(bounds.filter((bound) => !expectSchema.safeParse([bound]).success)).toEqual([])
  })
})

describe('expressions', () => {
  test.each([
    ['reply.text.contains("order") && reply.status == 200', true, 'true'],
    ['reply.text.size() < 3', false, 'false'],
  ])('%s: %s', (expression, passed, observed) => {
    expect(run({ expression }, { text: 'an order', exchange: { status: 200 } })).toEqual({ passed, observed })
  })

  test('one that breaks on a reply fails the check, not the run', () => {
    expect(run({ expression: 'reply.nothing == 1' }, {}).passed).toBe(false)
    expect(run({ expression: 'reply.text' }, { text: 'x' })).toMatchObject({
      passed: false,
      observed: expect.stringContaining('not true or false'),
    })
  })
})

describe('schema', () => {
  test('each key becomes a line of its own', () => {
    expect(lines({ status: 200, contains: 'order', ttft: '< 1s' })).toEqual([
      { status: 200 },
      { contains: 'order' },
      { ttft: '< 1s' },
    ])
  })

  test.each<[unknown, string]>([
    [{ ttft: '1s' }, '"1s" is not a bound on ttft; write "< 1s" or a range such as "low..high"'],
    [{ output_tokens: '10' }, '"10" is not a bound on output_tokens; write "> 10" or a range such as "low..high"'],
    [{ ttft: '< 800' }, 'a bound on ttft: expected a time with its unit, such as 800ms or 1.5s, got "800"'],
    [{ output_tokens: '< 1s' }, 'a bound on output_tokens: expected a number of tokens'],
    [{ ttft: '=< 1s' }, '"=<" in "=< 1s" is not a comparison'],
    [{ ttft: '2s..1s' }, 'the range "2s..1s" begins above its end'],
    [{ latency: '5 parsecs' }, 'is not a bound on response_time'],
    [{ itl: '< 1s' }, 'one reply has many gaps; use stall (the longest) or tpot (the mean), or a threshold on itl'],
    [{ javascript: 'true' }, 'no script of a scenario is run; use expression (CEL)'],
    [{ regex: 'a(' }, 'bad pattern'],
    [{ json: { path: '$.a', matches: '[' } }, ''],
    [{ expression: 'a &&' }, ''],
    [{ status: '2x' }, ''],
    [{ status: 'ok' }, ''],
    [{ contains: '' }, 'expected some text'],
    [{ 'contains-any': [] }, ''],
    [{ 'word-count': {} }, ''],
    [{ similar: { to: 'a', threshold: 2 } }, ''],
    [{ nonsense: 1 }, ''],
    [{}, 'expected at least one check, such as status: 200'],
  ])('%j is refused', (item, message) => {
    const { error } = expectSchema.safeParse([item])
    expect(error).toBeDefined()
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1))
  })

  test('a place inside an expression is told', () => {
    expect(expectSchema.safeParse([{ regex: 'ok a(' }]).error?.issues[0]).toMatchObject({
      path: [0, 'regex'],
      params: { offset: expect.any(Number), length: 1 },
    })
  })

  test('every field is described, and the JSON Schema can be made', () => {
    const schema = z.toJSONSchema(expectSchema, { io: 'input' })
    const item = schema.items as z.core.JSONSchema.JSONSchema
    const bare = Object.entries(item.properties ?? {}).filter(([, field]) => typeof field === 'object' && !field.description)
    expect(bare.map(([name]) => name)).toEqual([])
    expect(Object.keys(item.properties ?? {})).toContain('ttft')
  })
})

describe('labels', () => {
  test.each<[ExpectItem, string]>([
    [{ status: 200 }, 'status 200'],
    [{ status: [200, '4xx'] }, 'status 200, 4xx'],
    [{ ttft: '< 1s' }, 'ttft < 1s'],
    [{ 'is-json': true }, 'is-json'],
    [{ 'is-json': false }, 'is-json false'],
    [{ json: '$.a' }, 'json $.a'],
    [{ json: { path: '$.a', equals: 5, type: 'integer' } }, 'json $.a equals 5 type integer'],
    [{ header: { name: 'x-id', contains: 'a' } }, 'header x-id contains a'],
    [{ similar: { to: 'Hello', threshold: 0.9 } }, 'similar Hello threshold 0.9'],
    [{ 'word-count': { min: 2 } }, 'word-count min 2'],
    [{ contains: 'two\nlines' }, 'contains two lines'],
    [{ latency: 500 }, 'latency 500'],
    [{ status: 200, ttft: '< 1s' }, 'status 200, ttft < 1s'],
  ])('%j', (item, label) => {
    expect(compileCheck(item).label).toBe(label)
  })
})

test('a line with several keys holds when all of them do', () => {
  const both = compileCheck({ contains: 'a', status: 200 })
  expect(both.evaluate(reply({ text: 'a', exchange: { status: 200 } })).passed).toBe(true)
  expect(both.evaluate(reply({ text: 'a', exchange: { status: 500 } }))).toEqual({ passed: false, observed: 'status 500' })
  expect(compileCheck({ ttft: '< 1s', status: 200 }).objective).toBe(false)
})

describe('templates', () => {
  const [written = {}] = lines({ json: { path: '$.id', equals: '{{order}}' } })

  test('the schema lets them through everywhere', () => {
    const items = [
      { ttft: '< {{limit}}' },
      { status: '{{code}}' },
      { regex: '({{word}}' },
      { expression: '{{x}} == 1' },
      { json: '{{path}}' },
    ]
    expect(expectSchema.safeParse(items).success).toBe(true)
    expect(items.map(hasTemplate)).toEqual([true, true, true, true, true])
    expect(hasTemplate({ status: [200, 404] })).toBe(false)
  })

  test('the label stays as written, and text meets the number that it spells', () => {
    const check = compileRendered({ json: { path: '$.id', equals: '42' } }, written)
    expect(check.label).toBe('json $.id equals {{order}}')
    expect(check.evaluate(reply({ body: { id: 42 } })).passed).toBe(true)
    expect(check.evaluate(reply({ body: { id: '42' } })).passed).toBe(true)
    expect(check.evaluate(reply({ body: { id: 43 } })).passed).toBe(false)
  })

  test.each<[unknown, ExpectItem, string]>([
    [{ ttft: '< soon' }, { ttft: '< {{limit}}' }, 'a bound on ttft: expected a time'],
    [{ regex: 'a(' }, { regex: '{{re}}' }, 'bad pattern'],
    [{ status: 'fine' }, { status: '{{code}}' }, 'status'],
    [{ contains: '' }, { contains: '{{word}}' }, 'expected some text'],
    ['x', { contains: '{{word}}' }, ''],
  ])('%j cannot be used: the check fails and says so', (rendered, line, why) => {
    const check = compileRendered(rendered, line)
    const { passed, observed } = check.evaluate(reply({ text: 'a' }))
    expect(passed).toBe(false)
    expect(observed).toMatch(/^the check cannot be used: /)
    expect(observed).toContain(why)
    expect(check.label).toContain('{{')
  })

  test('what a template gives may hold braces of its own', () => {
    expect(compileRendered({ contains: '{{x' }, { contains: '{{word}}' }).evaluate(reply({ text: 'a {{x b' })).passed).toBe(true)
    expect(compileRendered({ regex: '{{x' }, { regex: '{{word}}' }).evaluate(reply({ text: 'a' })).passed).toBe(false)
  })
})

describe('JSON Schema', () => {
  const order = {
    type: 'object',
    required: ['id', 'items'],
    properties: {
      id: { type: 'string', pattern: '^A-\\d+$' },
      items: { type: 'array', uniqueItems: true, items: { type: 'object', properties: { price: { type: 'number' } } } },
      at: { type: 'string', format: 'date-time' },
    },
  }
  test.each<[string, boolean, string]>([
    ['{"id":"A-1","items":[]}', true, '"{"id":"A-1","items":[]}"'],
    ['{"id":"B-1","items":[]}', false, '$.id must match pattern "^A-\\d+$"'],
    ['{"id":"A-1"}', false, "$ must have required property 'items'"],
    ['{"id":"A-1","items":[{"price":"1"}]}', false, '$.items[0].price must be number'],
    ['{"id":"A-1","items":[{"a":1,"b":2},{"b":2,"a":1}]}', false, '$.items must NOT have duplicate items'],
    ['{"id":"A-1","items":[],"at":"2026-02-30T00:00:00Z"}', false, '$.at must match format "date-time"'],
    ['Here you are', false, 'not JSON: "Here you are"'],
  ])('%s: %s', (text, passed, observed) => {
    for (const key of ['json-schema', 'is-json'] as const) {
      expect(run({ [key]: order }, { text })).toEqual({ passed, observed })
      expect(run({ [`not-${key}`]: order }, { text })).toEqual({ passed: !passed, observed })
    }
  })

  test.each<[string, object, (string | number)[], string]>([
    ['a type that is none', { properties: { a: { type: 'strnig' } } }, ['properties', 'a', 'type'], 'not a JSON Schema'],
    ['an unknown keyword', { properties: { a: { tpye: 'string' } } }, ['properties', 'a', 'tpye'], 'unknown keyword: "tpye"'],
    ['an unknown format', { items: { format: 'colour' } }, ['items', 'format'], 'unknown format "colour"'],
    ['a pattern beyond RE2', { items: { pattern: '(?=a)' } }, ['items', 'pattern'], 'bad pattern'],
    ['another document', { items: { $ref: 'https://example.com/a.json' } }, ['items', '$ref'], "can't resolve reference"],
    ['itself without end', { $ref: '#' }, [], 'refers to itself without end'],
    ['a draft of old', { $schema: 'http://json-schema.org/draft-04/schema#' }, ['$schema'], 'is not known'],
    ['too much', { description: 'x'.repeat(70_000) }, [], 'larger than 64 KB'],
  ])('%s is found while the file is checked', (_what, schema, path, message) => {
    for (const key of ['json-schema', 'is-json']) {
      const all = expectSchema
        .safeParse([{ [key]: schema }])
        .error?.issues.flatMap((issue) =>
          issue.code === 'invalid_union'
            ? issue.errors.flat().map((one) => ({ ...one, path: [...issue.path, ...one.path] }))
            : [issue],
        )
      expect(all).toContainEqual(expect.objectContaining({ path: [0, key, ...path], message: expect.stringContaining(message) }))
    }
  })

  test('a hostile pattern takes linear time, and a long list of maps is compared in one pass', () => {
    const spent = costMeter()
    expect(run({ 'json-schema': { pattern: '^(a+)+$' } }, { text: `"${'a'.repeat(50_000)}!"` }).passed).toBe(false)
    const list = JSON.stringify(Array.from({ length: 12_000 }, (_, index) => ({ index })))
    expect(run({ 'json-schema': { uniqueItems: true } }, { text: list }).passed).toBe(true)
    expect(spent()).toBeLessThan(5000)
  })

  test('what is too large or nested too deeply is not judged, and its opposite does not hold either', () => {
    const tree = { properties: { a: { $ref: '#' } }, items: { $ref: '#' } }
    for (const text of [`"${'a'.repeat(300_000)}"`, `${'['.repeat(100_000)}${']'.repeat(100_000)}`])
      for (const key of ['json-schema', 'not-json-schema'])
        expect(run({ [key]: tree }, { text })).toMatchObject({ passed: false })
  })

  test('the label is the title, or the beginning of the schema', () => {
    expect(compileCheck({ 'json-schema': { title: 'An order' } }).label).toBe('json-schema An order')
    expect(compileCheck({ 'not-is-json': { type: 'object' } }).label).toBe('not-is-json {"type":"object"}')
  })
})

describe('opposites', () => {
  test.each<[ExpectItem, boolean]>([
    [{ 'not-starts-with': 'Hello' }, false],
    [{ 'not-starts-with': 'hello' }, true],
    [{ 'not-ends-with': 'you.' }, false],
    [{ 'not-contains-any': ['refund', 'Hello'] }, false],
    [{ 'not-contains-all': ['refund', 'Hello'] }, true],
    [{ 'not-icontains-any': ['refund', 'HELLO'] }, false],
    [{ 'not-icontains-all': ['HELLO', 'YOU'] }, false],
    [{ 'not-is-json': true }, true],
    [{ 'not-contains-json': true }, true],
    [{ 'not-similar': 'Hello, you.' }, false],
    [{ 'not-levenshtein': { to: 'Hello, you!', max: 1 } }, false],
    [{ 'not-word-count': { max: 1 } }, true],
  ])('%j: %s', (item, passed) => {
    expect(run(item, { text: 'Hello, you.' }).passed).toBe(passed)
  })
})

describe('the spellings of promptfoo', () => {
  test.each<[unknown, ExpectItem]>([
    [{ type: 'contains', value: 'order' }, { contains: 'order' }],
    [{ type: 'not-contains-any', value: ['a', 'b'] }, { 'not-contains-any': ['a', 'b'] }],
    [{ type: 'is-json' }, { 'is-json': true }],
    [{ type: 'not-is-json' }, { 'not-is-json': true }],
    [{ type: 'is-json', value: { type: 'object' } }, { 'is-json': { type: 'object' } }],
    [{ type: 'latency', threshold: 1000 }, { latency: { threshold: 1000 } }],
    [{ type: 'cost', threshold: 0.01 }, { cost: { threshold: 0.01 } }],
    [{ type: 'levenshtein', value: 'Hello', threshold: 3 }, { levenshtein: { to: 'Hello', max: 3 } }],
    [{ type: 'similar', value: 'Hello', threshold: 0.8 }, { similar: { to: 'Hello', threshold: 0.8 } }],
    [{ type: 'finish-reason', value: 'stop' }, { finish: 'stop' }],
  ])('%j', (written, own) => {
    expect(lines(written)).toEqual([own])
  })

  test.each<[unknown, string[], string]>([
    [{ type: 'contians', value: 'a' }, ['type'], 'there is no check contians'],
    [{ type: 'contains', value: 5 }, ['value'], 'contains: '],
    [{ type: 'contains' }, ['type'], 'contains: '],
    [{ value: 'a' }, ['value'], 'value goes with type'],
  ])('%j is refused', (written, path, message) => {
    const [issue] = expectSchema.safeParse([written]).error?.issues ?? []
    expect(issue).toMatchObject({ path: [0, ...path], message: expect.stringContaining(message) })
  })

  test.each<[unknown, boolean]>([
    [{ latency: { threshold: 1000 } }, false],
    [{ latency: { threshold: '2s' } }, true],
    [{ tokens: 20 }, true],
    [{ tokens: '> 20' }, false],
    [{ tokens: '5..20' }, true],
    [{ latency: '2s..3s' }, false],
    [{ tokens: { threshold: 10 } }, true],
    [{ cost: 0.01 }, true],
    [{ cost: { threshold: 0.001 } }, false],
    [{ cost: '< 0.02' }, true],
  ])('%j: %s', (item, passed) => {
    const exchange = { usage: usage(10), cost: 0.005 }
    expect(run(item, { exchange }).passed).toBe(passed)
  })
})

describe('finish reasons', () => {
  test.each<[string, string | string[], boolean, string]>([
    ['end_turn', 'stop', true, 'finish end_turn (stop)'],
    ['STOP', 'stop', true, 'finish STOP (stop)'],
    ['completed', 'stop', true, 'finish completed (stop)'],
    ['end_turn', 'end_turn', true, 'finish end_turn (stop)'],
    ['stop', 'end_turn', false, 'finish stop'],
    ['MAX_TOKENS', 'stop', false, 'finish MAX_TOKENS (length)'],
    ['max_output_tokens', ['stop', 'length'], true, 'finish max_output_tokens (length)'],
    ['tool_use', 'tool_calls', true, 'finish tool_use (tool_calls)'],
    ['SAFETY', 'content_filter', true, 'finish SAFETY (content_filter)'],
    ['pause_turn', 'pause_turn', true, 'finish pause_turn'],
  ])('%s against %s: %s', (finishReason, wanted, passed, observed) => {
    expect(run({ finish: wanted }, { exchange: { finishReason } })).toEqual({ passed, observed })
  })
})
