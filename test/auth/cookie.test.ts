import { expect, test } from 'vitest'
import { authSchema } from '../../src/auth/index.ts'
import { startMock } from '../../src/mock/server.ts'
import { json, opened, tokenServer } from './harness.ts'

test('cookie: users are apart, and the target may change their cookies', async () => {
  const server = await tokenServer((_request, response, count) =>
    response
      .writeHead(302, { location: '/home', 'set-cookie': [`sid=session-${count}; Path=/; HttpOnly`, 'lang=en; Path=/'] })
      .end(),
  )
  const written = { type: 'cookie', request: { url: `${server.url}/login`, form: { user: 'a', password: 'hunter22' } } }
  const { attempt, secrets, source } = await opened(written)
  const url = `${server.url}/chat`
  expect((await attempt(0, url)).headers).toEqual({ cookie: 'sid=session-1; lang=en' })
  expect((await attempt(1, url)).headers).toEqual({ cookie: 'sid=session-2; lang=en' })
  expect((await attempt(0, url)).headers).toEqual({ cookie: 'sid=session-1; lang=en' })
  expect(server.seen).toHaveLength(2)
  expect(secrets).toEqual(['hunter22', 'session-1', 'hunter22', 'session-2'])
  const user = { id: 0, fields: () => authSchema.parse(written) }
  source.observe(user, url, ['sid=rotated!; Path=/; HttpOnly', 'lang=; Path=/; Max-Age=0'])
  expect((await attempt(0, url)).headers).toEqual({ cookie: 'sid=rotated!' })
  expect((await attempt(1, url)).headers).toEqual({ cookie: 'sid=session-2; lang=en' })
  expect((await attempt(0, 'http://other.example/chat')).headers).toEqual({})
  expect(secrets.at(-1)).toBe('rotated!')
})

test('cookie: logs in again before the session expires', async () => {
  const mock = await startMock({ tokenLifetimeSeconds: 100 })
  const { attempt, clock } = await opened({ type: 'cookie', request: { method: 'POST', url: `${mock.url}/login` } })
  const cookies = new Set<string | undefined>()
  for (const ms of [0, 50_000, 60_000]) {
    clock.ms += ms
    cookies.add((await attempt(0, mock.url)).headers.cookie)
  }
  expect(cookies.size).toBe(2)
  expect([...cookies][0]).toMatch(/^session=mock-token-0-/)
  await mock.close()
})

test('cookie: a login without a cookie failed', async () => {
  const server = await tokenServer((_request, response) => json(response, {}))
  await expect((await opened({ type: 'cookie', request: { url: server.url } })).attempt(0)).rejects.toThrow(
    'sets no cookie that may be kept',
  )
})
