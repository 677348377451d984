/** Whole runs over a shared pool: what the result says against what the server counted. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SettledAttempt } from '../../src/engine/user/run-context.ts'
import { type FaultServer, faultServer, reply } from '../servers/http-faults.ts'
import { testCertificates } from '../servers/tls.ts'
import { untilAtMost } from '../support/handles.ts'
import { runScenario } from '../support/run.ts'
import { drawn } from '../support/share.ts'

let server: FaultServer
let underWay: number
let mostUnderWay: number

const answer = reply('{"reply":"hello"}', { 'content-type': 'application/json' })
const closing = reply('{"reply":"hello"}', { 'content-type': 'application/json', connection: 'close' })

beforeEach(async () => {
  underWay = 0
  mostUnderWay = 0
  server = await faultServer({
    '/chat': (socket) => void socket.write(answer),
    '/slow': (socket) => {
      underWay += 1
      mostUnderWay = Math.max(mostUnderWay, underWay)
      setTimeout(() => {
        underWay -= 1
        socket.write(answer)
      }, 20)
    },
    '/leave': (socket) => void socket.end(closing),
  })
})
afterEach(() => server.stop())

/** What a scenario may have beside its name, target and step. */
type More = Readonly<Record<string, unknown>>

const run = (path: string, http: object, load: object, timeouts: object = {}, more: More = {}, keep = true) =>
  runScenario(
    {
      name: 'pool',
      target: { url: server.url + path, http: { connection: 'shared', ...http }, timeouts: { total: '5s', ...timeouts } },
      // The shapes of a load are many; a test gives one of them.
      load: [load as { iterations: number }],
      steps: [{ request: { method: 'POST', json: { user: '{{user.id}}', iteration: '{{iteration.index}}' } } }],
      ...more,
    },
    { keep },
  )

const bySent = (attempts: readonly SettledAttempt[]) =>
  attempts.map(({ exchange }) => exchange).toSorted((a, b) => a.sentAt - b.sentAt)

test('50 users over 5 connections: the result counts what the server counted', async () => {
  const { result, attempts } = await run('/chat', { maxConnections: 5 }, { users: 50, iterationsPerUser: 20 })
  expect(result.total.counts).toMatchObject({ planned: 1000, ok: 1000 })
  expect([server.seen.length, new Set(server.seen.map(({ body }) => body)).size]).toEqual([1000, 1000])
  expect(server.connections()).toBe(5)
  expect(result.connectionMetrics).toMatchObject({
    totalConnections: 5,
    successfulConnections: 5,
    failedConnections: 0,
    openConnections: 0,
    maxOpenConnections: 5,
  })
  expect(attempts.filter(({ exchange }) => exchange.connect !== undefined)).toHaveLength(5)
  expect(attempts.filter(({ exchange }) => !exchange.reused)).toHaveLength(5)
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
})

test('an open model that asks for more than the pool can carry: the wait is in the response time alone', async () => {
  const load = { rate: '100/s', for: '1s', maxUsers: 200 }
  const { result, attempts } = await run('/slow', { maxConnections: 1 }, load, { total: '60s' }, { graceful: '60s' })
  expect(result.total.counts).toMatchObject({ planned: 100, ok: 100 })
  expect([server.seen.length, server.connections(), mostUnderWay]).toEqual([100, 1, 1])
  const exchanges = bySent(attempts)
  // no service time holds a part of another's: together they last no longer than the run
  for (const [n, { sentAt }] of exchanges.entries())
    if (n > 0) expect(sentAt).toBeGreaterThanOrEqual(exchanges[n - 1]?.endedAt ?? Number.NaN)
  // who began to wait first was sent first: an arrival that burn itself was late for begins after others that are on time
  const began = exchanges.map(({ intended, lagMs }) => intended + lagMs)
  expect(began).toEqual(began.toSorted((a, b) => a - b))
  const last = exchanges.at(-1)
  if (!last) throw new Error('nothing was sent')
  // 100 replies of 20 ms, the last of them due within a second
  expect(last.endedAt - last.intended).toBeGreaterThan(900)
  expect(last.sentAt - last.intended - last.lagMs - last.queueWaitMs).toBeGreaterThan(800)
  expect(result.total.distributions.service_time?.percentiles.p50).toBeLessThan(300)
  expect(result.total.distributions.response_time?.percentiles.p90).toBeGreaterThan(700)
})

