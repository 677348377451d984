/** Paths at which faults change JSON. */
import { expect, test } from 'vitest'
import { changedAt, parsePlace } from '../../../src/faults/form/place.ts'

test.each([
  ['$.user.tags[0]', ['user', 'tags', 0]],
  ['user.name', ['user', 'name']],
  ['[1]', [1]],
  [String.raw`$['it\'s']["a.b"]`, ["it's", 'a.b']],
])('%s has its steps', (path, steps) => {
  expect(parsePlace(path)).toEqual(steps)
})

test.each(['', '$', '$.', '$..a', '$.a b', '$[-1]', 'a[', '$.a]'])('%j is no path', (path) => {
  expect(parsePlace(path)).toBeUndefined()
})

test('a change concerns all places of a path, in a copy; one that changes nothing gives no copy', () => {
  const payload = { items: [{ n: 1 }, {}, { n: 2 }] }
  const path = parsePlace('$.items[*].n') ?? []
  const changed = changedAt(payload, path, (owner, key, has) => {
    if (has) owner[key] = 'x'
    return has
  })
  expect(changed).toEqual({ changed: { items: [{ n: 'x' }, {}, { n: 'x' }] } })
  expect(payload).toEqual({ items: [{ n: 1 }, {}, { n: 2 }] })
  expect(changedAt(payload, parsePlace('$.items.n') ?? [], () => true)).toBeUndefined()
})

test('a path does not reach a prototype', () => {
  const path = parsePlace('$.__proto__.polluted') ?? []
  expect(changedAt({}, path, (owner, key) => Reflect.set(owner, key, 1))).toBeUndefined()
  expect(Object.prototype).not.toHaveProperty('polluted')
})
