import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { MockOverrides } from '../../../src/mock/persona/settings.ts'
import { eventually, mockFor } from '../harness.ts'
import { client } from './client.ts'

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
