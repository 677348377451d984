import { expect, test } from 'vitest'
import { Memory } from '../../../src/mock/persona/memory.ts'

const turns = (text: string) => [{ role: 'user', text }] as const

test('the oldest of ten thousand goes first, and one that is kept again is young', () => {
  const memory = new Memory()
  for (let n = 0; n < 10_000; n += 1) memory.keep(String(n), turns(String(n)))
  memory.keep('0', turns('again'))
  memory.keep('new', turns('new'))
  expect([memory.recall('0'), memory.recall('1'), memory.recall('2'), memory.recall('new')]).toEqual([
    turns('again'),
    undefined,
    turns('2'),
    turns('new'),
  ])
  memory.clear()
  expect(memory.recall('new')).toBeUndefined()
})
