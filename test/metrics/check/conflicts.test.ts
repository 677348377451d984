import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conflictsIn } from '../../../src/metrics/check/conflicts.ts'
import { drawn } from '../../support/share.ts'
import { run, usage } from './reply.ts'

const found = (...lines: readonly object[]) => conflictsIn(lines).map(({ path, message }) => [path.join('.'), message])

describe('checks that no reply can pass', () => {
  test.each<[readonly object[], string, string]>([
    [[{ json: { path: '$.a', exists: false, equals: 1 } }], '0.json.exists', '`equals: 1`'],
    [[{ json: { path: '$.a', equals: 5, gt: 6 } }], '0.json.gt', '`equals: 5`'],
    [[{ json: { path: '$.a', equals: 5, lte: '4' } }], '0.json.lte', '`equals: 5`'],
    [[{ json: { path: '$.a', equals: 1, 'not-equals': 1 } }], '0.json.not-equals', '`equals: 1`'],
    [[{ json: { path: '$.a', equals: 1, type: 'string' } }], '0.json.type', '`equals: 1`'],
    [[{ json: { path: '$.a', equals: 'ab', matches: '^b' } }], '0.json.matches', '`equals: "ab"`'],
    [[{ json: { path: '$.a', equals: 'ab', contains: 'c' } }], '0.json.contains', '`equals: "ab"`'],
    [[{ json: { path: '$.a', gt: 5, lt: 3 } }], '0.json.lt', '`gt: 5`'],
    [[{ json: { path: '$.a', gte: '3', lt: 3 } }], '0.json.lt', '`gte: "3"`'],
    [[{ json: { path: '$.a', gte: 3, lte: 3, 'not-equals': 3 } }], '0.json.lte', 'the other checks of this value'],
    [[{ json: { path: '$.a', type: 'integer', gt: 1, lt: 2 } }], '0.json.lt', 'the other checks of this value'],
    [[{ json: { path: '$.a', type: 'string', gt: 1 } }], '0.json.gt', '`type: "string"`'],
    [[{ json: { path: '$.a', type: 'boolean', contains: 'x' } }], '0.json.type', '`contains: "x"`'],
    [[{ json: { path: '$.a', type: 'null', matches: 'x' } }], '0.json.type', '`matches: "x"`'],
    [[{ json: '$.a' }, { json: { path: '$.a', exists: false } }], '1.json.exists', '`json: "$.a"`'],
    [[{ json: { path: '$.a', gt: 6 } }, { json: { path: '$.a', equals: 5 } }], '0.json.gt', '`equals: 5`'],
    [[{ header: { name: 'x-a', exists: false, equals: 'b' } }], '0.header.exists', '`equals: "b"`'],
    [[{ header: { name: 'x-a', equals: 'b', contains: 'c' } }], '0.header.contains', '`equals: "b"`'],
    [[{ header: 'x-a' }, { header: { name: 'X-A', exists: false } }], '1.header.exists', '`header: "x-a"`'],
    [[{ status: 200 }, { status: ['4xx', 500] }], '1.status', '`status: 200`'],
    [[{ finish: 'stop' }, { finish: ['length', 'tool_calls'] }], '1.finish', '`finish: "stop"`'],
    [[{ latency: '1s' }, { response_time: '> 2s' }], '1.response_time', '`latency: "1s"`'],
    [[{ tokens: 10, output_tokens: '20..30' }], '0.output_tokens', '`tokens: 10`'],
    [[{ equals: 'a b', contains: 'c' }], '0.contains', '`equals: "a b"`'],
    [[{ 'word-count': 3 }, { equals: 'a b' }], '0.word-count', '`equals: "a b"`'],
    [[{ equals: 'a' }, { 'is-json': true }], '1.is-json', '`equals: "a"`'],
    [[{ contains: 'a', 'not-contains': 'a' }], '0.not-contains', '`contains: "a"`'],
    [[{ 'not-contains': 'b' }, { 'contains-all': ['a', 'abc'] }], '1.contains-all', '`not-contains: "b"`'],
    [[{ 'starts-with': 'Hello' }, { 'not-icontains-any': ['x', 'hello'] }], '1.not-icontains-any', '`starts-with: "Hello"`'],
    [[{ 'is-json': true, 'not-is-json': true }], '0.not-is-json', '`is-json: true`'],
    [
      [
        { type: 'contains', value: 'ab' },
        { type: 'not-contains', value: 'b' },
      ],
      '1.value',
      '`contains: "ab"`',
    ],
  ])('%j: at %s, with %s', (lines, path, other) => {
    expect(found(...lines)).toEqual([[path, `no reply has both this and ${other}`]])
  })

  test.each([
    { 'not-word-count': { min: 0 } },
    { 'not-similar': { to: 'a', threshold: 0 } },
    { 'not-regex': '.*' },
    { 'not-regex': '^a?' },
    { expression: '1 == 2' },
  ])('%j passes nothing', (line) => {
    expect(found(line)).toEqual([[`0.${Object.keys(line)[0]}`, 'no reply can pass this']])
  })
})

