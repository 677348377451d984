import { expect, test } from 'vitest'
import { AuthError } from '../../src/auth/index.ts'
import { startMock } from '../../src/mock/server.ts'
import { json, opened, tokenServer, until } from './harness.ts'

const block = (url: string, more: object = {}) => ({
  type: 'oauth2',
  tokenUrl: `${url}/oauth/token`,
  clientId: 'my client',
  clientSecret: 's3cret:+/',
  ...more,
})

const counting = (expires: unknown) =>
  tokenServer((_request, response, count) =>
    json(response, { access_token: `token-${count}`, token_type: 'bearer', expires_in: expires }),
  )

test('basic: RFC 6749 encodes name and secret before base64; the form asks for what is wanted', async () => {
  const server = await counting(3600)
  const { attempt, secrets } = await opened(
    block(server.url, { scope: 'a b', audience: 'https://api', params: { resource: 'r&d' } }),
  )
  expect(await attempt(0)).toEqual({ headers: { authorization: 'Bearer token-1' }, query: {} })
  const [seen] = server.seen
  expect(seen?.method).toBe('POST')
  expect(Buffer.from(seen?.headers.authorization?.slice(6) ?? '', 'base64').toString()).toBe('my+client:s3cret%3A%2B%2F')
  expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
    grant_type: 'client_credentials',
    scope: 'a b',
    audience: 'https://api',
    resource: 'r&d',
  })
  expect(secrets).toEqual(['s3cret:+/', 'token-1'])
})

test('body: name and secret go in the form', async () => {
  const server = await counting(3600)
  await (await opened(block(server.url, { authStyle: 'body' }))).attempt(0)
  expect(server.seen[0]?.headers.authorization).toBeUndefined()
  expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'my client',
    client_secret: 's3cret:+/',
  })
})

