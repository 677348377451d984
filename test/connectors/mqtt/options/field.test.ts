import { expect, test } from 'vitest'
import { fieldOf, withField } from '../../../../src/connectors/mqtt/options/field.ts'

test.each<[string, string[], string | undefined]>([
  ['{"a":{"b":[{"id":7}]}}', ['a', 'b', '0', 'id'], '7'],
  ['{"id":"x"}', ['id'], 'x'],
  ['{"id":false}', ['id'], 'false'],
  ['"whole"', [], 'whole'],
  ['{"id":null}', ['id'], undefined],
  ['{"id":{}}', ['id'], undefined],
  ['{"id":1}', ['constructor'], undefined],
  ['not json', ['id'], undefined],
])('%s at %j', (payload, path, field) => expect(fieldOf(Buffer.from(payload), path)).toBe(field))

test.each<[unknown, string[], object | undefined]>([
  [{ a: 1 }, ['meta', 'id'], { body: { a: 1, meta: { id: 'new' } }, id: 'new' }],
  [undefined, ['id'], { body: { id: 'new' }, id: 'new' }],
  [{ id: 7 }, ['id'], { body: { id: 7 }, id: '7' }],
  [{ id: null }, ['id'], { body: { id: 'new' }, id: 'new' }],
  [[{}], ['0', 'id'], { body: [{ id: 'new' }], id: 'new' }],
  [[], ['0'], { body: ['new'], id: 'new' }],
  [[], ['1'], undefined],
  [{ id: {} }, ['id'], undefined],
  ['text', ['id'], undefined],
])('%j with an id at %j', (body, path, made) => {
  const before = JSON.stringify(body)
  expect(withField(body, path, 'new')).toEqual(made)
  expect(JSON.stringify(body)).toBe(before)
})
