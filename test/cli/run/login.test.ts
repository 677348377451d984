/** A login that is refused ends a run before its load. */
import { expect, test } from 'vitest'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

/** A run against a target whose login server answers with this status; how it ended, and what both servers saw. */
async function ran(status: number | readonly number[], flags: readonly string[] = [], auth: object = {}) {
  const [home, mock] = [new Home(), await mockFor()]
  const statuses = [status].flat()
  const login = await webhookReceiver((_, nth) => ({
    status: statuses[nth - 1] ?? statuses.at(-1) ?? 500,
    body: JSON.stringify({ token: 'a-token-of-the-login' }),
  }))
  const block = { type: 'handshake', request: { url: login.url }, per: 'run', ...auth }
  home.write('s.json', chat(mock.url, { load: [{ users: 1, iterations: 3 }] }, { auth: block }))
  const { code, stderr } = await home.call(['run', 's.json', ...OUT, ...flags])
  return { code, stderr, result: home.result(), logins: login.received.length, requests: mock.log() }
}

test('nothing is sent to the target, and the reason is the login', async () => {
  const { code, result, logins, requests } = await ran(403)
  expect([code, logins, requests]).toEqual([3, 1, []])
  expect(result).toMatchObject({ verdict: 'could_not_test', totalMessages: 0 })
  expect(result.reason).toMatch(
    /^the login of target failed: http:\/\/127\.0\.0\.1:\d+\/? answered 403 Forbidden.*; mend its auth: block .*--no-preflight$/,
  )
})

test('one that is accepted is made again by the load, and its tokens are in no output', async () => {
  const { code, stderr, logins, requests } = await ran(200)
  expect([code, logins, requests.length], stderr).toEqual([0, 2, 3])
  expect(requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer a-token-of-the-login'))
})

test.each([
  ['fails for the moment', [503, 500, 200], 0, 4],
  ['is busy for the moment', [429, 200], 0, 3],
  ['fails three times', [503, 503, 503, 200], 3, 3],
])('a login server that %s is asked up to three times', async (_, statuses, exitCode, asked) => {
  const { code, stderr, logins } = await ran(statuses)
  expect([code, logins], stderr).toEqual([exitCode, asked])
})

test.each([
  ['--no-preflight', ['--no-preflight'], {}],
  ['a block with templates', [], { header: 'x-user-{{user.id}}' }],
])('%s: the attempts fail, each with its class', async (_, flags, auth) => {
  const { code, result, requests } = await ran(403, flags, auth)
  expect([code, requests, result.errors.map((error) => error.class)]).toEqual([3, [], ['auth_failed']])
})