test('one flight for many users, and no promise at all once the token is there', async () => {
  const server = await counting(3600)
  const { attempt, source } = await opened(block(server.url))
  const all = await Promise.all(Array.from({ length: 50 }, (_, user) => attempt(user)))
  expect(new Set(all.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer token-1']))
  expect(server.seen).toHaveLength(1)
  expect(source.ready({ id: 7, fields: () => block(server.url) })).toBeUndefined()
})

test.each<[object, number]>([
  [{}, 1],
  [{ per: 'user' }, 3],
  [{ scope: '{{user.id}}' }, 3],
  [{ scope: '{{user.id}}', per: 'run' }, 1],
])('%j: three users need %i tokens', async (more, tokens) => {
  const server = await counting(3600)
  const { attempt } = await opened(block(server.url, more))
  for (const user of [0, 1, 2, 0]) await attempt(user)
  expect(server.seen).toHaveLength(tokens)
})

test('a block with templates gets a token for each user, from that user', async () => {
  const server = await counting(3600)
  const { attempt } = await opened(block(server.url, { clientId: 'client-{{user.id}}', authStyle: 'body' }))
  const user = (id: number) => ({ id, fields: () => block(server.url, { clientId: `client-${id}`, authStyle: 'body' }) })
  expect((await attempt(user(0))).headers).not.toEqual((await attempt(user(1))).headers)
  expect(server.seen.map(({ body }) => new URLSearchParams(body).get('client_id'))).toEqual(['client-0', 'client-1'])
})

test('a token is renewed behind the users before it expires; nobody waits', async () => {
  const server = await counting(100)
  const { attempt, clock, source } = await opened(block(server.url))
  const user = { id: 0, fields: () => block(server.url) }
  await attempt(0)
  clock.ms += 69_999
  expect(source.ready(user)).toBeUndefined()
  expect(server.seen).toHaveLength(1)
  clock.ms += 1
  expect(source.ready(user)).toBeUndefined()
  expect(source.current(user, '').headers.authorization).toBe('Bearer token-1')
  expect(source.ready(user)).toBeUndefined()
  await until(() => source.current(user, '').headers.authorization === 'Bearer token-2')
  expect(server.seen).toHaveLength(2)
  // Past its end there is nothing to use, and the attempt waits.
  clock.ms += 100_000
  expect(source.ready(user)).toBeInstanceOf(Promise)
  expect((await attempt(0)).headers.authorization).toBe('Bearer token-3')
})

test('a renewal that fails leaves the old token in use, and is tried again after a second', async () => {
  const server = await tokenServer((_request, response, count) =>
    count === 2
      ? json(response, { error: 'temporarily_unavailable' }, 503)
      : json(response, { access_token: `token-${count}`, expires_in: '100' }),
  )
  const { attempt, clock } = await opened(block(server.url))
  await attempt(0)
  clock.ms += 80_000
  expect((await attempt(0)).headers.authorization).toBe('Bearer token-1')
  await until(() => server.seen.length === 2)
  for (let round = 0; round < 100; round += 1) {
    expect((await attempt(0)).headers.authorization).toBe('Bearer token-1')
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(server.seen).toHaveLength(2)
  clock.ms += 1001
  await attempt(0)
  await until(() => server.seen.length === 3)
})

test('a refused token is dropped, but not one that came after the refused request, nor a brand-new one', async () => {
  const server = await counting(undefined)
  const { attempt, clock, source } = await opened(block(server.url))
  const user = { id: 0, fields: () => block(server.url) }
  await attempt(0)
  source.refused(user, clock.ms)
  expect(source.ready(user)).toBeUndefined()
  clock.ms += 5000
  source.refused(user, 500)
  expect(source.ready(user)).toBeUndefined()
  source.refused(user, clock.ms)
  expect((await attempt(0)).headers.authorization).toBe('Bearer token-2')
})

test.each<[string, number, object | string, string]>([
  [
    'an OAuth error',
    401,
    { error: 'invalid_client', error_description: 'who are you' },
    'answered 401 Unauthorized: invalid_client: who are you',
  ],
  ['a page', 502, '<html>secret-page</html>', 'answered 502 Bad Gateway'],
  ['a redirect', 302, {}, 'answered 302 Found'],
  ['no token', 200, { token: 'x' }, 'has no access_token'],
  ['no JSON', 200, 'ok', 'has no access_token'],
  ['another type', 200, { access_token: 'x', token_type: 'mac' }, 'issues tokens of type mac'],
  ['too much', 200, 'x'.repeat(1024 * 1024 + 1), 'is larger than 1048576 bytes'],
])('%s is auth_failed', async (_, status, body, message) => {
  const server = await tokenServer((_request, response) =>
    response.writeHead(status, { location: '/elsewhere' }).end(typeof body === 'string' ? body : JSON.stringify(body)),
  )
  const { attempt } = await opened(block(server.url))
  const error = await attempt(0).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(AuthError)
  expect(error).toMatchObject({ class: 'auth_failed', phase: 'connect', message: expect.stringContaining(message) })
  expect(String(error)).not.toContain('secret-page')
  expect(server.seen).toHaveLength(1)
})

test('a server that stays silent, is not there, or ends the line: one try, and no query in the message', async () => {
  const silent = await tokenServer(() => {})
  const late = (await opened(block(silent.url, { timeout: '50ms' }))).attempt(0)
  await expect(late).rejects.toThrow(`no token from ${silent.url}/oauth/token: no whole answer within 50ms`)
  const cut = await tokenServer((_request, response) => response.destroy())
  await expect((await opened(block(`${cut.url}/a?code=hush&more=`))).attempt(0)).rejects.toThrow(/^no token from (?!.*hush)/)
  expect(cut.seen).toHaveLength(1)
  await expect((await opened(block('http://127.0.0.1:1'))).attempt(0)).rejects.toThrow('ECONNREFUSED')
  await expect((await opened(block('ftp://x'))).attempt(0)).rejects.toThrow('is no http or https address')
})

test('the end of the run ends the wait', async () => {
  const silent = await tokenServer(() => {})
  const over = new AbortController()
  const { attempt } = await opened(block(silent.url), { signal: over.signal })
  const waiting = expect(attempt(0)).rejects.toThrow(AuthError)
  await until(() => silent.seen.length === 1)
  over.abort()
  await waiting
})

test('the mock issues tokens, also by its short address', async () => {
  const mock = await startMock({ tokenLifetimeSeconds: 60 })
  const { attempt } = await opened(block('mock:'), { resolveUrl: (url) => url.replace('mock:', mock.url) })
  expect((await attempt(0)).headers.authorization).toMatch(/^Bearer mock-token-0-[0-9a-f]{8}$/)
  await mock.close()
})
