import { expect, test } from 'vitest'
import { CheckTurns, isLong } from '../../../../src/engine/user/reply/check-turns.ts'
import { Exchange } from '../../../../src/exchange.ts'

/** One turn of the event loop, with all that promises have to do in it. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('one reply is checked in each turn, in the order in which they ended', async () => {
  const turns = new CheckTurns()
  const done: string[] = []
  const check = async (name: string) => {
    await turns.next()
    done.push(name)
  }
  const all = Promise.all([check('a'), check('b'), check('c')])
  const seen: string[] = []
  for (let n = 0; n < 10 && done.length < 3; n += 1) {
    await turn()
    seen.push(done.join(''))
  }
  await all
  expect([...new Set(seen)].filter((text) => text !== '')).toEqual(['a', 'ab', 'abc'])
})

test('those that come while others wait go last', async () => {
  const turns = new CheckTurns()
  const done: string[] = []
  const check = async (name: string) => {
    await turns.next()
    done.push(name)
  }
  const first = Promise.all([check('a'), check('b')])
  await turn()
  await Promise.all([first, check('c')])
  await check('d')
  expect(done).toEqual(['a', 'b', 'c', 'd'])
})

test.each([
  ['ok', 1001, true],
  ['ok', 1000, false],
  ['failed', 5000, false],
] as const)('a reply that is %s with %d characters or bytes is long: %s', (outcome, length, long) => {
  const made = (text: string) => {
    const exchange = new Exchange(0, { push: () => {}, end: () => {} }, () => {})
    if (text !== '') exchange.unit('text', text)
    return Object.assign(exchange, { outcome, bytesReceived: text === '' ? length : 1_000_000 })
  }
  expect([isLong(made('x'.repeat(length))), isLong(made(''))]).toEqual([long, long])
})
