/** How a token lives, on a clock that is moved by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuthUser } from '../../src/auth/scheme.ts'
import { hasTemplates, type Issued, tokenSource } from '../../src/auth/token.ts'
import { goBy } from '../../src/clock.ts'

let at = 0
let back = (): void => {}
beforeEach(() => {
  at = 0
  const never = () => () => {}
  back = goBy({ now: () => at, wallAnchor: () => 0, after: never, every: never, nextTurn: () => {}, isReal: false })
})
afterEach(() => back())

const USER: AuthUser = { id: 3, fields: () => ({}) }
const OTHER: AuthUser = { id: 4, fields: () => ({}) }

function source(issued: () => Promise<Issued<string>>, perUser = false, refreshBeforeMs = 10_000) {
  let count = 0
  const tokens = tokenSource<string>({
    perUser,
    refreshBeforeMs,
    issue: () => {
      count += 1
      return issued()
    },
    give: (value) => ({ headers: { authorization: value }, query: {} }),
  })
  return { tokens, fetched: () => count, value: (user = USER) => tokens.current(user, 'http://h').headers.authorization }
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('all wait for one fetch, and then nobody waits', async () => {
  const { tokens, fetched, value } = source(() => Promise.resolve({ value: 'a' }))
  await Promise.all([tokens.ready(USER), tokens.ready(OTHER)])
  expect([tokens.ready(USER), fetched(), value(), value(OTHER)]).toEqual([undefined, 1, 'a', 'a'])
})

test('each user has a token of its own where that is asked for', async () => {
  let n = 0
  const { tokens, value } = source(() => Promise.resolve({ value: `t${++n}` }), true)
  await tokens.ready(USER)
  await tokens.ready(OTHER)
  expect([value(USER), value(OTHER)]).toEqual(['t1', 't2'])
})

test('near its end it is renewed behind those who use it; past it they wait', async () => {
  let n = 0
  const { tokens, fetched, value } = source(() => Promise.resolve({ value: `t${++n}`, lifetimeMs: 60_000 }))
  await tokens.ready(USER)
  at = 49_999
  expect([tokens.ready(USER), fetched()]).toEqual([undefined, 1])
  at = 50_000
  expect([tokens.ready(USER), fetched(), value()]).toEqual([undefined, 2, 't1'])
  await settled()
  expect(value()).toBe('t2')
  at = 50_000 + 59_000
  expect(tokens.ready(USER)).toBeInstanceOf(Promise)
})

test('a short life is used for its first half, whatever refreshBefore says', async () => {
  const { tokens, fetched } = source(() => Promise.resolve({ value: 'a', lifetimeMs: 1000 }))
  await tokens.ready(USER)
  at = 499
  tokens.ready(USER)
  expect(fetched()).toBe(1)
  at = 500
  tokens.ready(USER)
  expect(fetched()).toBe(2)
})

test('a refused token goes, unless it is younger than the request or than a second', async () => {
  const { tokens } = source(() => Promise.resolve({ value: 'a' }))
  at = 100
  await tokens.ready(USER)
  at = 1099
  tokens.refused(USER, 500)
  expect(tokens.ready(USER)).toBeUndefined()
  at = 5000
  tokens.refused(USER, 50)
  expect(tokens.ready(USER)).toBeUndefined()
  tokens.refused(USER, 500)
  expect(tokens.ready(USER)).toBeInstanceOf(Promise)
})

test('a fetch that failed is told to those who wait, and tried again by the next', async () => {
  let fail = true
  const { tokens, fetched } = source(() => (fail ? Promise.reject(new Error('down')) : Promise.resolve({ value: 'a' })))
  await expect(tokens.ready(USER)).rejects.toThrow('down')
  expect(() => tokens.current(USER, 'http://h')).toThrow('before they were ready')
  fail = false
  await tokens.ready(USER)
  expect(fetched()).toBe(2)
})

test.each([
  [{ a: ['{{x}}'] }, true],
  [{ a: '{x}', b: 1 }, false],
])('%j has templates: %s', (block, has) => expect(hasTemplates(block)).toBe(has))
