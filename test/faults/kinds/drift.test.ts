/** Requests whose JSON has another shape. */
import { expect, test } from 'vitest'
import { drawn } from '../drawn.ts'

const PAYLOAD = { id: 7, user: { name: 'Ann', tags: ['a', 'b'] }, items: [{ n: 1 }, { n: 2 }], on: true, gone: null }

test.each<[string, object, unknown]>([
  ['add', { drift: 'add', path: '$.user.extra', value: 1 }, { ...PAYLOAD, user: { ...PAYLOAD.user, extra: 1 } }],
  [
    'add to a list',
    { drift: 'add', path: '$.user.tags[1]', value: 'x' },
    { ...PAYLOAD, user: { name: 'Ann', tags: ['a', 'x', 'b'] } },
  ],
  ['add what is there', { drift: 'add', path: '$.id', value: 1 }, undefined],
  ['remove', { drift: 'remove', path: 'user.name' }, { ...PAYLOAD, user: { tags: ['a', 'b'] } }],
  ['remove from each entry', { drift: 'remove', path: '$.items[*].n' }, { ...PAYLOAD, items: [{}, {}] }],
  ['remove all entries', { drift: 'remove', path: '$.items[*]' }, { ...PAYLOAD, items: [] }],
  ['remove what is not there', { drift: 'remove', path: '$.user.age' }, undefined],
  ['rename', { drift: 'rename', path: "$['id']", to: 'key' }, { ...without('id'), key: 7 }],
  ['retype a number', { drift: 'retype', path: '$.id' }, { ...PAYLOAD, id: '7' }],
  ['retype a text', { drift: 'retype', path: '$.user.name' }, { ...PAYLOAD, user: { ...PAYLOAD.user, name: ['Ann'] } }],
  ['retype true', { drift: 'retype', path: '$.on' }, { ...PAYLOAD, on: 'true' }],
  ['retype null', { drift: 'retype', path: '$.gone' }, { ...PAYLOAD, gone: {} }],
  ['retype a map', { drift: 'retype', path: '$.items[0]' }, { ...PAYLOAD, items: ['{"n":1}', { n: 2 }] }],
  ['retype by a value', { drift: 'retype', path: '$.id', value: null }, { ...PAYLOAD, id: null }],
])('drift: %s', (_, entry, expected) => {
  const before = structuredClone(PAYLOAD)
  const injection = drawn(entry)
  const found = injection.does === 'drift' ? injection.change(PAYLOAD) : undefined
  expect(found?.changed).toEqual(expected)
  expect(PAYLOAD).toEqual(before)
})

function without(name: keyof typeof PAYLOAD): object {
  const { [name]: _, ...rest } = PAYLOAD
  return rest
}
