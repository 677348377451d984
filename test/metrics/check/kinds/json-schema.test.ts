import { describe, expect, test } from 'vitest'
import { compileCheck, expectSchema } from '../../../../src/metrics/check/check.ts'
import { compileJsonSchema } from '../../../../src/metrics/check/kinds/json-schema.ts'
import { costMeter } from '../../../support/cost.ts'
import { run } from '../reply.ts'

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

test.each<[string, string[], string[]]>([
  ['date', ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-13-01', '2024-1-1', '24-01-01', '2024-02-29 ']],
  ['time', ['12:30:00Z', '23:59:60+02:00', '00:00:00.123z'], ['24:00:00Z', '12:30Z', '12:30:00', '12:60:00Z']],
  [
    'date-time',
    ['2024-02-29T12:30:00Z', '2024-02-29t12:30:00-00:00', '2024-02-29 12:30:00Z'],
    ['2024-02-30T00:00:00Z', '2024-02-29'],
  ],
  ['email', ['a.b+c@h.example', 'a@h'], ['@h', 'a@', 'a b@h', 'a@-h', `${'x'.repeat(65)}@h`]],
  ['hostname', ['a', 'a-b.example', 'A1'], ['', '-a', 'a-', 'a..b', 'a_b', `${'a'.repeat(64)}.example`, 'a.'.repeat(127)]],
  ['ipv4', ['127.0.0.1'], ['256.0.0.1', '::1', '1.2.3']],
  ['ipv6', ['::1', 'fe80::1'], ['127.0.0.1', ':::']],
  ['uri', ['http://h/a', 'urn:a'], ['/a', 'h', 'http://']],
  [
    'uuid',
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'],
    ['123e4567e89b12d3a456426614174000'],
  ],
])('format %s', (format, good, bad) => {
  const validate = compileJsonSchema({ format })
  const fits = (text: string) => validate(text) === undefined
  for (const text of good) expect(fits(text), text).toBe(true)
  for (const text of bad) expect(fits(text), text).toBe(false)
})
