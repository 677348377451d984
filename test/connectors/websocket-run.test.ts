import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import { type Mock, startMock } from '../../src/mock/server.ts'
import { text } from '../servers/ws-frames.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { serverFor } from './websocket-kit.ts'

async function mockFor(settings: MockOverrides = {}): Promise<Mock> {
  const mock = await startMock({ firstTokenMs: 2, gapMs: 1, tokens: 5, ...settings })
  onTestFinished(() => mock.close())
  return mock
}

const addressOf = (mock: Mock, path: string) => mock.url.replace('http:', 'ws:') + path

/** How the attempts of a run ended: outcome or class, and how many. */
function fates(attempts: Awaited<ReturnType<typeof runScenario>>['attempts']): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { exchange } of attempts) {
    const fate = exchange.failure?.class ?? exchange.outcome ?? 'open'
    counts[fate] = (counts[fate] ?? 0) + 1
  }
  return counts
}

const chat = {
  protocol: 'websocket',
  stream: true,
  body: { stream: true },
  response: { delta: '$.delta', end: { path: '$.done' } },
} as const

test('users keep their connections; every message is counted once, here and there', async () => {
  const mock = await mockFor()
  const { result, attempts } = await runScenario({
    name: 'talk',
    target: {
      ...chat,
      url: addressOf(mock, '/ws/chat'),
      // the mock answers the untold one too: without ids that would pass for the next reply
      websocket: { reply: { match: { correlate: { send: '$.id' } } } },
    },
    load: [{ users: 5, iterations: 50 }],
    steps: [
      { message: 'hello {{user.number}}' },
      { request: { json: { message: 'raw' } } },
      { request: { json: { message: 'untold' }, await: 'none' } },
    ],
  })
  expect(fates(attempts)).toEqual({ ok: 150 })
  expect(mock.stats()).toMatchObject({ requests: 150, byOutcome: { ok: 150 }, connectionsAccepted: 5 })
  expect(result.totalMessages).toBe(150)
  for (const { exchange, dimensions, session } of attempts) {
    if (dimensions.step === 0) {
      expect(exchange.text).toMatch(new RegExp(`^turn 1: hello ${session + 1} `))
      expect(exchange.frames).toBe(5)
      expect(exchange.usage).toMatchObject({ outputTokens: 5 })
    }
    const moments = [
      exchange.intended,
      exchange.sentAt,
      exchange.firstByteAt,
      exchange.firstTokenAt,
      exchange.lastTokenAt,
      exchange.endedAt,
    ]
    const happened = moments.filter((at) => !Number.isNaN(at))
    expect(happened).toEqual(happened.toSorted((a, b) => a - b))
  }
  expect(attempts.filter(({ exchange }) => exchange.connect !== undefined)).toHaveLength(5)
  expect(attempts.filter(({ exchange }) => !exchange.reused)).toHaveLength(5)
})

timedTest('faults have their classes, the run goes on, and the counts agree', async () => {
  const share = { errorRate: 0.1, rateLimitRate: 0.1, midStreamErrorRate: 0.1, truncateRate: 0.1, resetRate: 0.1, stallRate: 0.1 }
  const mock = await mockFor(share)
  const { attempts, result } = await runScenario({
    name: 'faults',
    target: { ...chat, url: addressOf(mock, '/ws/chat'), timeouts: { idle: '100ms' } },
    load: [{ users: 4, iterations: 120 }],
    steps: [{ message: 'hello' }],
  })
  const { byOutcome, requests } = mock.stats()
  expect(requests).toBe(120)
  expect(fates(attempts)).toEqual({
    ok: byOutcome.ok,
    error_in_stream: byOutcome.error + byOutcome.midstream_error,
    rate_limited: byOutcome.rate_limited,
    ws_close_1000: byOutcome.truncated,
    ws_close_1006: byOutcome.reset,
    timeout_idle: byOutcome.stalled,
  })
  expect(
    Math.min(byOutcome.truncated, byOutcome.reset, byOutcome.stalled, byOutcome.error, byOutcome.rate_limited),
  ).toBeGreaterThan(0)
  expect(result.failedMessages).toBe(120 - byOutcome.ok)
  expect(mock.stats().connectionsAccepted).toBeLessThanOrEqual(4 + byOutcome.truncated + byOutcome.reset + byOutcome.stalled)
  for (const { exchange } of attempts) if (exchange.failure?.class.startsWith('ws_close')) expect(exchange.text).not.toBe('')
})

test('connections that are lost are made again at once, and counted', async () => {
  const mock = await mockFor({ resetRate: 0.3 })
  const { attempts, result } = await runScenario({
    name: 'reconnecting',
    target: {
      ...chat,
      url: addressOf(mock, '/ws/chat'),
      websocket: { maxMessage: '64KiB', ping: { every: '1s' }, reconnect: { base: '2ms', jitter: 'none' } },
    },
    load: [{ users: 2, iterations: 60 }],
    steps: [{ message: 'hello' }],
  })
  const { byOutcome, connectionsAccepted } = mock.stats()
  expect(fates(attempts)).toEqual({ ok: byOutcome.ok, ws_close_1006: byOutcome.reset })
  expect(byOutcome.reset).toBeGreaterThan(5)
  const { reconnectionCount, lostInFlight, totalConnections } = result.connectionMetrics
  expect(lostInFlight).toBe(byOutcome.reset)
  // the run may end before the last loss of each user is made good
  expect(byOutcome.reset - reconnectionCount).toBeLessThanOrEqual(2)
  expect(totalConnections).toBe(2 + reconnectionCount)
  expect(connectionsAccepted - totalConnections).toBeLessThanOrEqual(2)
})

