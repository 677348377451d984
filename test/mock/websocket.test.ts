import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import type { Mock } from '../../src/mock/server.ts'
import { eventually, mockFor } from './harness.ts'

/** A client of the mock, and all that it hears. */
async function client(mock: Mock, path: string, settings?: MockOverrides) {
  const own = settings === undefined ? {} : { 'x-mock': JSON.stringify(settings) }
  const socket = new WebSocket(mock.url + path, { headers: own })
  const heard: string[] = []
  let ended: string | undefined
  let pings = 0
  socket.on('message', (data) => void heard.push(data.toString()))
  socket.on('ping', () => {
    pings += 1
  })
  socket.on('error', () => {})
  socket.on('close', (code, reason) => {
    ended = `${code} ${reason}`.trim()
  })
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return {
    socket,
    heard,
    json: () => heard.map((one) => JSON.parse(one)),
    say: (message: unknown) =>
      socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message)),
    ended: () => ended,
    pings: () => pings,
  }
}

test('/ws sends back what comes, text and binary', async () => {
  const mock = await mockFor()
  const { socket, heard, say } = await client(mock, '/ws')
  const kinds: boolean[] = []
  socket.on('message', (_data, binary) => void kinds.push(binary))
  say('naïve 🔥')
  say(Buffer.from([0, 1, 0xff]))
  say('')
  await eventually(() => heard.length === 3)
  expect(heard).toEqual(['naïve 🔥', Buffer.from([0, 1, 0xff]).toString(), ''])
  expect(kinds).toEqual([false, true, false])
  expect(mock.stats()).toMatchObject({
    requests: 3,
    inFlight: 0,
    byRoute: { 'ws-echo': 3 },
    byOutcome: { ok: 3 },
    connectionsAccepted: 1,
  })
})

