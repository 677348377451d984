/** What a run has to say beside its numbers: warnings, connections, trimmed turns, bounds of a reply. */
import { describe, expect, test } from 'vitest'
import { websocket } from '../../src/connectors/websocket.ts'
import type { Exchange } from '../../src/exchange.ts'
import { Departure } from '../../src/metrics/failures/departure.ts'
import { failedExchange } from '../metrics/exchanges.ts'
import { chunk, type Fault, reply } from '../servers/http-faults.ts'
import { text } from '../servers/ws-frames.ts'
import { rawServer } from '../servers/ws-raw.ts'
import { timedTest } from '../support/quiet.ts'
import { MemoryTarget, type Reply, runScenario, runVirtual } from '../support/virtual.ts'
import { faulty } from './targets.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const answer =
  (body: string | Buffer, type = JSON_TYPE): Fault =>
  (socket) =>
    void socket.write(reply(body, type))

const SSE = { 'content-type': 'text/event-stream' }
const generic = (url: string, more: object = {}) => ({ url, protocol: 'http' as const, dialect: 'generic' as const, ...more })

describe('text_not_found', () => {
  const json = (text: string): Reply => ({ headMs: 5, headers: JSON_TYPE, pieces: [[0, text]] })
  const shapeless = json('{"answer_v2":{"parts":["hi"]}}')
  const generic = ({ url }: MemoryTarget) => ({ url, dialect: 'generic' as const })

  test('in every reply of a message step: the measurement is degraded, and says what to do', async () => {
    const { result } = await runVirtual({
      name: 'shaped',
      target: generic(new MemoryTarget({ reply: () => shapeless })),
      load: [{ users: 1, iterations: 4 }],
      steps: [{ message: 'hello', name: 'ask' }],
    })
    expect(result.warnings).toEqual({ text_not_found: 4 })
    expect(result.validity.state).toBe('degraded')
    const [reason, ...others] = result.validity.reasons
    expect(reason).toMatchObject({ code: 'text_not_found', level: 'degraded' })
    expect(reason?.message).toContain('no text was found in any reply to ask')
    expect(reason?.hint).toContain('burn ping')
    expect(others).toEqual([])
  })

  test('in some replies, or in those of a request step, it is a warning alone', async () => {
    // Of the four messages the first and the third have no text.
    const target = new MemoryTarget({
      reply: ({ path }, n) => (path === '/chat' || n % 4 === 0 ? shapeless : json('{"text":"hi"}')),
    })
    const { result } = await runVirtual({
      name: 'mixed',
      target: generic(target),
      load: [{ users: 1, iterations: 4 }],
      steps: [{ message: 'hello' }, { request: { method: 'GET', path: '/chat' } }],
    })
    expect(result.warnings.text_not_found).toBe(2)
    expect(result.validity.reasons).toEqual([])
  })
})

test('turns that the window left out are counted, with the estimator', async () => {
  const { url } = await faulty({ '/chat': answer('{"text":"a reply of some length, so that the window is soon full"}') })
  const { result } = await runScenario({
    name: 'window',
    target: generic(`${url}/chat`),
    load: [{ users: 1, iterations: 1 }],
    conversation: { memory: 'full', window: { maxTokens: 40 } },
    steps: [{ loop: { times: 5, steps: [{ message: 'hello, and again' }] } }],
  })
  expect(result.conversationWindow).toEqual({ trimmedTurns: 6, trimmedRequests: 2, estimator: 'characters ÷ 4' })
})

