import { expect, test } from 'vitest'
import { matches, memberAt, withMember } from '../../../src/connectors/sse/members.ts'

test.each<[Parameters<typeof matches>[0], boolean]>([
  [{ event: 'done' }, true],
  [{ event: 'other' }, false],
  [{ path: '$.state' }, true],
  [{ path: 'meta.gone' }, false],
  [{ path: '$.state', equals: 'end' }, true],
  [{ path: '$.meta.n', equals: 0 }, true],
  [{ path: '$.meta.n', equals: '0' }, false],
  [{ event: 'other', path: '$.state' }, false],
])('%j ends it: %s', (end, ends) => {
  const event = { name: 'done', data: '{"state":"end","meta":{"n":0}}' } as Parameters<typeof matches>[1]
  expect(matches(end, event)).toBe(ends)
})

test('inherited members and texts that are no JSON have no value', () => {
  expect([memberAt('{}', 'constructor'), memberAt('hello', '$.a'), memberAt('"text"', 'length')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('a value is set in a copy, with what is missing on its way', () => {
  const body = { a: 1, meta: { b: 2 } }
  expect(withMember(body, '$.meta.id', 'x')).toEqual({ a: 1, meta: { b: 2, id: 'x' } })
  expect(withMember('text', 'meta.id', 'x')).toEqual({ meta: { id: 'x' } })
  expect(body).toEqual({ a: 1, meta: { b: 2 } })
})