describe('/ws/chat', () => {
  test('a whole reply, and a conversation that is remembered', async () => {
    const mock = await mockFor({ tokens: 4 })
    const { json, heard, say } = await client(mock, '/ws/chat')
    say({ message: 'hello', conversationId: 'c1', id: 7 })
    say({ message: 'again', conversationId: 'c1' })
    await eventually(() => heard.length === 2)
    const usage = { inputTokens: 2, outputTokens: 4, reasoningTokens: 0 }
    expect(json()[0]).toMatchObject({
      reply: expect.stringMatching(/^turn 1: hello /),
      done: true,
      conversationId: 'c1',
      id: 7,
      usage,
      finish: 'stop',
    })
    expect(json()[1].reply).toMatch(/^turn 2: again /)
    expect(json()[1]).not.toHaveProperty('id')
  })

  test('a reply in pieces, reasoning first', async () => {
    const mock = await mockFor({ tokens: 3, reasoningTokens: 1 })
    const { json, heard, say } = await client(mock, '/chat')
    say({ message: 'hello', stream: true, id: 'a' })
    await eventually(() => heard.length === 5)
    expect(json()).toEqual([
      { reasoning: 'thinking', id: 'a' },
      { delta: 'turn', id: 'a' },
      { delta: ' 1:', id: 'a' },
      { delta: ' hello', id: 'a' },
      {
        done: true,
        conversationId: 'conv-mock-0',
        id: 'a',
        usage: { inputTokens: 2, outputTokens: 4, reasoningTokens: 1 },
        finish: 'stop',
      },
    ])
    const [entry] = mock.log()
    expect(entry).toMatchObject({ method: 'WS', path: '/chat', route: 'ws-chat', outcome: 'ok', clientLeft: false })
    expect(entry?.framesAt).toHaveLength(5)
  })

  test('messages are answered one after the other, each at its time', async () => {
    const mock = await mockFor({ tokens: 2, firstTokenMs: 20, gapMs: 10 })
    const { heard, say } = await client(mock, '/ws/chat')
    say({ message: 'a', stream: true })
    say({ message: 'b', stream: true })
    await eventually(() => heard.length === 6)
    const [first, second] = mock.log()
    expect((first?.framesAt[0] ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(20)
    expect((first?.framesAt[1] ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(30)
    expect((second?.framesAt[0] ?? 0) - (first?.framesAt[2] ?? Number.NaN)).toBeGreaterThanOrEqual(20)
  })

  test('an authentication is acknowledged and not counted', async () => {
    const mock = await mockFor()
    const { json, heard, say } = await client(mock, '/ws/chat')
    say({ type: 'authenticate', token: 't' })
    await eventually(() => heard.length === 1)
    expect(json()).toEqual([{ type: 'authenticated' }])
    expect(mock.stats().requests).toBe(0)
  })

  test.each(['no json', '{}', '[]'])('%s is rejected', async (message) => {
    const mock = await mockFor()
    const { json, heard, say } = await client(mock, '/ws/chat')
    say(message)
    await eventually(() => heard.length === 1)
    expect(json()[0]).toMatchObject({ error: { code: 'bad_request', status: 400 } })
    expect(mock.stats().byOutcome.rejected).toBe(1)
  })
})

describe('/v1/responses', () => {
  const create = { type: 'response.create', model: 'm', input: 'hello' }

  test('the events of a response, one to a message; the next one may continue it', async () => {
    const mock = await mockFor({ tokens: 3 })
    const { json, heard, say } = await client(mock, '/v1/responses')
    say(create)
    await eventually(() => heard.some((one) => one.includes('response.completed')))
    const events = json()
    expect(events.map(({ type }) => type).filter((type) => type === 'response.output_text.delta')).toHaveLength(3)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, at) => at))
    expect([events[0].type, events.at(-1).type]).toEqual(['response.created', 'response.completed'])
    expect(events.at(-1).response.usage).toMatchObject({ output_tokens: 3 })
    say({ ...create, input: 'more', previous_response_id: events.at(-1).response.id })
    await eventually(() => heard.some((one) => one.includes('turn 2: more')))
  })

  test('what is no response.create is an error event', async () => {
    const mock = await mockFor()
    const { json, heard, say } = await client(mock, '/v1/responses')
    say({ ...create, type: 'session.update' })
    await eventually(() => heard.length === 1)
    expect(json()[0]).toMatchObject({
      type: 'error',
      status: 400,
      error: { message: expect.stringContaining('response.create') },
    })
  })
})

describe('faults', () => {
  const ask = { message: 'a b c d e f', stream: true }

  test.each<[string, MockOverrides, number, string | undefined, object]>([
    [
      'errors are messages',
      { errorRate: 1, errorStatus: 503 },
      1,
      undefined,
      { error: { code: 'server_error', message: 'planned error', status: 503 } },
    ],
    ['so are rate limits', { rateLimitEvery: 1 }, 1, undefined, { error: { code: 'rate_limited', status: 429 } }],
    [
      'a stream that fails half-way',
      { midStreamErrorRate: 1 },
      3,
      undefined,
      { error: { message: 'planned midstream_error', status: 500 } },
    ],
    ['a stream that ends too early', { truncateRate: 1 }, 2, '1000 planned truncated', { delta: ' 1:' }],
    ['a reset', { resetRate: 1 }, 2, '1006', { delta: ' 1:' }],
    ['silence half-way', { stallRate: 1 }, 2, undefined, { delta: ' 1:' }],
    ['nothing to say', { emptyRate: 1 }, 1, undefined, { done: true }],
    ['no end', { endMarker: false }, 4, undefined, { delta: ' b' }],
  ])('%s', async (_name, settings, messages, ended, last) => {
    const mock = await mockFor({ tokens: 4, ...settings })
    const { json, heard, say, ended: end } = await client(mock, '/ws/chat')
    say(ask)
    await eventually(() => heard.length === messages && end() === ended)
    expect(json().at(-1)).toMatchObject(last)
    expect(mock.stats().requests).toBe(1)
  })

  test('a client that leaves is noticed', async () => {
    const mock = await mockFor({ stallRate: 1 })
    const { socket, heard, say } = await client(mock, '/ws/chat')
    say(ask)
    await eventually(() => heard.length > 0)
    expect(mock.stats()).toMatchObject({ inFlight: 1, connectionsOpen: 1 })
    socket.terminate()
    await eventually(() => mock.stats().inFlight === 0)
    expect(mock.stats()).toMatchObject({ clientsLeft: 1, connectionsOpen: 0, byOutcome: { stalled: 1 } })
  })

  test.each([{ splitUtf8: true }, { byteAtATime: true }])('%j sends fragments that make the same message', async (settings) => {
    const mock = await mockFor({ ...settings, tokens: 3, pings: 1 })
    const { json, heard, say, pings } = await client(mock, '/ws/chat')
    say({ message: '🔥', stream: true })
    await eventually(() => heard.length === 4)
    expect(json().map(({ delta }) => delta)).toEqual(['turn', ' 1:', ' 🔥', undefined])
    expect(pings()).toBe(3)
  })

  test.each<[string, string, MockOverrides | undefined, number, string]>([
    ['an unknown path', '/nowhere', undefined, 404, 'rejected'],
    ['a forced status', '/ws', { status: 401 }, 401, 'error'],
    ['a forced rate limit', '/ws', { status: 429, retryAfterSeconds: 3 }, 429, 'rate_limited'],
  ])('%s refuses the upgrade', async (_name, path, settings, status, outcome) => {
    const mock = await mockFor()
    const socket = new WebSocket(mock.url + path, { headers: settings ? { 'x-mock': JSON.stringify(settings) } : {} })
    socket.on('error', () => {})
    const [, response] = await once(socket, 'unexpected-response')
    expect(response.statusCode).toBe(status)
    expect(response.headers['retry-after']).toBe(status === 429 ? '3' : undefined)
    expect(mock.stats()).toMatchObject({ requests: 1, byOutcome: { [outcome]: 1 }, byRoute: { 'ws-refused': 1 } })
    socket.terminate()
  })

  test('settings of an upgrade that make no sense', async () => {
    const mock = await mockFor()
    const socket = new WebSocket(`${mock.url}/ws?mock=nonsense`)
    socket.on('error', () => {})
    const [, response] = await once(socket, 'unexpected-response')
    expect(response.statusCode).toBe(400)
    socket.terminate()
  })

  test('close ends open sockets', async () => {
    const mock = await mockFor()
    const { ended } = await client(mock, '/ws')
    await mock.close()
    await eventually(() => ended() === '1006')
  })
})
