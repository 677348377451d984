/** Every fault of HTTP through whole runs: its class, its phase, and counts that are those of the server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULTS, type FaultServer, faultServer, reply } from '../servers/http-faults.ts'
import { STALLS } from '../servers/http-stalls.ts'
import { type TestCertificates, testCertificates } from '../servers/tls.ts'
import { timedTest } from '../support/quiet.ts'
import { runScenario } from '../support/run.ts'
import { shareOf } from '../support/share.ts'
import { HTTP_FATES as FATES, type HttpFate as Fate } from './fates/http.ts'
import { allEnded, failuresOf } from './run-counts.ts'
import { faulty } from './targets.ts'

const USERS = 2
const ITERATIONS = 5

test('no fault of the server is left out', () => {
  expect(FATES.map(({ path }) => path).toSorted()).toEqual(Object.keys(FAULTS).toSorted())
})

let certificates: TestCertificates
let plain: FaultServer
let secure: FaultServer
beforeAll(async () => {
  certificates = testCertificates()
  plain = await faultServer()
  secure = await faultServer({}, { tls: certificates.good })
})
afterAll(async () => {
  await Promise.all([plain.stop(), secure.stop()])
})

const MODES = {
  'a connection for each user': () => ({ url: plain.url, http: { connection: 'user' as const } }),
  'a connection for each request': () => ({ url: plain.url, http: { connection: 'new' as const } }),
  'a shared pool': () => ({ url: plain.url, http: { connection: 'shared' as const } }),
  TLS: () => ({ url: secure.url, tls: { ca: certificates.caFile } }),
}
const LIMITS = { limits: { reply: '256KiB' } }
/** A step that asks for a fault, and soon has enough of what never comes. */
const ask = (path: string) => ({
  request: { method: 'GET', path },
  ...(path === '/hang' ? { timeouts: { firstByte: '60ms' } } : {}),
})

type Mode = keyof typeof MODES
const serverOf = (mode: Mode) => (mode === 'TLS' ? secure : plain)

describe.each<Mode>(['a connection for each user', 'a shared pool'])('%s', (mode) => {
  const server = () => serverOf(mode)

  test.each(FATES)('$path', async ({ path, failure, warning, kept, lost }) => {
    const before = { seen: server().seen.length, connections: server().connections() }
    const { result } = await runScenario({
      name: 'fault',
      target: { ...MODES[mode](), ...LIMITS },
      load: [{ users: USERS, iterations: ITERATIONS }],
      steps: [ask(path)],
    })
    const failed = failure ? ITERATIONS : 0
    expect(result.total.counts).toEqual(allEnded(ITERATIONS - failed, failed))
    expect(failuresOf(result)).toEqual(failure ? [[...failure, ITERATIONS]] : [])
    expect(result.warnings).toEqual(warning ? { [warning]: ITERATIONS } : {})
    expect(server().seen.length - before.seen, 'requests that the server saw').toBe(ITERATIONS)
    const connections = server().connections() - before.connections
    expect(connections).toBe(kept ? USERS : ITERATIONS)
    expect(result.connectionMetrics).toMatchObject({
      totalConnections: connections,
      successfulConnections: connections,
      failedConnections: 0,
      openConnections: 0,
      lostConnections: lost ? ITERATIONS : 0,
      lostInFlight: lost ? ITERATIONS : 0,
    })
  })
})

const ORDERS: [Mode, string, readonly Fate[]][] = [
  ['a connection for each user', 'in order', FATES],
  ['a connection for each user', 'backwards', FATES.toReversed()],
  ['a shared pool', 'in order', FATES],
  ['a shared pool', 'backwards', FATES.toReversed()],
  ['a connection for each request', 'in order', FATES],
  ['TLS', 'backwards', FATES.toReversed()],
]