describe('deadlines while waiting', () => {
  const hanging = { users: 4, iterationsPerUser: 1 }

  test('connect: class timeout_pool in phase connect, never sent, and the words say why', async () => {
    const { result, attempts } = await run('/hang', { maxConnections: 1 }, hanging, { connect: '150ms', firstByte: '400ms' })
    expect(result.total.counts).toMatchObject({ planned: 4, failed: 4 })
    expect([server.seen.length, server.connections()]).toEqual([1, 1])
    const failures = attempts.map(({ exchange }) => exchange.failure)
    expect(failures.filter((failure) => failure?.class === 'timeout_headers')).toHaveLength(1)
    expect(failures.filter((failure) => failure?.class === 'timeout_pool')).toEqual(
      Array(3).fill({
        class: 'timeout_pool',
        phase: 'connect',
        message: 'connecting took longer than 150 ms: the one shared connection was busy (maxConnections)',
      }),
    )
    expect(attempts.filter(({ exchange }) => Number.isNaN(exchange.sentAt))).toHaveLength(3)
    expect(result.connectionMetrics).toMatchObject({ totalConnections: 1, failedConnections: 0, openConnections: 0 })
  })

  test('of the iteration: class timeout_iteration in phase connect', async () => {
    const { attempts } = await run('/hang', { maxConnections: 1 }, hanging, {}, { iterationTimeout: '200ms' })
    const ends = attempts.map(({ exchange }) => [exchange.failure?.class, exchange.failure?.phase, exchange.sentAt > 0])
    const inLine = ends.filter(([, , sent]) => !sent)
    expect(inLine).toEqual(Array(inLine.length).fill(['timeout_iteration', 'connect', false]))
    // the place of the first may be free a moment before the next one's own deadline
    expect(inLine.length).toBeGreaterThanOrEqual(1)
    expect(server.seen.length).toBe(4 - inLine.length)
  })

  test('a place that a deadline frees goes to the next in line', async () => {
    const { attempts } = await run('/hang', { maxConnections: 1 }, hanging, { connect: '3s', firstByte: '100ms' })
    expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(Array(4).fill('timeout_headers'))
    expect([server.seen.length, server.connections()]).toEqual([4, 4])
  })
})

test('a run that is cut closes all sockets, and what was in line is cut', async () => {
  let asked = 0
  const { result } = await runScenario(
    {
      name: 'pool',
      target: { url: `${server.url}/hang`, http: { connection: 'shared', maxConnections: 3 } },
      load: [{ users: 12, for: '1m' }],
      steps: [{ message: 'hi' }],
    },
    {
      onRequest() {
        asked += 1
      },
      // On a busy machine, the first requests arrive before the last user begins.
      during: (control) =>
        void vi.waitFor(() => expect([asked, server.seen.length]).toEqual([12, 3])).finally(() => control.cancel()),
    },
  )
  expect(result.total.counts).toMatchObject({ planned: 12, cut: 12 })
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: 3, openConnections: 0 })
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
})

test('hundreds of connections one after the other leave no handle behind', async () => {
  const handles = () => process.getActiveResourcesInfo().filter((name) => /^TCP|Timeout|Immediate/.test(name)).length
  await run('/leave', { maxConnections: 8 }, { users: 16, iterations: 50 }, {}, {}, false)
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  const count = drawn(1000)
  const before = handles()
  const { result } = await run('/leave', { maxConnections: 8 }, { users: 16, iterations: count }, {}, {}, false)
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: count, openConnections: 0, maxOpenConnections: 8 })
  await vi.waitFor(() => expect(server.openSockets()).toBe(0))
  await untilAtMost(before, handles)
  expect(server.connections()).toBe(count + 50)
})

test('a server that ends idle connections: no request is lost or sent twice', async () => {
  const dropping = setInterval(() => server.resetAll(), 40)
  const load = { users: 10, for: '600ms', pace: '20/s' }
  const { result } = await run('/chat', { maxConnections: 4 }, load)
  clearInterval(dropping)
  const { planned, ok, failed, cut, dropped } = result.total.counts
  expect(ok + failed + cut + dropped).toBe(planned)
  const bodies = server.seen.map(({ body }) => body)
  expect(new Set(bodies).size).toBe(bodies.length)
  expect(bodies.length).toBeGreaterThanOrEqual(ok)
  expect(bodies.length).toBeLessThanOrEqual(planned)
  expect(result.errors.map((group) => group.class).filter((name) => name !== 'reset')).toEqual([])
  expect(result.connectionMetrics.successfulConnections).toBe(server.connections())
  expect(result.connectionMetrics).toMatchObject({ openConnections: 0, lostInFlight: failed })
})

test('over TLS, SSE replies share connections too', async () => {
  const certificates = testCertificates()
  const stream = reply('data: {"text":"a"}\n\ndata: [DONE]\n\n', { 'content-type': 'text/event-stream' })
  const secure = await faultServer({ '/sse': (socket) => void socket.write(stream) }, { tls: certificates.good })
  const { result } = await runScenario({
    name: 'pool',
    target: {
      url: `${secure.url}/sse`,
      protocol: 'sse',
      sse: { connection: 'shared', maxConnections: 2 },
      tls: { ca: certificates.caFile },
    },
    load: [{ users: 10, iterationsPerUser: 3 }],
    steps: [{ request: { method: 'POST', json: {} } }],
  })
  expect(result.total.counts).toMatchObject({ planned: 30, ok: 30 })
  expect([secure.seen.length, secure.connections()]).toEqual([30, 2])
  expect(result.connectionMetrics).toMatchObject({ successfulConnections: 2, openConnections: 0 })
  await secure.stop()
})
