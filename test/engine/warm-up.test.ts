/** Warming up: it runs the plan's steps, and nobody outside of burn notices. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { goBy } from '../../src/clock.ts'
import { Control } from '../../src/engine/schedule/control.ts'
import { planToRun } from '../../src/engine/share/plan-of-share.ts'
import { warmUp } from '../../src/engine/warm-up.ts'
import { planOf } from '../../src/scenario/compile.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import { runScenario } from '../support/run.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const GET = [{ request: { method: 'GET' } }]
const LARGE = [{ rate: '200/s' as const, for: '100ms' }]
const NO_MOCKS = new Map<string, string>()

function plan(own: object) {
  const scenario = scenarioSchema.parse({ name: 'warm', target: { url: 'http://127.0.0.1:1/' }, load: LARGE, steps: GET, ...own })
  return planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
}

test.each([
  ['at the address of the target', () => ({ method: 'GET' })],
  ['at an address of their own', (url: string) => ({ method: 'GET', url })],
])('a large load of requests %s is warmed up, and the server sees no others', async (_, requestTo) => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.headers.host}${request.url}`)
    response.end('{}')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const url = `http://127.0.0.1:${port}/path`
  const target = { url, http: { connection: 'shared' as const } }
  try {
    const { result, attempts } = await runScenario({ name: 'warm', target, load: LARGE, steps: [{ request: requestTo(url) }] })
    expect(result.total.counts).toMatchObject({ planned: 20, ok: 20 })
    expect(attempts).toHaveLength(20)
    expect(seen).toEqual(Array(20).fill(`127.0.0.1:${port}/path`))
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test.each([
  ['http', {}],
  ['a unix socket, in memory', { target: { url: 'http://127.0.0.1:1/', http: { unixSocket: '/no/such/socket' } } }],
  ['a websocket, in memory', { target: { url: 'ws://127.0.0.1:1/' }, steps: [{ message: 'hi' }] }],
  [
    'a chat',
    { target: { preset: 'openai-chat', url: 'http://127.0.0.1:1/', model: 'm' }, steps: [{ message: 'hi' }, { delay: '1h' }] },
  ],
  ['many users', { load: [{ users: 50, for: '1s' }] }],
])('%s: some attempts are made although the target is not there', async (_, own) => {
  expect(await warmUp(plan(own), NO_MOCKS, new Control())).toBeGreaterThan(0)
})

test('modules that take longer to load than a rehearsal may last leave it its time', async () => {
  const { targets, ...rest } = plan({})
  const loaded = new Promise((resolve) => setTimeout(resolve, 600))
  const slow = targets.map((target) => ({ ...target, connector: { ...target.connector, prepare: () => loaded } }))
  expect(await warmUp({ ...rest, targets: slow }, NO_MOCKS, new Control())).toBeGreaterThan(0)
})

test('a small share of a large load is warmed up', async () => {
  const share = planToRun(plan({ load: [{ rate: '120/s', for: '1s' }] }), { index: 1, count: 3 })
  expect(await warmUp(share, NO_MOCKS, new Control())).toBeGreaterThan(0)
})

test('a small load is not warmed up, and nothing is in virtual time', async () => {
  expect(await warmUp(plan({ load: [{ iterations: 1 }] }), NO_MOCKS, new Control())).toBe(0)
  expect(await warmUp(plan({ load: [{ rate: '20/s', for: '1m' }] }), NO_MOCKS, new Control())).toBe(0)
  const goBack = goBy(new VirtualClock())
  try {
    expect(await warmUp(plan({}), NO_MOCKS, new Control())).toBe(0)
  } finally {
    goBack()
  }
})

test('a run that was stopped before is not warmed up, and one that is stopped meanwhile no longer', async () => {
  const stopped = new Control()
  stopped.stop('signal')
  expect(await warmUp(plan({}), NO_MOCKS, stopped)).toBe(0)
  const control = new Control()
  const warm = warmUp(plan({ load: [{ rate: '10000/s', for: '2s' }] }), NO_MOCKS, control)
  setImmediate(() => control.stop('signal'))
  expect(await warm).toBeLessThan(20_000)
})
