import { expect, test } from 'vitest'
import { fits, isFilter, isTopic, Subscriptions } from '../../../src/mock/mqtt/filters.ts'

// MQTT 5.0, section 4.7
test.each([
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/+', 'a', false],
  ['a/+', 'a/b', true],
  ['+/+', '/a', true],
  ['#', '$SYS/a', false],
  ['+/a', '$SYS/a', false],
  ['$SYS/#', '$SYS/a', true],
  ['a/b', 'a/b/', false],
])('%s takes in %s: %s', (filter, topic, is) => expect(fits(filter, topic)).toBe(is))

test('topics and filters', () => {
  expect(['a/b', '', 'a/+', 'a\0'].map(isTopic)).toEqual([true, false, false, false])
  expect(['a/+/#', '#', 'a#', 'a/#/b', '+a', ''].map(isFilter)).toEqual([true, true, false, false, false, false])
})

const grant = (qos: 0 | 1 | 2, more: object = {}) => ({ qos, noLocal: false, asPublished: false, ...more })

test('each owner once, with the best of what its filters grant', () => {
  const table = new Subscriptions<string>()
  expect([
    table.add('ann', 'a/b', grant(0)),
    table.add('ann', 'a/b', grant(1)),
    table.add('ann', 'a/#', grant(0, { asPublished: true })),
  ]).toEqual([true, false, true])
  table.add('bob', 'c', grant(2))
  expect([...table.matching('a/b', undefined)]).toEqual([['ann', grant(1, { asPublished: true })]])
  expect(table.matching('a/x', undefined).size).toBe(1)
})

test('whoever wants none of its own gets none of its own, unless another filter takes it', () => {
  const table = new Subscriptions<string>()
  table.add('ann', 'a', grant(1, { noLocal: true }))
  expect([table.matching('a', 'ann').size, table.matching('a', 'bob').size]).toEqual([0, 1])
  table.add('ann', '#', grant(0))
  expect(table.matching('a', 'ann').get('ann')?.qos).toBe(0)
})

test('what is given up is gone, and all of an owner that leaves', () => {
  const table = new Subscriptions<string>()
  table.add('ann', 'a', grant(1))
  table.add('ann', 'b/+', grant(1))
  expect([table.remove('ann', 'a'), table.remove('ann', 'a'), table.remove('bob', 'b/+'), table.takesIn('ann', 'b/x')]).toEqual([
    true,
    false,
    false,
    true,
  ])
  table.forget('ann')
  expect([table.matching('b/x', undefined).size, table.takesIn('ann', 'b/x')]).toEqual([0, false])
})
