import { expect, test } from 'vitest'
import { bodyOf, fieldMap, formFields, jsonBody, mapBody } from '../../../../src/templates/imports/request/body.ts'

const FORM = 'application/x-www-form-urlencoded'
test.each<[string, string | undefined, object]>([
  ['{"a":1}', 'application/json; charset=utf-8', { kind: 'json', value: { a: 1 } }],
  ['{"a":1}', 'application/vnd.api+json', { kind: 'json', value: { a: 1 } }],
  ['{"a":1}', undefined, { kind: 'text', text: '{"a":1}' }],
  ['{"a":', 'application/json', { kind: 'text', text: '{"a":' }],
  ['{"a":1,"a":2}', 'application/json', { kind: 'text', text: '{"a":1,"a":2}' }],
  ['{"a":9007199254740993}', 'application/json', { kind: 'text', text: '{"a":9007199254740993}' }],
  [
    'a=1&b=x+y',
    FORM,
    {
      kind: 'form',
      fields: [
        ['a', '1'],
        ['b', 'x y'],
      ],
    },
  ],
  ['a=1&b', FORM, { kind: 'text', text: 'a=1&b' }],
])('%s as %s', (text, type, body) => expect(bodyOf(text, type)).toEqual(body))

test.each([
  [
    'a=1&a=2&b=3',
    [
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
    ],
  ],
  ['a=1&b=3&a=2', undefined],
  ['b=1&2=x', undefined],
  ['a=%zz', undefined],
  ['=1', undefined],
  ['', undefined],
])('the fields of %j', (text, fields) => expect(formFields(text)).toEqual(fields))

test('fields of one name are a list', () => {
  expect(
    fieldMap([
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
    ]),
  ).toEqual({ a: ['1', '2'], b: '3' })
})

test('a change reaches every value, with the name of its field', () => {
  const upper = (value: unknown): unknown => JSON.parse(JSON.stringify(value).toUpperCase())
  expect(mapBody({ kind: 'form', fields: [['a', 'x']] }, upper)).toEqual({ kind: 'form', fields: [['a', 'X']] })
  expect(mapBody({ kind: 'text', text: 'x' }, upper)).toEqual({ kind: 'text', text: 'X' })
  expect(mapBody({ kind: 'json', value: { a: 'x' } }, upper)).toEqual({ kind: 'json', value: { A: 'X' } })
  expect(
    mapBody(
      {
        kind: 'multipart',
        parts: [
          { name: 'a', value: 'x' },
          { name: 'f', file: 'y' },
        ],
      },
      upper,
    ),
  ).toEqual({
    kind: 'multipart',
    parts: [
      { name: 'a', value: 'X' },
      { name: 'f', file: 'y' },
    ],
  })
})

test('what no file can hold is sent as text', () => {
  expect(jsonBody({ a: 'x' }, (text) => `<${text}>`)).toEqual({ kind: 'json', value: { a: '<x>' } })
  expect(
    jsonBody(
      { constructor: 'x' },
      (text) => text,
      (text) => `<${text}>`,
    ),
  ).toEqual({ kind: 'text', text: '<{"constructor":"x"}>' })
})
