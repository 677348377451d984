/**
 * Deadlines against servers that hang at every stage: each has its own class, and frees its socket. When they fire is compared to the digit
 * in virtual time.
 */
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { now } from '../../src/clock.ts'
import { plainReader } from '../../src/dialects/reply/reader.ts'
import { Deadlines } from '../../src/engine/user/deadlines.ts'
import { Exchange } from '../../src/exchange.ts'
import { listen } from '../servers/http-faults.ts'
import { STALLS } from '../servers/http-stalls.ts'
import { timedTest } from '../support/quiet.ts'
import { MemoryTarget, type Reply, runScenario, runVirtual } from '../support/virtual.ts'
import { chatAt, faulty } from './targets.ts'

const CASES = [
  ['/hang', { firstByte: '150ms' }, 'timeout_headers', 'headers', 150],
  ['/slow-head', { firstByte: '150ms' }, 'timeout_headers', 'headers', 150],
  ['/hang', { firstToken: '150ms' }, 'timeout_headers', 'headers', 150],
  ['/head-then-nothing', { firstToken: '150ms' }, 'timeout_first_token', 'first_token', 150],
  ['/pings', { firstToken: '150ms' }, 'timeout_first_token', 'first_token', 150],
  ['/pings', { firstToken: '150ms', idle: '10ms' }, 'timeout_first_token', 'first_token', 150],
  ['/stall', { idle: '150ms' }, 'timeout_idle', 'stream', 150],
  ['/late-stall', { idle: '150ms' }, 'timeout_idle', 'stream', 180 + 150],
  ['/drip', { total: '250ms' }, 'timeout_total', 'stream', 250],
  ['/hang', { total: '150ms' }, 'timeout_total', 'headers', 150],
  ['/pings', { total: '150ms' }, 'timeout_total', 'first_token', 150],
] as const

const PING = ': ping\n\n'
const WORD = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
const streamed = (...pieces: (readonly [number, string])[]): Reply => ({
  headMs: 0,
  headers: { 'content-type': 'text/event-stream' },
  pieces,
  end: 'hang',
})
/** Every 20 ms, for longer than any deadline here. */
const drip = (text: string) => streamed(...Array.from({ length: 100 }, () => [20, text] as const))

/** What the servers do, without a network; a head that comes in pieces is there when it is whole. */
const REPLIES: Readonly<Record<string, Reply>> = {
  '/hang': {},
  '/slow-head': {},
  '/head-then-nothing': streamed(),
  '/pings': drip(PING),
  '/stall': streamed([0, WORD]),
  '/late-stall': streamed([60, WORD], [60, WORD], [60, WORD]),
  '/drip': drip(WORD),
}

test.each([...CASES, ['/drip', { total: '250ms', idle: '30ms' }, 'timeout_total', 'stream', 250] as const])(
  '%s with %j fails as %s to the millisecond',
  async (path, timeouts, failureClass, phase, afterMs) => {
    const target = new MemoryTarget({ reply: () => REPLIES[path] ?? {} })
    const { attempts, result } = await runVirtual({
      name: 'deadline',
      target: { ...chatAt(target), timeouts },
      steps: [{ message: 'x' }],
    })
    const exchange = attempts[0]?.exchange
    expect(exchange?.failure).toMatchObject({ class: failureClass, phase })
    expect([exchange?.sentAt, exchange?.endedAt]).toEqual([0, afterMs])
    expect(result.total.counts).toMatchObject({ planned: 1, failed: 1 })
    expect([target.cancelled, target.open]).toEqual([1, 0])
  },
)