test('a refused handshake is a failed attempt with the status', async () => {
  const mock = await mockFor({ status: 401 })
  const { attempts } = await runScenario({
    name: 'refused',
    target: { ...chat, url: addressOf(mock, '/ws/chat') },
    load: [{ users: 2, iterations: 6 }],
    steps: [{ message: 'hello' }],
  })
  expect(fates(attempts)).toEqual({ http_status: 6 })
  expect(attempts[0]?.exchange.failure).toMatchObject({
    phase: 'headers',
    message: 'the handshake was answered with 401 Unauthorized',
  })
  expect(mock.stats().requests).toBe(6)
})

test('a handshake that is never answered is timeout_headers, and as many failed connections as the server saw', async () => {
  const server = await serverFor({ handshake: () => {} })
  const { result, attempts } = await runScenario({
    name: 'mute',
    target: { ...chat, url: server.url, timeouts: { connect: '50ms' } },
    load: [{ users: 2, iterations: 6 }],
    steps: [{ message: 'hello' }],
  })
  expect(fates(attempts)).toEqual({ timeout_headers: 6 })
  expect(attempts.map(({ exchange }) => exchange.failure?.phase)).toEqual(Array(6).fill('headers'))
  expect(server.upgrades).toHaveLength(6)
  expect(result.connectionMetrics).toMatchObject({ failedConnections: 6 })
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
})

test('frames that belong to no reply make the numbers degraded', async () => {
  const server = await serverFor({
    message({ socket }, said) {
      for (let n = 1; n <= 5; n += 1) socket.write(text(JSON.stringify({ text: `${said} ${n}` })))
    },
  })
  const { result } = await runScenario({
    name: 'chatty',
    target: { url: server.url, protocol: 'websocket' },
    load: [{ users: 1, iterations: 8 }],
    steps: [{ message: 'hello' }],
  })
  expect(result.totalMessages).toBe(8)
  expect(result.warnings).toMatchObject({ unasked_frames: 7 })
  expect(result.validity.state).toBe('degraded')
  expect(result.validity.reasons).toContainEqual(
    expect.objectContaining({ code: 'unasked_frames', hint: expect.stringMatching(/websocket.reply.until/) }),
  )
})

test('a deadline ends an attempt, and the next one has a connection of its own', async () => {
  const mock = await mockFor({ stallRate: 1, faultAfter: 0 })
  const { attempts } = await runScenario({
    name: 'silence',
    target: { ...chat, url: addressOf(mock, '/ws/chat'), timeouts: { firstToken: '60ms' } },
    load: [{ users: 1, iterations: 3 }],
    steps: [{ message: 'hello' }],
  })
  expect(fates(attempts)).toEqual({ timeout_headers: 3 })
  await vi.waitFor(() => expect(mock.stats()).toMatchObject({ requests: 3, connectionsAccepted: 3, connectionsOpen: 0 }))
})

test('OpenAI Responses over a WebSocket, with its usage', async () => {
  const mock = await mockFor({ tokens: 6, reasoningTokens: 2 })
  const { attempts } = await runScenario({
    name: 'responses',
    target: {
      protocol: 'websocket',
      dialect: 'openai-responses',
      url: addressOf(mock, '/v1/responses'),
      model: 'm',
      auth: { type: 'bearer', token: 'key' },
      body: { type: 'response.create' },
    },
    conversation: { memory: 'full' },
    load: [{ users: 2, iterations: 4 }],
    steps: [{ message: 'hello' }, { message: 'more' }],
  })
  expect(fates(attempts)).toEqual({ ok: 8 })
  const more = attempts.filter(({ dimensions }) => dimensions.step === 1)
  for (const { exchange } of more) {
    expect(exchange.text).toMatch(/^turn 2: more /)
    expect(exchange.usage).toMatchObject({ outputTokens: 8, reasoningTokens: 2, source: 'usage' })
    expect(exchange.firstOutputAt).toBeGreaterThanOrEqual(exchange.firstTokenAt)
    expect(exchange.reasoning).toMatch(/^thinking /)
  }
  expect(mock.stats().requests).toBe(8)
  expect(mock.log()[0]?.headers.authorization).toBe('Bearer key')
})

describe('what is in flight when the run ends', () => {
  test('is cut, and no connection stays', async () => {
    const mock = await mockFor({ firstTokenMs: 60_000 })
    const { attempts } = await runScenario(
      {
        name: 'cut',
        target: { ...chat, url: addressOf(mock, '/ws/chat') },
        load: [{ users: 3, iterations: 30 }],
        steps: [{ message: 'hello' }],
      },
      {
        during: (control) =>
          void vi.waitUntil(() => mock.stats().requests === 3, { timeout: 30_000 }).then(() => control.cancel()),
      },
    )
    expect(fates(attempts)).toEqual({ cut: 3 })
    expect(mock.stats()).toMatchObject({ requests: 3, clientsLeft: 3, connectionsOpen: 0 })
  })
})