describe('limits of a target', () => {
  const events =
    (count: number, size: number): Fault =>
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n')
      for (let n = 0; n < count; n += 1) socket.write(chunk(`data: {"text":"${'x'.repeat(size)}"}\n\n`))
      socket.write(chunk('data: [DONE]\n\n'))
      socket.write('0\r\n\r\n')
    }
  const run = async (limits: { reply?: string; event?: string } | undefined, fault: Fault) => {
    const { url } = await faulty({ '/chat': fault })
    const { attempts } = await runScenario({
      name: 'limits',
      target: generic(`${url}/chat`, { stream: true, response: { delta: '$.text' }, ...(limits && { limits }) }),
      load: [{ users: 1, iterations: 1 }],
      steps: [{ message: 'hello' }],
    })
    const { failure, text: said } = attempts[0]?.exchange ?? {}
    return { class: failure?.class, message: failure?.message, length: said?.length }
  }

  test('a reply above limits.reply is too_big', async () => {
    const { class: failureClass, message } = await run({ reply: '4KiB' }, events(10, 1000))
    expect([failureClass, message]).toEqual(['too_big', 'the reply is larger than 4096 bytes'])
  })

  test('an event above limits.event is too_big, and a bound may be raised', async () => {
    const { class: failureClass, message } = await run({ event: '2KiB' }, events(1, 3000))
    expect([failureClass, message]).toEqual(['too_big', 'one event of the stream is larger than 2048 characters'])
    expect(await run(undefined, events(1, 2 ** 20))).toMatchObject({ class: 'too_big' })
    expect(await run({ event: '4MiB' }, events(1, 2 ** 20))).toEqual({ class: undefined, message: undefined, length: 2 ** 20 })
  })
})

describe('what is held of a reply', () => {
  const long = 'y'.repeat(300_000)
  const held = async (more: object, step: object = {}) => {
    const { url } = await faulty({ '/chat': answer(JSON.stringify({ text: long })) })
    const { attempts } = await runScenario({
      name: 'held',
      target: generic(`${url}/chat`),
      load: [{ users: 1, iterations: 1 }],
      conversation: { memory: 'none' },
      steps: [{ message: 'hello', ...step }],
      ...more,
    })
    const { text: said, rawBody } = attempts[0]?.exchange ?? {}
    return [said?.length === long.length, (rawBody?.byteLength ?? 0) > 0]
  }

  test.each([
    ['nobody asks', {}, {}, [false, false]],
    ['the conversation remembers', { conversation: { memory: 'full' } }, {}, [true, false]],
    ['a check looks inside', {}, { expect: [{ contains: 'yyy' }] }, [true, true]],
    ['a check looks at the clock', {}, { expect: [{ ttft: '< 1m' }] }, [false, false]],
    ['a capture looks inside', {}, { capture: { all: 'text' } }, [true, true]],
    ['a template reads the text', { steps: [{ message: 'hi' }, { set: { n: '{{reply.text}}' } }] }, {}, [true, false]],
    ['a template reads the JSON', { steps: [{ message: 'hi' }, { set: { n: '{{reply.json.text}}' } }] }, {}, [true, true]],
    ...[
      'reply["json"].text == "x"',
      "reply['json'].text == 'x'",
      'has(reply.json.text)',
      'reply . json != null',
      '"json" in reply',
    ].map((condition): [string, object, object, boolean[]] => [
      `a condition reads the JSON: ${condition}`,
      { steps: [{ message: 'hi' }, { if: condition, then: [{ delay: '1ms' }] }] },
      {},
      [true, true],
    ]),
    [
      'a condition reads a member',
      { steps: [{ message: 'hi' }, { if: 'reply.tokens == 1', then: [{ delay: '1ms' }] }] },
      {},
      [true, false],
    ],
    ['a text that only looks like it', { vars: { path: '$.reply' } }, {}, [false, false]],
  ])('%s', async (_, more, step, whole) => expect(await held(more, step)).toEqual(whole))
})

