/** Connections that exist before the clock starts: what is opened, when, and how it is counted. */
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { after, goBy } from '../../src/clock.ts'
import { connectAhead } from '../../src/engine/connect-ahead.ts'
import { Control } from '../../src/engine/schedule/control.ts'
import type { ScheduledUser } from '../../src/engine/schedule/scheduled-user.ts'
import { Users } from '../../src/engine/schedule/users.ts'
import { planOf } from '../../src/scenario/compile.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
// Test files share their modules: the schema of scenarios has to know the protocol of those that follow.
import '../support/memory-target.ts'
import { deadPort } from '../support/own-port.ts'
import { runScenario } from '../support/run.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const GET = [{ request: { method: 'GET' } }]
const LOAD = [{ rate: '500/s' as const, for: '200ms' }]
const REPLY = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** Runs `own` against a server that counts its sockets, and returns the attempts by when they were due. */
async function runCounted(own: object) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    socket.on('data', () => socket.write(REPLY))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const target = { url: `http://127.0.0.1:${port}/`, ...own }
  try {
    const { result, attempts } = await runScenario({ name: 'ahead', target, load: LOAD, steps: GET })
    const { planned, ok, dropped } = result.total.counts
    expect([planned, ok + dropped]).toEqual([100, 100])
    return {
      result,
      exchanges: attempts.map(({ exchange }) => exchange).sort((a, b) => a.intended - b.intended),
      opened: sockets.size,
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

test.each([
  ['headers for all', {}],
  ['headers with templates', { headers: { 'x-user': '{{user.id}}' } }],
])('%s: the first arrivals find connections, which are counted', async (_, own) => {
  const { result, exchanges, opened } = await runCounted(own)
  expect(exchanges[0]?.connect).toBeUndefined()
  // The arrivals of 20 ms, and of twice the time that connecting takes.
  expect(opened).toBeGreaterThanOrEqual(10)
  expect(result.connectionMetrics).toMatchObject({ totalConnections: opened, failedConnections: 0 })
})

test('with a connection for each request, each request opens it', async () => {
  const { result, exchanges, opened } = await runCounted({ http: { connection: 'new' } })
  expect(exchanges.filter(({ connect }) => connect === undefined)).toEqual([])
  expect(opened).toBe(result.total.counts.started)
})

/** Makes users ahead for `load`, of which each takes `ms` to connect, and the n-th fails. */
async function connectedAhead(load: object, ms: number, failing = Number.POSITIVE_INFINITY, mostUsers = 1000, stopAtMs?: number) {
  const clock = new VirtualClock()
  let tried = 0
  const make = (id: number): ScheduledUser => ({
    id,
    dueNext: 0,
    injectedMs: 0,
    iterate: async () => 'completed',
    connectAhead: (signal) =>
      new Promise((resolve) => {
        tried += 1
        const isFine = tried < failing
        after(ms, () => resolve(isFine))
        signal.addEventListener('abort', () => resolve(false))
      }),
    cancel() {},
    close: async () => {},
  })
  const users = new Users(
    { planned: 0, completed: 0, failed: 0, expired: 0, faulted: 0, injected: 0, cut: 0, dropped: 0 },
    make,
    () => {},
  )
  const scenario = scenarioSchema.parse({ name: 'a', target: { url: 'http://127.0.0.1:1/' }, load: [load], steps: GET })
  const plan = planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
  const goBack = goBy(clock)
  const control = new Control()
  if (stopAtMs !== undefined) after(stopAtMs, () => control.stop('signal'))
  try {
    const connected = await clock.drive(connectAhead(plan, users, mostUsers, control))
    return { connected, tried, tookMs: clock.now(), first: users.take().id }
  } finally {
    goBack()
  }
}

test('as many users are connected as arrive in 20 ms, and in twice the time that it takes, ten at a time', async () => {
  const load = { rate: '1000/s', for: '10s' }
  expect(await connectedAhead(load, 1)).toEqual({ connected: 22, tried: 22, tookMs: 3, first: 0 })
  expect(await connectedAhead(load, 50)).toMatchObject({ connected: 120, tookMs: 600 })
  expect(await connectedAhead({ rate: '1000/s', for: '50ms' }, 1)).toMatchObject({ connected: 22 })
})

test('never more than the machine or the load allows', async () => {
  expect(await connectedAhead({ rate: '5000/s', for: '1s' }, 1, undefined, 30)).toMatchObject({ connected: 30 })
  expect(await connectedAhead({ rate: '5000/s', for: '1s', maxUsers: 7 }, 1)).toMatchObject({ connected: 7 })
})

test('it ends with the first failure, or after a second', async () => {
  expect(await connectedAhead({ rate: '1000/s', for: '1s' }, 1, 5)).toMatchObject({ connected: 4, tried: 14 })
  expect(await connectedAhead({ rate: '1000/s', for: '1s' }, 5000)).toMatchObject({ connected: 0, tried: 10, tookMs: 1000 })
})

test('it ends at once when the run is stopped', async () => {
  const stopped = await connectedAhead({ rate: '1000/s', for: '1s' }, 5000, undefined, undefined, 30)
  expect(stopped).toMatchObject({ connected: 0, tookMs: 30 })
})

test('slow, closed and rising loads make no users ahead', async () => {
  for (const load of [
    { rate: '99/s', for: '1s' },
    { users: 500, for: '1s' },
    { rate: { from: '0/s', to: '1000/s' }, for: '1m' },
  ])
    expect(await connectedAhead(load, 1)).toMatchObject({ tried: 0 })
})

test('a target that cannot be reached: each attempt fails for itself, and nothing else is counted', async () => {
  const target = { url: `http://127.0.0.1:${await deadPort()}/` }
  const { result } = await runScenario({ name: 'ahead', target, load: LOAD, steps: GET })
  const { planned, failed, dropped } = result.total.counts
  expect([planned, failed + dropped]).toEqual([100, 100])
  expect(result.connectionMetrics).toMatchObject({ totalConnections: failed, failedConnections: failed })
})
