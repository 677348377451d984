import { expect, test } from 'vitest'
import { isId, namesOf, withId } from '../../../../src/connectors/websocket/options/correlation.ts'

test.each<[object, string, object, string]>([
  [{ a: 1 }, '$.id', { a: 1, id: 'new' }, 'new'],
  [{}, 'meta.id', { meta: { id: 'new' } }, 'new'],
  [{ id: 'own' }, '$.id', { id: 'own' }, 'own'],
  [{ meta: { id: 7, b: 1 } }, '$.meta.id', { meta: { id: 7, b: 1 } }, '7'],
  [{ id: '' }, '$.id', { id: 'new' }, 'new'],
  [{ meta: 'text' }, '$.meta.id', { meta: { id: 'new' } }, 'new'],
])('%j at %s', (object, path, made, id) => {
  const before = JSON.stringify(object)
  expect(withId(object as Record<string, unknown>, namesOf(path), 'new')).toEqual({ object: made, id })
  expect(JSON.stringify(object)).toBe(before)
})

test('inherited members are no ids', () => expect(withId({}, ['constructor'], 'new').id).toBe('new'))

test.each([
  ['x', true],
  [0, true],
  ['', false],
  [null, false],
  [true, false],
])('%j is an id: %s', (value, is) => expect(isId(value)).toBe(is))
