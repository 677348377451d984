import { expect, test } from 'vitest'
import { AuthError, authSchema, secretsOf } from '../../src/auth/index.ts'
import { json, opened, tokenServer, until } from './harness.ts'

test('handshake: logs each user in once, finds the token, sends it as asked', async () => {
  const server = await tokenServer((request, response) =>
    json(response, { data: { token: `for-${JSON.parse(request.body).name}` }, ttl: 100 }, 201),
  )
  const request = {
    url: `${server.url}/auth`,
    headers: { 'X-Env': 'test' },
    json: { name: 'u{{user.id}}', password: 'hunter22' },
  }
  const written = {
    type: 'handshake',
    request,
    tokenPath: '$.data.token',
    expiresPath: '$.ttl',
    header: 'X-Auth',
    prefix: 'Token',
  }
  const block = authSchema.parse(written)
  const { attempt, clock, secrets } = await opened(written)
  const user = (id: number) => ({
    id,
    fields: () => ({ ...block, request: { ...request, json: { ...request.json, name: `u${id}` } } }),
  })
  for (const id of [0, 1, 0, 1]) expect((await attempt(user(id))).headers).toEqual({ 'x-auth': `Token for-u${id}` })
  expect(server.seen.map(({ method, headers, body }) => [method, headers['x-env'], headers['content-type'], body])).toEqual([
    ['POST', 'test', 'application/json', '{"name":"u0","password":"hunter22"}'],
    ['POST', 'test', 'application/json', '{"name":"u1","password":"hunter22"}'],
  ])
  expect(new Set(secrets)).toEqual(new Set(['hunter22', 'for-u0', 'for-u1']))
  expect(secretsOf(block)).toEqual(['hunter22'])
  clock.ms += 100_000
  await attempt(user(0))
  expect(server.seen).toHaveLength(3)
})

test('handshake: a token in a header, one for all, again after a time', async () => {
  const server = await tokenServer((_request, response, count) => json(response, {}, 200, { 'x-session': `session-${count}` }))
  const written = {
    type: 'handshake',
    request: { url: server.url, form: { user: 'a b', pin: 1234 } },
    tokenHeader: 'X-Session',
    prefix: '',
    per: 'run',
    refreshAfter: '1m',
  }
  const { attempt, clock, source } = await opened(written)
  expect((await attempt(0)).headers).toEqual({ authorization: 'session-1' })
  expect((await attempt(1)).headers).toEqual({ authorization: 'session-1' })
  expect([server.seen[0]?.body, secretsOf(authSchema.parse(written))]).toEqual(['user=a+b&pin=1234', ['1234']])
  clock.ms += 60_000
  const user = { id: 0, fields: () => authSchema.parse(written) }
  expect(source.ready(user)).toBeUndefined()
  await until(() => source.current(user, '').headers.authorization === 'session-2')
})

test.each<[string, object, number, object, string]>([
  ['refused', {}, 403, { message: 'wrong password' }, 'answered 403 Forbidden: wrong password'],
  ['no token at the path', { tokenPath: '$.a.b' }, 200, { a: {} }, 'has no token at $.a.b'],
  ['no such header', { tokenHeader: 'x-none' }, 200, {}, 'has no token at x-none'],
])('handshake: %s', async (_, more, status, body, message) => {
  const server = await tokenServer((_request, response) => json(response, body, status))
  const { attempt } = await opened({ type: 'handshake', request: { url: `${server.url}/in?x=hush` }, ...more })
  const error = await attempt(0).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(AuthError)
  expect(String(error)).toContain(message)
  expect(String(error)).not.toContain('hush')
  expect(server.seen[0]?.method).toBe('GET')
})
