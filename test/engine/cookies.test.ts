/** Cookies of a conversation: what the replies set, and what the next request carries. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type FaultServer, faultServer, reply } from '../servers/http-faults.ts'
import { runScenario } from '../support/run.ts'

let server: FaultServer
let headers: string[] = []
beforeAll(async () => {
  server = await faultServer({
    '/login': (socket) => {
      const lines = headers.map((header) => `Set-Cookie: ${header}\r\n`).join('')
      socket.write(`HTTP/1.1 200 OK\r\n${lines}content-length: 0\r\n\r\n`, 'latin1')
    },
    '/form': (socket) =>
      void socket.write(reply('', { location: '/app/home', 'set-cookie': 'sid=from-form; Path=/' }, '302 Found')),
    '/app/home': (socket) => void socket.write(reply('home', { 'set-cookie': 'seen=1' })),
    '/app/next': (socket) => void socket.write(reply('next')),
  })
})
afterEach(() => server.seen.splice(0))
afterAll(() => server.stop())

function run(paths: readonly string[], http: object = {}, more: object = {}) {
  return runScenario({
    name: 'cookies',
    target: { url: `${server.url}/base/chat`, http, ...more },
    conversation: { cookies: true },
    load: [{ iterations: 1 }],
    steps: paths.map((path) => ({ request: { method: 'POST', path } })),
  })
}

test.each<[string, string[], string | undefined]>([
  ['one', ['sid=1; Path=/'], 'sid=1'],
  ['a neighbour without a name', ['sid=1; Path=/', 'bare'], 'sid=1'],
  ['an empty neighbour', ['sid=1; Path=/', ''], 'sid=1'],
  ['commas in a value', ['sid=1; Path=/', 'prefs={"a":1, b=2}; Path=/', 'z=3; Path=/'], 'sid=1; prefs={"a":1, b=2}; z=3'],
  ['dates', ['a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT', 'b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], 'a=1'],
  ['one name twice: the last counts', ['a=1', 'a=2'], 'a=2'],
  ['a deleted one', ['a=1', 'a=; Max-Age=0'], undefined],
  ['refused neighbours', ['a=1', 'b=2; Domain=example.com', '__Host-c=3'], 'a=1'],
  ['bytes beyond ASCII go back as they came', ['a=\xe9\xfc'], 'a=\xe9\xfc'],
])('set by one reply: %s', async (_, given, expected) => {
  headers = given
  await run(['/login', '/ok'])
  expect(server.seen[1]?.headers.cookie).toBe(expected)
})

test('the path of a cookie is that of the request, not that of the target', async () => {
  await run(['/app/home', '/app/next', '/ok'])
  expect(server.seen.map(({ target, headers: { cookie } }) => [target, cookie])).toEqual([
    ['/app/home', undefined],
    ['/app/next', 'seen=1'],
    ['/ok', undefined],
  ])
})

test('what a redirect sets goes with the request that follows it', async () => {
  await run(['/form', '/app/next'], { maxRedirects: 1 })
  expect(server.seen.map(({ target, headers: { cookie } }) => [target, cookie])).toEqual([
    ['/form', undefined],
    ['/app/home', 'sid=from-form'],
    ['/app/next', 'seen=1; sid=from-form'],
  ])
})

test('cookies of the scenario stay beside those that the target sets', async () => {
  headers = ['sid=1']
  await run(['/login', '/ok'], {}, { headers: { Cookie: 'theme=dark' } })
  expect(server.seen[1]?.headers.cookie).toBe('theme=dark; sid=1')
})