test('connecting fails to the millisecond, and a later attempt may connect', async () => {
  const target = new MemoryTarget({ welcome: (n) => ({ afterMs: n === 0 ? 60_000 : 20 }), reply: () => ({ headMs: 5 }) })
  const { attempts } = await runVirtual({
    name: 'connect',
    target: { url: target.url, timeouts: { connect: '150ms' } },
    steps: [{ message: 'x' }, { message: 'y' }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(['connect_timeout', undefined])
  const [first, second] = attempts.map(({ exchange }) => exchange)
  expect([first?.sentAt, first?.endedAt]).toEqual([Number.NaN, 150])
  expect((second?.sentAt ?? 0) - (second?.intended ?? 0)).toBe(20)
})

// A machine that stands still for as long as the limit, before the server has answered, leaves the attempt in an earlier phase.
for (const [path, timeouts, failureClass, phase] of CASES)
  timedTest(`${path} with ${JSON.stringify(timeouts)} fails as ${failureClass}`, async () => {
    const server = await faulty(STALLS)
    const { attempts, result } = await runScenario({
      name: 'deadline',
      target: { preset: 'openai-chat', url: server.url + path, timeouts },
      steps: [{ message: 'x' }],
    })
    const exchange = attempts[0]?.exchange
    expect(exchange?.failure).toMatchObject({ class: failureClass, phase })
    const took = (exchange?.endedAt ?? 0) - (exchange?.sentAt ?? 0)
    // Never before its time, of which 150 ms is the shortest here.
    expect(took).toBeGreaterThanOrEqual(149)
    expect(result.total.counts).toMatchObject({ planned: 1, failed: 1 })
    expect(exchange?.text).toBe('a'.repeat(exchange?.frames ?? 0))
    // The socket is not kept for the next attempt, and not left behind.
    await expect.poll(() => server.openSockets()).toBe(0)
  })

test('connecting that never ends fails as connect_timeout', async () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { attempts } = await runScenario({
    name: 'connect',
    // It accepts, and never answers the TLS greeting.
    target: { url: `https://127.0.0.1:${port}/`, timeouts: { connect: '150ms' } },
    steps: [{ message: 'x' }],
  })
  const exchange = attempts[0]?.exchange
  expect(exchange?.failure).toMatchObject({ class: 'connect_timeout', phase: 'connect' })
  const took = (exchange?.endedAt ?? 0) - (exchange?.intended ?? 0)
  expect(took).toBeGreaterThanOrEqual(149)
  expect(exchange?.sentAt).toBeNaN()
})

test('a step’s own timeouts go before those of its target', async () => {
  const server = await faulty(STALLS)
  const { attempts } = await runScenario({
    name: 'own',
    target: { url: `${server.url}/hang`, timeouts: { total: '10s', firstByte: '10s' } },
    steps: [
      { message: 'x', timeouts: { total: '100ms' } },
      { message: 'y', timeouts: { firstByte: '100ms' } },
    ],
  })
  expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(['timeout_total', 'timeout_headers'])
})

test('after a deadline the user goes on over a new connection', async () => {
  const server = await faulty(STALLS)
  const { attempts } = await runScenario({
    name: 'on',
    target: { url: server.url },
    load: [{ iterations: 2, users: 1 }],
    steps: [
      { request: { method: 'GET', path: '/hang' }, timeouts: { total: '80ms' } },
      { request: { method: 'GET', path: '/ok' } },
    ],
  })
  expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(['failed', 'ok', 'failed', 'ok'])
})

test('what came in time is good, though a stall of our own kept it from being read until after its deadline', async () => {
  let peer: Socket | undefined
  const server = createServer((socket) => {
    peer = socket
  })
  const client = connect(await listen(server), '127.0.0.1')
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  await expect.poll(() => peer).toBeDefined()
  const exchange = new Exchange(now(), plainReader(), () => {})
  exchange.sent(1)
  client.once('data', () => exchange.done())
  const deadlines = new Deadlines()
  onTestFinished(() => deadlines.close())
  const stage = { connect: 30, firstByte: 30, firstToken: 30, idle: 30, total: 30 }
  // timers come next after an immediate, and sockets after those
  setImmediate(() => {
    deadlines.watch(exchange, now(), stage, false)
    peer?.write('x')
    const until = now() + 60
    while (now() < until);
  })
  await expect.poll(() => exchange.settled).toBe(true)
  expect(exchange.failure).toBeUndefined()
})