test.each(shareOf(ORDERS))('%s: all of them one after the other, %s: none touches the next', async (mode, _, fates) => {
  const before = serverOf(mode).seen.length
  const { result } = await runScenario({
    name: 'all faults',
    target: { ...MODES[mode](), ...LIMITS },
    load: [{ users: USERS, iterations: ITERATIONS }],
    steps: fates.map(({ path }) => ({ name: path.slice(1), ...ask(path) })),
  })
  for (const { path, failure } of fates) {
    const failed = failure ? ITERATIONS : 0
    const errors = result.errors.filter(({ step }) => step === path.slice(1))
    expect([path, ...failuresOf({ errors })]).toEqual(failure ? [path, [...failure, ITERATIONS]] : [path])
    expect(result.steps.find(({ name }) => name === path.slice(1))?.counts).toEqual(allEnded(ITERATIONS - failed, failed))
  }
  const failing = fates.filter(({ failure }) => failure).length
  expect(result.total.counts).toEqual(allEnded((fates.length - failing) * ITERATIONS, failing * ITERATIONS))
  expect(result.warnings).toEqual({ unverified_end: ITERATIONS, extra_bytes: 2 * ITERATIONS })
  const seen = serverOf(mode)
    .seen.slice(before)
    .map(({ target }) => target)
  expect(seen.toSorted()).toEqual(fates.flatMap(({ path }) => Array<string>(ITERATIONS).fill(path)).toSorted())
  expect(result.connectionMetrics).toMatchObject({ openConnections: 0, failedConnections: 0 })
  // of this run, and of those before it
  await expect.poll(() => serverOf(mode).openSockets()).toBe(0)
})

// A machine that stands still for as long as the limit, before the server has answered, leaves an attempt in an earlier phase.
for (const [path, timeouts, failureClass, phase, text] of [
  ['/hang', { firstByte: '400ms' }, 'timeout_headers', 'headers', ''],
  ['/slow-head', { firstByte: '400ms' }, 'timeout_headers', 'headers', ''],
  ['/head-then-nothing', { firstToken: '400ms' }, 'timeout_first_token', 'first_token', ''],
  ['/pings', { firstToken: '400ms' }, 'timeout_first_token', 'first_token', ''],
  ['/pings', { total: '400ms' }, 'timeout_total', 'first_token', ''],
  ['/stall', { idle: '400ms' }, 'timeout_idle', 'stream', 'a'],
  ['/late-stall', { idle: '400ms' }, 'timeout_idle', 'stream', 'aaa'],
  ['/drip', { total: '500ms', idle: '400ms' }, 'timeout_total', 'stream', /^a+$/],
] as const)
  timedTest(
    `${path} with ${JSON.stringify(timeouts)}: every attempt is ${failureClass} in phase ${phase}, and keeps its text`,
    async () => {
      const server = await faulty(STALLS)
      const { result, attempts } = await runScenario({
        name: 'deadline',
        target: { preset: 'openai-chat', url: server.url + path, timeouts },
        load: [{ users: 3, iterations: 6 }],
        steps: [{ message: 'x' }],
      })
      expect(result.total.counts).toEqual(allEnded(0, 6))
      expect(failuresOf(result)).toEqual([[failureClass, phase, 6]])
      expect([server.seen.length, server.connections()]).toEqual([6, 6])
      for (const { exchange } of attempts) {
        expect(exchange.text).toMatch(typeof text === 'string' ? new RegExp(`^${text}$`) : text)
        expect(exchange.frames).toBe(exchange.text.length)
      }
      expect(result.total.failedServiceTime?.count).toBe(6)
      expect(result.connectionMetrics).toMatchObject({ totalConnections: 6, openConnections: 0, lostConnections: 0 })
      await expect.poll(() => server.openSockets()).toBe(0)
    },
  )

test.each([
  ['/huge-header', 'larger than 16 KiB'],
  ['/two-lengths', 'contradict'],
  ['/hints', 'more than 100 informational'],
  ['/status-999', 'HTTP 999'],
])('%s: the report says %s, once for all attempts', async (path, words) => {
  const server = await faulty()
  const { result } = await runScenario({
    name: 'said',
    target: { url: server.url },
    load: [{ users: USERS, iterations: ITERATIONS }],
    steps: [{ request: { method: 'GET', path } }],
  })
  expect(result.errors).toHaveLength(1)
  expect(result.errors[0]?.sample).toContain(words)
  expect(result.errors[0]?.hint).not.toBe('')
})

timedTest('bytes that come when a reply is over and done with: its connection is not used again', async () => {
  const server = await faulty({
    '/late': (socket) => {
      socket.write(reply('ok'))
      setTimeout(() => socket.write(reply('evil')), 5)
    },
  })
  const { result } = await runScenario({
    name: 'late',
    target: { url: server.url },
    load: [{ users: USERS, iterations: ITERATIONS }],
    steps: [{ request: { method: 'GET', path: '/late' } }, { delay: '80ms' }],
  })
  expect(result.total.counts).toEqual(allEnded(ITERATIONS, 0))
  expect(result.total.bytesReceived).toBe(2 * ITERATIONS)
  expect([server.seen.length, server.connections()]).toEqual([ITERATIONS, ITERATIONS])
})