test.each<[...object[]]>([
  [{ json: { path: '$.a', equals: 5, gt: 4 } }],
  [{ json: { path: '$.a', contains: 'x', matches: 'y', type: 'string', 'not-equals': 'x' } }],
  [{ json: { path: '$.a', type: 'array', contains: 'x' } }],
  [{ json: { path: '$.a', type: 'boolean', 'not-equals': true, matches: 'f' } }],
  [{ json: { path: '$.a', type: 'object', matches: 'b' } }],
  [{ json: { path: '$.a', type: 'integer', gt: 1.2, lte: '2' } }],
  [{ json: { path: '$.a', type: 'string', 'not-equals': '' } }, { json: { path: '$.a', 'not-equals': ' ' } }],
  [{ json: { path: '$.a', type: 'array', 'not-equals': [] } }, { json: { path: '$.a', 'not-equals': [0] } }],
  [{ json: { path: '$.a', type: 'object', 'not-equals': {} } }, { json: { path: '$.a', 'not-equals': { a: 0 } } }],
  [
    { json: { path: '$.a', type: 'string', contains: 'a', 'not-equals': 'a b' } },
    { json: { path: '$.a', contains: 'b', 'not-equals': 'a b ' } },
  ],
  [{ json: { path: '$.a', gt: '{{a}}', lt: 1 } }],
  [{ json: { path: '$.a', equals: '{{a}}', type: 'integer' } }],
  [{ json: { path: '$.a', equals: 1 } }, { json: { path: '$.b', equals: 2 } }],
  [{ json: { path: '$.a', equals: 1 } }, { json: { path: '$.a', equals: 2, in: 'text' } }],
  [{ json: { path: '$.a', gt: 'many' } }],
  [{ header: { name: 'a', contains: 'b', matches: 'c' } }],
  [{ status: '2xx' }, { status: [200, 404] }],
  [{ status: '{{a}}' }, { status: 200 }],
  [{ finish: 'stop' }, { finish: 'end_turn' }],
  [{ latency: '1s' }, { service_time: '> 2s' }],
  [{ equals: '{{a}}' }, { contains: 'b' }],
  [{ equals: 'a' }, { 'json-schema': 'a.json' }],
  [{ contains: 'b', countOnly: true }, { 'not-contains': 'b' }],
  [{ contains: 'a' }, { 'not-contains': 'ab' }],
  [{ 'contains-all': ['a', 'b'] }, { 'not-contains': 'a b' }],
  [{ icontains: 'A' }, { 'not-contains': 'A' }],
  [{ 'not-regex': '^$' }],
  [{ 'not-word-count': { min: 1 } }],
  [{ 'not-similar': 'a' }],
  [{ expression: '1 == 1' }, { expression: 'reply.status == 2' }, { expression: '{{a}} == 2' }],
  [{ expression: "size('abc')" }, { expression: 'null' }, { expression: '[]' }, { expression: "'yes'" }, { expression: '5' }],
  [{ tokens: 1e21, cost: 1e-7, latency: 1e-7 }],
  [{ nonsense: 1 }, { contains: '' }],
])('%j: some reply can pass', (...lines) => {
  expect(found(...lines)).toEqual([])
})

describe('what a reply passes has no conflict', () => {
  const word = fc.constantFrom('a', 'b', 'ab', 'A', 'a b')
  const text = fc.oneof(
    fc.tuple(
      fc.constantFrom('equals', 'contains', 'not-contains', 'icontains', 'not-icontains', 'starts-with', 'ends-with'),
      word,
    ),
    fc.tuple(fc.constantFrom('word-count', 'not-word-count'), fc.integer({ min: 0, max: 2 })),
  )
  const value = fc.constantFrom('', ' ', 'a', 'a b', [], [0], ['a'], {}, { a: 0 }, true, false, null, 0, 1, 1.5, 2)
  const absent = fc.constant({ exists: false })
  const limit = fc.constantFrom(-1, 0, 1, 1.5, 2, '2')
  const conditions = fc.record(
    {
      exists: fc.constant(true),
      equals: value,
      'not-equals': value,
      contains: value,
      matches: word,
      type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'object', 'array', 'null'),
      gt: limit,
      gte: limit,
      lt: limit,
      lte: limit,
    },
    { requiredKeys: [] },
  )
  const json = fc.record({ json: fc.oneof(absent, conditions).map((rest) => ({ path: '$.a', ...rest })) })
  const part = fc.record({ exists: fc.constant(true), equals: word, contains: word, matches: word }, { requiredKeys: [] })
  const header = fc.record({ header: fc.oneof(absent, part).map((rest) => ({ name: 'x-a', ...rest })) })
  const status = fc.record({ status: fc.constantFrom(200, 404, '2xx', '4XX', ['2xx', 404], [404, 500]) })
  const bound = fc.constantFrom(
    { tokens: 2 },
    { tokens: { threshold: 1 } },
    { output_tokens: '< 3' },
    { output_tokens: '!= 1' },
    { output_tokens: '1..2' },
    { output_tokens: '> 1' },
    { latency: 1200 },
    { latency: '2s' },
    { response_time: '> 1s' },
    { response_time: '!= 1s' },
  )
  const given = fc.record({
    text: word,
    body: fc.oneof(
      fc.constant({}),
      value.map((a) => ({ a })),
    ),
    exchange: fc.record({
      status: fc.constantFrom(200, 404, 500),
      headers: fc.oneof(
        fc.constant({}),
        word.map((one) => ({ 'x-a': one })),
      ),
      usage: fc.integer({ min: 0, max: 3 }).map(usage),
    }),
  })

  test.each<[string, fc.Arbitrary<object>]>([
    ['text', text.map(([key, expected]) => ({ [key]: expected }))],
    ['json', json],
    ['header', header],
    ['status', status],
    ['bounds', bound],
  ])('%s', (_, line) => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), given, (lines, reply) => {
        expect(found(...lines.filter((item) => run(item, reply).passed))).toEqual([])
      }),
      { numRuns: drawn(300) },
    )
  })
})
