import { expect, test } from 'vitest'
import { Connections } from '../../../src/mock/state/connections.ts'

test('those that are there for control alone do not count', () => {
  const connections = new Connections()
  const [one, two, three] = [{}, {}, {}]
  for (const socket of [one, two, three]) connections.accept(socket)
  connections.control(one)
  connections.use(two)
  connections.control(two)
  expect(connections.stats()).toEqual({ connectionsOpen: 2, connectionsAccepted: 2 })
  connections.use(one)
  expect(connections.stats()).toEqual({ connectionsOpen: 3, connectionsAccepted: 3 })
  connections.drop(one)
  connections.drop(three)
  expect(connections.stats()).toEqual({ connectionsOpen: 1, connectionsAccepted: 3 })
})

test('after a reset no count falls below zero', () => {
  const connections = new Connections()
  const socket = {}
  connections.accept(socket)
  connections.reset()
  connections.control(socket)
  expect(connections.stats()).toEqual({ connectionsOpen: 1, connectionsAccepted: 0 })
})
