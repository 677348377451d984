import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { LocalError, UsageError } from '../../src/errors.ts'
import { resolveSettings } from '../../src/mock/persona/settings.ts'
import { startMock } from '../../src/mock/server.ts'
import { deadPort } from '../support/own-port.ts'
import { eventually, mockFor, post } from './harness.ts'

const json = async (reply: Response): Promise<unknown> => await reply.json()

test('root and health answer', async () => {
  const mock = await mockFor()
  expect(await json(await fetch(`${mock.url}/`))).toEqual({ name: 'burn mock', status: 'ok' })
  expect(await json(await fetch(`${mock.url}/health`))).toEqual({ status: 'ok' })
})

test('echo shows what arrived', async () => {
  const mock = await mockFor()
  const reply = await fetch(`${mock.url}/echo?a=1&b=x%20y`, {
    method: 'PUT',
    headers: { authorization: 'Bearer t' },
    body: '{"n":1}',
  })
  expect(await json(reply)).toMatchObject({
    method: 'PUT',
    path: '/echo',
    query: { a: '1', b: 'x y' },
    headers: { authorization: 'Bearer t' },
    body: '{"n":1}',
    json: { n: 1 },
  })
})

test('chat keeps the conversation under its id, or the session header', async () => {
  const mock = await mockFor({ tokens: 2 })
  const first = await json(await post(mock, '/chat', { message: 'One' }))
  expect(first).toEqual({
    reply: 'turn 1:',
    conversationId: 'conv-mock-0',
    usage: { inputTokens: 1, outputTokens: 2, reasoningTokens: 0 },
    finish: 'stop',
  })
  expect(await json(await post(mock, '/chat', { message: 'Two', conversationId: 'conv-mock-0' }))).toMatchObject({
    reply: 'turn 2:',
  })
  const headers = { 'x-session-id': 's' }
  for (const reply of ['turn 1:', 'turn 2:', 'turn 3:']) {
    expect(await json(await fetch(`${mock.url}/chat?message=hi`, { headers }))).toMatchObject({ reply, conversationId: 's' })
  }
})

test('the error route fails, the timeout route stays silent', async () => {
  const mock = await mockFor()
  expect((await post(mock, '/error', { message: 'x' })).status).toBe(500)
  const leaving = new AbortController()
  const silent = fetch(`${mock.url}/timeout`, { signal: leaving.signal })
  await eventually(() => mock.stats().inFlight === 1)
  leaving.abort()
  await expect(silent).rejects.toThrow()
  await eventually(() => mock.stats().inFlight === 0)
  expect(mock.stats().byOutcome).toMatchObject({ error: 1, stalled: 1 })
})

test('sse: unnamed events, then done', async () => {
  const mock = await mockFor({ tokens: 2 })
  const body = await (await fetch(`${mock.url}/sse?message=hi`)).text()
  expect(body).toBe(
    'data: {"text":"turn"}\n\ndata: {"text":" 1:"}\n\nevent: done\ndata: {"usage":{"inputTokens":1,"outputTokens":2,"reasoningTokens":0},"finish":"stop"}\n\n',
  )
})

test('login sets a cookie and returns the token', async () => {
  const reply = await post(await mockFor({ tokenLifetimeSeconds: 9 }), '/login', { user: 'u' })
  const { token, expires_in } = (await reply.json()) as { token: string; expires_in: number }
  expect(expires_in).toBe(9)
  expect(reply.headers.get('set-cookie')).toBe(`session=${token}; Path=/; HttpOnly; Max-Age=9`)
})

