/** Whole runs against names and servers that fail: each fault has its class, its phase and its count. */
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { fullBacklog } from '../servers/full-backlog.ts'
import { reply } from '../servers/http-faults.ts'
import { tcpServer } from '../servers/tcp.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { allEnded, failuresOf } from './run-counts.ts'
import { faulty } from './targets.ts'

/** Look-ups by name: how many were asked, and how many at a time. */
const lookups = vi.hoisted(() => ({ asked: [] as string[], open: 0, mostOpen: 0, answers: [] as (() => void)[] }))
/** `….hanging` gets no answer until the end of the test, `….alive` is this machine, and all else is looked up. */
vi.mock('node:dns', async (original) => {
  const dns = await original<typeof import('node:dns')>()
  const lookup = (host: string, options: object, done: (error: Error | null, addresses: object[]) => void) => {
    lookups.asked.push(host)
    if (host.endsWith('.alive')) setImmediate(() => done(null, [{ address: '127.0.0.1', family: 4 }]))
    else if (host.endsWith('.hanging')) {
      lookups.open += 1
      lookups.mostOpen = Math.max(lookups.mostOpen, lookups.open)
      lookups.answers.push(() => done(Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' }), []))
    } else dns.lookup(host, { ...options, all: true }, done)
  }
  return { ...dns, lookup }
})
function forgetLookups(): void {
  for (const answer of lookups.answers.splice(0)) answer()
  Object.assign(lookups, { asked: [], open: 0, mostOpen: 0 })
}
afterEach(forgetLookups)

const ATTEMPTS = 6
const load = [{ users: 2, iterations: ATTEMPTS }]
const get = (path = '/') => [{ request: { method: 'GET', path } }]
/** Connection metrics of a run none of whose connections was made. */
const NONE_MADE = { totalConnections: ATTEMPTS, successfulConnections: 0, failedConnections: ATTEMPTS, openConnections: 0 }

describe('connecting that never ends', () => {
  /** Every attempt fails no sooner than asked, and one of them at least on time: no machine is too busy for that all the while. */
  const expectOnTime = (tookMs: readonly number[]) => {
    expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(149)
    expect(Math.min(...tookMs)).toBeLessThan(200)
  }

  timedTest('a host whose queue is full', async () => {
    const full = await fullBacklog()
    onTestFinished(() => full.stop())
    const { result, attempts } = await runScenario({
      name: 'full',
      target: { url: `http://127.0.0.1:${full.port}`, timeouts: { connect: '150ms' } },
      load,
      steps: get(),
    })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([['connect_timeout', 'connect', ATTEMPTS]])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    expectOnTime(attempts.map(({ exchange }) => exchange.endedAt - exchange.intended))
  })

  timedTest('a TLS greeting without an answer', async () => {
    const silent = await tcpServer((socket) => socket.resume())
    const { result, attempts } = await runScenario({
      name: 'silent',
      target: { url: `https://127.0.0.1:${silent.port}`, timeouts: { connect: '150ms' } },
      load,
      steps: get(),
    })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([['connect_timeout', 'connect', ATTEMPTS]])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    expect(silent.accepted()).toBe(ATTEMPTS)
    expectOnTime(attempts.map(({ exchange }) => exchange.endedAt - exchange.intended))
    await expect.poll(silent.openSockets).toBe(0)
  })
})

describe('names', () => {
  test('one that does not exist: every attempt fails, users share a look-up', async () => {
    const { result } = await runScenario({
      name: 'nowhere',
      target: { url: 'http://no-such-host.invalid/' },
      load,
      steps: get(),
    })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([['dns', 'dns', ATTEMPTS]])
    expect(result.connectionMetrics).toMatchObject(NONE_MADE)
    // both users begin at the same moment
    expect(lookups.asked.length).toBeGreaterThan(0)
    expect(lookups.asked.length).toBeLessThan(ATTEMPTS)
  })

  timedTest('a name server that hangs takes one look-up for each name, and nothing from another target', async () => {
    forgetLookups()
    const server = await faulty()
    const { result, attempts } = await runScenario({
      name: 'hanging',
      targets: {
        dead: { url: 'http://name.hanging/', timeouts: { connect: '150ms' } },
        alive: { url: `http://name.alive:${server.port}` },
      },
      load: [{ users: 8, iterations: 16 }],
      flows: [
        { name: 'dead', weight: 1, target: 'dead', steps: get('/ok') },
        { name: 'alive', weight: 1, target: 'alive', steps: get('/ok') },
      ],
    })
    const { dead, alive } = { dead: result.tags['target=dead']?.counts, alive: result.tags['target=alive']?.counts }
    expect((dead?.planned ?? 0) + (alive?.planned ?? 0)).toBe(16)
    expect([dead, alive]).toEqual([allEnded(0, dead?.planned ?? 0), allEnded(alive?.planned ?? 0, 0)])
    expect(Math.min(dead?.planned ?? 0, alive?.planned ?? 0)).toBeGreaterThan(2)
    expect(failuresOf(result)).toEqual([['connect_timeout', 'connect', dead?.planned]])
    expect(server.seen).toHaveLength(alive?.planned ?? 0)
    expect([lookups.asked.toSorted(), lookups.mostOpen]).toEqual([['name.alive', 'name.hanging'], 1])
    // what is alive did not wait for what is dead
    const firstEnd = (outcome: string) =>
      Math.min(...attempts.filter(({ exchange }) => exchange.outcome === outcome).map(({ exchange }) => exchange.endedAt))
    expect(firstEnd('ok')).toBeLessThan(firstEnd('failed'))
  })
})

test.each(['http', 'https'])('%s: a server that closes what it accepts, and reads nothing', async (scheme) => {
  const server = await tcpServer((socket) => void socket.destroy())
  const { result } = await runScenario({
    name: 'closing',
    target: { url: `${scheme}://127.0.0.1:${server.port}` },
    load,
    steps: get(),
  })
  expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
  // the request crosses the end of the connection, or comes after it: both are seen
  const places = failuresOf(result).map(([failureClass, phase]) => `${failureClass} ${phase}`)
  const allowed =
    scheme === 'https' ? ['reset tls'] : ['closed_early headers', 'closed_early send', 'reset headers', 'reset send']
  expect(allowed).toEqual(expect.arrayContaining(places))
  expect(server.accepted()).toBe(ATTEMPTS)
  const made = scheme === 'https' ? 0 : ATTEMPTS
  expect(result.connectionMetrics).toMatchObject({
    totalConnections: ATTEMPTS,
    successfulConnections: made,
    failedConnections: ATTEMPTS - made,
    lostInFlight: made,
    openConnections: 0,
  })
})

test.each([
  ['says nothing', '', { firstByte: '60ms' }, 'timeout_headers', 'headers'],
  [
    'falls silent inside its reply',
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n',
    { idle: '60ms' },
    'timeout_idle',
    'stream',
  ],
])(
  'a peer that %s and never ends its side: the deadline does, and its socket is not used again',
  async (_, said, timeouts, failureClass, phase) => {
    let ends = 0
    const peer = await tcpServer(
      (socket) => {
        socket.on('end', () => {
          ends += 1
        })
        socket.once('data', () => void socket.write(said))
      },
      { allowHalfOpen: true },
    )
    const { result } = await runScenario({
      name: 'half open',
      target: { preset: 'openai-chat', url: `http://127.0.0.1:${peer.port}`, timeouts },
      load,
      steps: [{ message: 'x' }],
    })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([[failureClass, phase, ATTEMPTS]])
    expect(peer.accepted()).toBe(ATTEMPTS)
    expect(result.connectionMetrics).toMatchObject({ totalConnections: ATTEMPTS, openConnections: 0, lostConnections: 0 })
    await expect.poll(() => ends).toBe(ATTEMPTS)
  },
)

describe('a server that turns away', () => {
  test.each([
    ['503 Service Unavailable', { 'retry-after': '7' }, 'rate_limited', 7000],
    ['503 Service Unavailable', { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }, 'rate_limited', 3_600_000],
    ['429 Too Many Requests', { 'retry-after': '2' }, 'rate_limited', 2000],
    ['429 Too Many Requests', {}, 'rate_limited', undefined],
    ['503 Service Unavailable', {}, 'http_status', undefined],
  ])('%s with %j: %s, and not asked again', async (status, headers: Record<string, string>, failureClass, waitMs) => {
    const server = await faulty({ '/busy': (socket) => void socket.write(reply('busy', headers, status)) })
    const { result } = await runScenario({ name: 'busy', target: { url: server.url }, load, steps: get('/busy') })
    expect(result.total.counts).toEqual(allEnded(0, ATTEMPTS))
    expect(failuresOf(result)).toEqual([[failureClass, 'headers', ATTEMPTS]])
    expect([server.seen.length, server.connections()]).toEqual([ATTEMPTS, 2])
    expect(result.retries).toBeUndefined()
    const { limited, maxRetryAfterMs } = result.target[0]?.rateLimits ?? {}
    if (waitMs === undefined) expect(maxRetryAfterMs ?? null).toBeNull()
    else {
      expect(limited).toBe(ATTEMPTS)
      // a date is counted from now, and has no milliseconds
      expect(maxRetryAfterMs).toBeLessThanOrEqual(waitMs)
      expect(maxRetryAfterMs).toBeGreaterThan(waitMs === 3_600_000 ? waitMs - 120_000 : waitMs - 1)
    }
  })
})