describe('connections', () => {
  const CHAT = { dialect: 'generic' as const, stream: true }
  const server = async (onMessage: NonNullable<NonNullable<Parameters<typeof rawServer>[0]>['message']>) =>
    rawServer({ message: onMessage })
  const run = (url: string, thresholds: string[] = []) =>
    runScenario({
      name: 'sockets',
      target: { ...CHAT, url: `${url}/chat`, response: { text: '$.text' }, websocket: websocket.options.parse({}) as object },
      load: [{ users: 1, iterations: 5 }],
      steps: [{ message: 'hello' }],
      thresholds,
    })

  timedTest('dropped while idle: lost, with nothing in flight', async () => {
    const peer = await server(({ socket }) => {
      socket.write(text('{"text":"hi"}'))
      setTimeout(() => socket.destroy(), 5)
    })
    try {
      const { result } = await runScenario({
        name: 'idle',
        target: { ...CHAT, url: `${peer.url}/chat`, response: { text: '$.text' } },
        load: [{ users: 1, iterations: 5 }],
        steps: [{ message: 'hello' }, { delay: '40ms' }],
        thresholds: ['connections_lost < 5', 'lost_in_flight == 0', 'connections_opened == 5', 'handshake_time p95 < 1m'],
      })
      expect(result.total.counts).toMatchObject({ ok: 5, failed: 0 })
      expect(result.connectionMetrics).toMatchObject({ successfulConnections: 5, lostConnections: 5, lostInFlight: 0 })
      expect(result.connectionMetrics.handshakeTime?.count).toBe(5)
      expect(result.connectionMetrics.tlsTime).toBeUndefined()
      const states = result.thresholds.map(({ threshold, state }) => [threshold, state])
      expect(states.slice(0, 4)).toEqual([
        ['connections_lost < 5', 'failed'],
        ['lost_in_flight == 0', 'passed'],
        ['connections_opened == 5', 'passed'],
        ['handshake_time p95 < 1m', 'passed'],
      ])
    } finally {
      await peer.stop()
    }
  })

  test('dropped in the middle of a reply: the attempt is lost with it', async () => {
    const peer = await server(({ socket }) => void socket.destroy())
    try {
      const { result } = await run(peer.url, ['bytes_received < 1KiB'])
      expect(result.total.counts).toMatchObject({ ok: 0, failed: 5 })
      expect(result.connectionMetrics).toMatchObject({ lostConnections: 5, lostInFlight: 5 })
      expect(result.thresholds[0]).toMatchObject({ state: 'passed', observed: 0, limit: 1024, unit: 'bytes' })
    } finally {
      await peer.stop()
    }
  })
})

test('failures on reused connections are counted in their group', async () => {
  const { url } = await faulty({ '/chat': (socket) => void socket.write(reply('busy', {}, '503 Service Unavailable')) })
  const { result } = await runScenario({
    name: 'reused',
    target: generic(`${url}/chat`),
    load: [{ users: 1, iterations: 4 }],
    steps: [{ message: 'hello' }],
  })
  expect(result.errors).toMatchObject([{ class: 'http_status', count: 4, onReused: 3 }])
})

test('bad UTF-8 is a warning, and its line is kept', async () => {
  const bad = Buffer.from('data: {"text":"ok"}\n\ndata: {"text":"\xff\xfe"}\n\ndata: [DONE]\n\n', 'latin1')
  const { url } = await faulty({ '/chat': (socket) => void socket.write(reply(bad, SSE)) })
  const { result, attempts } = await runScenario({
    name: 'bad bytes',
    target: generic(`${url}/chat`, { stream: true, response: { delta: '$.text' } }),
    load: [{ users: 1, iterations: 2 }],
    steps: [{ message: 'hello' }],
  })
  expect(result.warnings).toMatchObject({ bad_utf8: 2 })
  expect(Buffer.from(attempts[0]?.exchange.oddBytes ?? []).toString('latin1')).toBe('data: {"text":"\xff\xfe"}')
})

test.each([
  ['after some replies, that is said once', 3, 1],
  ['from the start, nothing was up', 0, 0],
])('a target that refuses connections until the end: %s', async (_, good, notes) => {
  let served = 0
  const server = await faulty({
    '/': (socket) => {
      served += 1
      socket.end(reply('ok', { connection: 'close' }))
      if (served === good) void server.stop()
    },
  })
  if (good === 0) await server.stop()
  const { result } = await runScenario({
    name: 'gone',
    target: { url: server.url },
    load: [{ users: 1, iterations: 7 }],
    steps: [{ request: { path: '/' } }],
  })
  const told = result.notes.filter((note) => note.includes('was up and is gone'))
  expect(told).toHaveLength(notes)
  if (notes > 0)
    expect(told[0]).toMatch(/^the target was up and is gone: its last good reply came \d.* into the run, and all 4 connections/)
})

test('a target that comes back is not gone', () => {
  const departure = new Departure()
  const see = (outcome: string, failureClass?: string) =>
    departure.see(failureClass === undefined ? ({ outcome, endedAt: 1 } as Exchange) : failedExchange(failureClass, '', 1))
  see('ok')
  see('failed', 'reset')
  expect(departure.isGone).toBe(false)
  see('failed', 'refused')
  expect(departure.isGone).toBe(true)
  see('ok')
  expect(departure.isGone).toBe(false)
})