test.each([
  ['form', 'grant_type=client_credentials&client_id=a&client_secret=b&scope=s', {}, 200],
  ['basic', 'grant_type=client_credentials', { authorization: 'Basic YTpi' }, 200],
  ['no credentials', 'grant_type=client_credentials', {}, 401],
  ['other grant', 'grant_type=password', {}, 400],
])('oauth token: %s', async (_, body, headers, status) => {
  const mock = await mockFor()
  const ask = () =>
    fetch(`${mock.url}/oauth/token`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  const [first, second] = [await ask(), await ask()]
  expect(first.status).toBe(status)
  if (status !== 200) return
  const tokens = [await first.json(), await second.json()] as { access_token: string; expires_in: number }[]
  expect(tokens[0]).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
  expect(tokens[0]?.access_token).not.toBe(tokens[1]?.access_token)
})

test.each([
  ['no such path', 'GET', '/nowhere', undefined, 404],
  ['wrong method', 'GET', '/v1/chat/completions', undefined, 404],
  ['not a URL', 'GET', '//', undefined, 404],
  ['not JSON', 'POST', '/v1/chat/completions', '{', 400],
  ['no messages', 'POST', '/v1/chat/completions', '{"messages":[]}', 400],
  ['bad settings', 'POST', '/chat?mock={"tokns":1}', '{"message":"x"}', 400],
  ['settings that are no object', 'POST', '/chat?mock=5', '{"message":"x"}', 400],
])('rejected: %s', async (_, method, path, body, status) => {
  const mock = await mockFor()
  const reply = await fetch(mock.url + path, { method, ...(body === undefined ? {} : { body }) })
  expect(reply.status).toBe(status)
  expect(await json(reply)).toHaveProperty('error')
  expect(mock.stats()).toMatchObject({ requests: 1, byOutcome: { rejected: 1 } })
})

test('settings of one request come by header or query, and leave others alone', async () => {
  const mock = await mockFor({ tokens: 3 })
  const reply = async (query: string) => await json(await post(mock, `/chat${query}`, { message: 'x' }))
  expect(await reply('?mock={"tokens":1}')).toMatchObject({ reply: 'turn' })
  expect(await json(await post(mock, '/chat', { message: 'x' }, { tokens: 2 }))).toMatchObject({ reply: 'turn 1:' })
  expect(await reply('')).toMatchObject({ reply: 'turn 1: x' })
})

test('a request that asks for one fault gets it alone, whatever rates hold otherwise', async () => {
  const mock = await mockFor({ errorRate: 0.6, emptyRate: 0.4 })
  await (await post(mock, '/chat', { message: 'x' }, { truncateRate: 1 })).text()
  const leaving = new AbortController()
  const silent = fetch(`${mock.url}/timeout`, { signal: leaving.signal })
  await eventually(() => mock.stats().inFlight === 1)
  leaving.abort()
  await expect(silent).rejects.toThrow()
  await (await post(mock, '/chat', { message: 'x' }, { errorRate: 0 })).text()
  expect(mock.log().map((entry) => entry.outcome)).toEqual(['truncated', 'stalled', 'ok'])
})

test('control over HTTP: stats, log, settings, reset; itself never counted', async () => {
  const mock = await mockFor({ tokens: 2 })
  await (await post(mock, '/chat', { message: 'x' })).text()
  await (await fetch(`${mock.url}/health`)).text()
  const control = async (method: string, path: string, body?: string) =>
    await json(await fetch(`${mock.url}/__mock/${path}`, { method, ...(body === undefined ? {} : { body }) }))
  expect(await control('GET', 'stats')).toMatchObject({ requests: 2, byRoute: { chat: 1, health: 1 }, byOutcome: { ok: 2 } })
  expect(await control('GET', 'log?last=1')).toMatchObject([{ k: 1, method: 'GET', path: '/health' }])
  expect(await control('GET', 'log')).toMatchObject([{ k: 0, body: '{"message":"x"}', bodyBytes: 15 }, { k: 1 }])
  expect(await control('POST', 'settings', '{"tokens":1}')).toMatchObject({ tokens: 1, firstTokenMs: 0 })
  expect(await control('POST', 'settings', '{"tokens":-1}')).toHaveProperty('error')
  expect(await control('POST', 'reset')).toMatchObject({ requests: 0, byRoute: {}, byOutcome: { ok: 0 }, connectionsAccepted: 0 })
  expect(await json(await post(mock, '/chat', { message: 'x' }))).toMatchObject({ reply: 'turn', conversationId: 'conv-mock-0' })
})

test('the log keeps the last thousand', async () => {
  const mock = await mockFor()
  for (let i = 0; i < 1010; i += 1) await (await fetch(`${mock.url}/health`)).arrayBuffer()
  const log = mock.log()
  expect([log.length, log[0]?.k, log.at(-1)?.k]).toEqual([1000, 10, 1009])
  expect(mock.log(2).map((entry) => entry.k)).toEqual([1008, 1009])
})

test('connections are counted when they are made, and when they end; those of control are not', async () => {
  const mock = await mockFor()
  const sockets = [1, 2, 3].map(() => connect(mock.port, '127.0.0.1'))
  await eventually(() => mock.stats().connectionsOpen === 3)
  const stats = await json(await fetch(`${mock.url}/__mock/stats`))
  expect(stats).toMatchObject({ connectionsOpen: 3, connectionsAccepted: 3 })
  for (const socket of sockets) socket.destroy()
  await eventually(() => mock.stats().connectionsOpen === 0)
  expect(mock.stats().connectionsAccepted).toBe(3)
})

test('close cuts what is in flight and frees the port', async () => {
  const port = await deadPort()
  const mock = await startMock({ stallRate: 1 }, { port })
  const reply = await post(mock, '/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }], stream: true })
  await mock.close()
  await mock.close()
  await expect(reply.text()).rejects.toThrow()
  const again = await startMock({}, { port })
  expect(again.port).toBe(port)
  await again.close()
})

test('only loopback, only free ports, only known settings', async () => {
  await expect(startMock({}, { host: '0.0.0.0' })).rejects.toBeInstanceOf(UsageError)
  await expect(startMock({ tokens: -1 })).rejects.toBeInstanceOf(UsageError)
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await eventually(() => taken.listening)
  const address = taken.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  await expect(startMock({}, { port })).rejects.toBeInstanceOf(LocalError)
})

test.each([
  ['an unknown key', { tokns: 1 }, /tokns/],
  ['a rate above 1', { errorRate: 1.1 }, /errorRate/],
  ['rates that add up to more than 1', { errorRate: 0.6, resetRate: 0.6 }, /add up/],
  ['an unknown persona', { persona: 'pirate' }, /persona/],
])('settings refuse %s', (_, settings, message) => {
  expect(() => resolveSettings(settings)).toThrow(message)
})

test('explicit settings win over those of a persona', () => {
  expect(resolveSettings({ persona: 'flaky' })).toMatchObject({ errorRate: 0.2, gatewayTimeoutRate: 0.1, emptyRate: 0.1 })
  expect(resolveSettings({ persona: 'flaky', errorRate: 0 })).toMatchObject({ errorRate: 0, emptyRate: 0.1 })
})

test('an event stream keeps nothing of the replies that it has carried', async () => {
  const mock = await mockFor()
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  onTestFinished(() => void process.off('warning', listen))
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const stream = await fetch(`${mock.url}/sse/events?user=1`, { signal: stop.signal })
  let text = ''
  const reading = (async () => {
    for await (const part of stream.body ?? []) text += Buffer.from(part).toString()
  })().catch(() => {})
  for (let n = 1; n <= 12; n += 1) {
    await post(mock, '/sse/say', { message: 'hi', user: 1 })
    await eventually(() => text.split('event: done').length > n)
  }
  stop.abort()
  await reading
  expect(warnings.map(({ name }) => name)).toEqual([])
})
