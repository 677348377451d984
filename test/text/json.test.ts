import { expect, test } from 'vitest'
import { isJsonContentType, isMap, isTooDeep, jsonIn, jsonOrText } from '../../src/text/json.ts'

test.each([
  ['{"a":[1,null]}', { a: [1, null] }],
  [' 7 ', 7],
  ['null', null],
])('%j is JSON', (text, value) => {
  expect(jsonIn(text)).toEqual(value)
  expect(jsonOrText(text)).toEqual(value)
})

test.each(['', 'hello', '{"a":1} x', "{'a':1}", 'NaN'])('%j is not: undefined, or the text itself', (text) => {
  expect(jsonIn(text)).toBeUndefined()
  expect(jsonOrText(text)).toBe(text)
})

test.each([
  ['application/json', true],
  [' application/JSON ; charset=utf-8', true],
  ['text/json', true],
  ['application/problem+json', true],
  ['application/grpc+json', false],
  ['application/jsonl', false],
  ['application/x-ndjson', false],
  ['application/json-seq', false],
  ['text/html; note=application/json', false],
])('%j stands for one value: %s', (type, is) => expect(isJsonContentType(type)).toBe(is))

test.each([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  ['{}', false],
  [undefined, false],
])('%j is a map: %s', (value, is) => expect(isMap(value)).toBe(is))

test.each([
  ['1,000 levels', `${'[{"a":'.repeat(500)}1${'}]'.repeat(500)}`, false],
  ['1,001 levels', `[${'[{"a":'.repeat(500)}1${'}]'.repeat(500)}]`, true],
  ['many lists beside one another', `[${'[],'.repeat(5000)}[]]`, false],
  ['brackets in a text', JSON.stringify(`"\\${'['.repeat(5000)}`), false],
])('%s: nested too deeply? %#', (_, text, is) => {
  expect([isTooDeep(text), jsonIn(text) === undefined]).toEqual([is, is])
})
