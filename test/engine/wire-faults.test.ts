/** Faults on the wire, in whole runs of each protocol: what was injected is what the target saw. */
import { createServer } from 'node:http'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { resolveSettings } from '../../src/mock/persona/settings.ts'
import { startMock } from '../../src/mock/server.ts'
import { listen } from '../servers/http-faults.ts'
import { type RunInput, runScenario, type TestRunOptions } from '../support/run.ts'
import { shareOf } from '../support/share.ts'

type Fault = NonNullable<RunInput['faults']>[number]

const REPLY = { topic: 'chat/out/%c', correlation: { send: 'id', receive: 'id' } }
/** A chat target of each protocol at the embedded mock. */
const TARGETS = [
  ['http', 'http', '/chat', { preset: 'custom-http' }],
  ['http, shared pool', 'http', '/chat', { preset: 'custom-http', http: { connection: 'shared', maxConnections: 2 } }],
  ['sse', 'http', '/v1/chat/completions', { preset: 'openai-chat', model: 'm' }],
  ['websocket', 'ws', '/ws/chat', { preset: 'custom-websocket' }],
  ['grpc', 'grpc', '/burn.chat.v1.ChatService/SendMessage', { preset: 'custom-grpc' }],
  ['mqtt', 'mqtt', '/chat/in', { preset: 'custom-mqtt', mqtt: { reply: REPLY } }],
] as const

let host = ''
beforeAll(async () => {
  const mock = await startMock(resolveSettings({ firstTokenMs: 1, gapMs: 0 }), { port: 0 })
  host = new URL(mock.url).host
  return () => mock.close()
})

function scenarioOf(
  [, scheme, path, target]: readonly [string, string, string, object],
  faults: readonly Fault[],
  limit = '5s',
): RunInput {
  return {
    name: 'wire',
    target: { ...target, url: `${scheme}://${host}${path}`, timeouts: { connect: limit, total: limit } },
    load: [{ users: 4, iterations: 40 }],
    steps: [{ message: 'hello' }],
    faults,
  } as never
}

describe.each(shareOf(TARGETS))('%s', (...target) => {
  test('a slow network slows the replies, and fails none', async () => {
    const { result, attempts } = await runScenario(scenarioOf(target, [{ latency: '20ms' }]))
    expect(result.total.counts).toMatchObject({ ok: 40, failed: 0 })
    expect(Math.min(...attempts.map(({ exchange }) => exchange.endedAt - exchange.sentAt))).toBeGreaterThanOrEqual(40)
    const { connections = 0, kinds } = result.wireFaults ?? {}
    expect(kinds).toEqual([{ kind: 'latency', drawn: connections, acted: connections, failed: 0 }])
    expect(connections).toBeGreaterThan(0)
  })

  test('resets are those that were injected, and not the failures of the target', async () => {
    const { result, attempts } = await runScenario(
      // Few connections that are shared may all be spared.
      scenarioOf(target, [{ resetAfter: '1B', direction: 'down', probability: target[0].includes('shared') ? '100%' : '60%' }]),
    )
    const { ok, failed } = result.total.counts
    expect(ok + failed).toBe(40)
    const [kind] = result.wireFaults?.kinds ?? []
    expect(failed).toBeGreaterThan(0)
    const classes = attempts.flatMap(({ exchange }) => (exchange.failure ? [exchange.failure.class] : []))
    expect([...new Set(classes)]).toEqual(['injected_resetAfter'])
    expect(kind).toMatchObject({ kind: 'resetAfter', failed })
  })

  test('in a black hole attempts time out, and not by the doing of the target', async () => {
    const { result, attempts } = await runScenario({
      ...scenarioOf(target, [{ blackHole: true, direction: 'down', probability: '100%' }], '400ms'),
      load: [{ users: 2, iterations: 2 }],
    } as never)
    const classes = attempts.map(({ exchange }) => exchange.failure?.class)
    expect(classes).toEqual(['injected_blackHole', 'injected_blackHole'])
    expect(result.wireFaults?.kinds[0]).toMatchObject({ kind: 'blackHole', failed: 2 })
  })

  test('refused connections are no failures of the target', async () => {
    const { attempts } = await runScenario({
      ...scenarioOf(target, [{ refuse: true }]),
      load: [{ users: 2, iterations: 2 }],
    } as never)
    expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(['injected_refuse', 'injected_refuse'])
  })

  test('a failure that the target says itself stays its own', async () => {
    const input = {
      ...scenarioOf(target, [{ latency: '1ms' }]),
      steps: [{ message: 'hello', expect: [{ contains: 'never said' }] }],
    }
    const { attempts } = await runScenario({ ...input, load: [{ users: 1, iterations: 2 }] } as never)
    expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual(['check_failed', 'check_failed'])
  })
})

/** An HTTP server that counts what it sees. */
async function countingServer() {
  const seen = { connections: 0, requests: 0, bytes: 0, hosts: new Set<string>() }
  const server = createServer((request, reply) => {
    seen.requests += 1
    seen.hosts.add(request.headers.host ?? '')
    reply.end('ok')
  })
  server.on('connection', (socket) => {
    seen.connections += 1
    socket.on('close', () => {
      seen.bytes += socket.bytesRead
    })
  })
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port, seen }
}

const load = (port: number, parts: object): RunInput =>
  ({
    name: 'wire',
    target: { url: `http://127.0.0.1:${port}/`, http: { connection: 'new' } },
    load: [{ users: 5, iterations: 100 }],
    steps: [{ request: { method: 'GET' } }],
    ...parts,
  }) as never

describe('what the relay counts is what the target sees', () => {
  test('connections, refusals, requests and bytes', async () => {
    const { port, seen } = await countingServer()
    const { result } = await runScenario(load(port, { faults: [{ refuse: true, probability: '40%' }] }))
    const { connections, bytesUp, kinds = [] } = result.wireFaults ?? {}
    const refused = kinds[0]?.acted ?? 0
    expect(result.total.counts).toMatchObject({ ok: 100 - refused, failed: refused })
    expect(result.errorRate).toBe(0)
    expect(refused).toBeGreaterThan(20)
    expect(refused).toBeLessThan(60)
    expect({ connections, kinds }).toEqual({
      connections: 100,
      kinds: [{ kind: 'refuse', drawn: refused, acted: refused, failed: refused }],
    })
    await vi.waitFor(() => expect(seen).toMatchObject({ connections: 100 - refused, requests: 100 - refused, bytes: bytesUp }))
    // The target is asked by its own name, not by that of the relay.
    expect([...seen.hosts]).toEqual([`127.0.0.1:${port}`])
  })

  test('the same seed gives the connections of each user the same faults, in whatever order they are made', async () => {
    const { port } = await countingServer()
    const faults = [
      { latency: '1ms', probability: '40%' },
      { slice: 64, probability: '40%' },
    ]
    const hits = async (seed: string) => {
      const input = load(port, { faults, load: [{ users: 5, iterationsPerUser: 20 }] })
      const { attempts } = await runScenario(input, { seed })
      const byUser = Map.groupBy(attempts, ({ session }) => session)
      return [0, 1, 2, 3, 4].map((user) => byUser.get(user)?.map(({ dimensions }) => dimensions.fault))
    }
    const first = await hits('a')
    expect(new Set(first.flat())).toEqual(new Set([undefined, 0, 1, 3]))
    expect(await hits('a')).toEqual(first)
    expect(await hits('b')).not.toEqual(first)
  })

  test('attempts have the faults of their connections as tags, beside their own', async () => {
    const { port, seen } = await countingServer()
    const faults = [
      { latency: '5ms', probability: '40%' },
      { slice: 64, probability: '40%', from: '1h' },
      { refuse: true, probability: '20%' },
      { delay: '1ms', probability: '30%' },
      { status: 500, probability: '30%' },
    ]
    const thresholds = ['ok{fault=latency} count > 0', 'injected_failures{fault=refuse} ratio > 99%', 'errors ratio < 1%']
    const { result, attempts } = await runScenario(load(port, { faults, thresholds }), { allowLag: true })
    const drawn = (kind: string) => result.wireFaults?.kinds.find((one) => one.kind === kind)?.drawn ?? 0
    const tagged = (kind: string) => result.tags[`fault=${kind}`]
    expect(drawn('slice')).toBeGreaterThan(20)
    expect(tagged('slice')).toBeUndefined()
    expect(tagged('refuse')?.counts).toMatchObject({ planned: drawn('refuse'), failed: drawn('refuse'), ok: 0 })
    // Connections that are refused have latency in no way.
    const { latency = 0 } = { latency: tagged('latency')?.counts.planned }
    expect(latency).toBeLessThanOrEqual(drawn('latency'))
    expect(tagged('latency')?.counts).toMatchObject({ started: latency, ok: latency })
    expect(tagged('latency')?.distributions.service_time?.min).toBeGreaterThanOrEqual(10)
    expect(tagged('delay')?.counts.planned).toBe(result.faults?.kinds[0]?.injected)
    const both = attempts.filter(({ exchange, dimensions }) => exchange.fault === 'delay' && (dimensions.fault ?? 0) > 5)
    expect(both.length).toBeGreaterThan(0)
    expect(seen.requests).toBe(result.faults?.sent)
    const answered = attempts.filter(({ exchange }) => exchange.fault === 'status')
    expect(new Set(answered.map(({ dimensions }) => dimensions.fault)).size).toBe(1)
    expect(result.verdict).toBe('passed')
  })

  test('two entries of a kind both act, and a connection counts once', async () => {
    const { port } = await countingServer()
    const faults = [{ latency: '5ms' }, { latency: '10ms' }]
    const { result } = await runScenario(load(port, { faults, load: [{ users: 2, iterations: 10 }] }))
    expect(result.wireFaults).toMatchObject({ connections: 10, kinds: [{ kind: 'latency', drawn: 10, acted: 10 }] })
    expect(result.total.distributions.service_time?.min).toBeGreaterThanOrEqual(30)
  })

  test('the same seed refuses the same ones', async () => {
    const { port } = await countingServer()
    const outcomes = async (seed: string) => {
      const input = load(port, { faults: [{ refuse: true, probability: '40%' }], load: [{ users: 1, iterations: 20 }] })
      return (await runScenario(input, { seed })).attempts.map(({ exchange }) => exchange.outcome)
    }
    const first = await outcomes('a')
    expect(await outcomes('a')).toEqual(first)
    expect(await outcomes('b')).not.toEqual(first)
  })

  test.each([
    ['no entry', []],
    ['probability 0', [{ refuse: true, probability: '0%' }]],
  ])('with %s there is no relay, and nothing in the result', async (_, faults) => {
    const { port, seen } = await countingServer()
    const { result } = await runScenario(load(port, { faults }))
    expect(result.wireFaults).toBeUndefined()
    expect(result.total.counts).toMatchObject({ ok: 100, failed: 0 })
    expect(seen).toMatchObject({ connections: 100, requests: 100 })
  })

  test('a fault for one target leaves the others alone', async () => {
    const [one, two] = [await countingServer(), await countingServer()]
    const targets = {
      one: { url: `http://127.0.0.1:${one.port}/`, http: { connection: 'new' } },
      two: { url: `http://127.0.0.1:${two.port}/`, http: { connection: 'new' } },
    }
    const { target: _, ...input } = load(0, {
      targets,
      steps: [
        { request: { method: 'GET' }, target: 'one' },
        { request: { method: 'GET' }, target: 'two' },
      ],
      load: [{ users: 1, iterations: 10 }],
      faults: [{ refuse: true, target: 'one' }],
    })
    const { result } = await runScenario(input as never)
    expect([one.seen.requests, two.seen.requests, result.wireFaults?.connections]).toEqual([0, 10, 10])
  })

  test('attempts of a warm-up are in no count of failures', async () => {
    const { port } = await countingServer()
    const phases = [
      { users: 1, iterations: 3, warmup: true },
      { users: 1, iterations: 2 },
    ]
    const { result } = await runScenario(load(port, { faults: [{ refuse: true }], load: phases }))
    expect(result.total.counts).toMatchObject({ failed: 2 })
    expect(result.wireFaults).toMatchObject({ connections: 5, kinds: [{ acted: 5, failed: 2 }] })
  })

  test('setup and teardown are spared', async () => {
    const { port, seen } = await countingServer()
    const request = [{ request: { method: 'GET' } }]
    const faults = [{ refuse: true }]
    const input = load(port, { setup: request, teardown: request, faults, load: [{ users: 1, iterations: 5 }] })
    const { result } = await runScenario(input)
    expect(result.total.counts).toMatchObject({ failed: 5 })
    expect(seen.requests).toBe(2)
  })
})

test('faults that never acted are noted', async () => {
  const { port } = await countingServer()
  const faults = [
    { resetAfter: '100MiB' },
    { blackHole: true, from: '1h' },
    { latency: '1ms' },
    { slowClose: '1ms', probability: '0.000001%' },
  ]
  const { result } = await runScenario(load(port, { faults }))
  const why = 'on the 100 connections that it was drawn for: nothing passed that it changes, in its time'
  expect(result.notes.filter((note) => note.startsWith('fault '))).toEqual([
    `fault resetAfter: never acted ${why}`,
    `fault blackHole: never acted ${why}`,
    'fault slowClose: never acted, as it was drawn for none of 100 connections; more of them make it sure',
  ])
})

test('the planned rate is held while every byte is late', async () => {
  const { port, seen } = await countingServer()
  const input = load(port, { load: [{ rate: '100/s', for: '1s', maxUsers: 100 }], faults: [{ latency: '250ms' }] })
  const { result, attempts } = await runScenario(input, { allowLag: true })
  const { planned, ok, failed, dropped } = result.total.counts
  // A machine that stands still drops arrivals; a late reply never does.
  expect([planned, failed, ok + dropped, seen.requests]).toEqual([100, 0, 100, ok])
  expect(Math.min(...attempts.map(({ exchange }) => exchange.endedAt - exchange.sentAt))).toBeGreaterThanOrEqual(500)
  const [first = Number.NaN, ...others] = attempts.map(({ exchange }) => exchange.intended)
  for (const at of others) expect((at - first) / 10).toBeCloseTo(Math.round((at - first) / 10), 5)
})

/** Arrivals under a fault until the run ends by itself or, as a second passes, `isOver`; times count from the start of the load. */
async function arrivals(port: number, fault: Fault, isOver: () => boolean, more: object = {}) {
  const input = load(port, { load: [{ rate: '50/s', for: '1h' }], faults: [fault], ...more })
  let startedAt = Number.NaN
  let stop = (): void => {}
  const everySecond = (run: { readonly startedAt: number }) => {
    startedAt = run.startedAt
    if (isOver()) stop()
  }
  const during: TestRunOptions['during'] = (control) => {
    stop = () => control.stop('finished')
  }
  const { attempts } = await runScenario(input, { watch: everySecond, during, allowLag: true })
  const [failed, ok] = ['failed', 'ok'].map((asked) =>
    attempts.flatMap(({ exchange: { outcome, intended, endedAt } }) =>
      outcome === asked ? [{ intended: intended - startedAt, ended: endedAt - startedAt }] : [],
    ),
  )
  return { failed: failed ?? [], ok: ok ?? [] }
}

// Each side of a window has a run of its own: a machine that stood still would send nothing in a short one.
test('a window opens by the clock of the load', async () => {
  const { port } = await countingServer()
  const { failed, ok } = await arrivals(port, { refuse: true, from: '300ms' }, () => false, { onError: 'stop' })
  expect(failed).not.toEqual([])
  expect(failed.filter(({ ended }) => ended < 300)).toEqual([])
  expect(ok.filter(({ intended }) => intended > 300)).toEqual([])
})

test('a window closes by the clock of the load', async () => {
  const { port, seen } = await countingServer()
  const { failed, ok } = await arrivals(port, { refuse: true, until: '500ms' }, () => seen.requests > 0)
  expect(failed).not.toEqual([])
  // A late arrival fails as well, if it comes while the window is open.
  expect(failed.filter(({ intended }) => intended > 500)).toEqual([])
  expect(ok).not.toEqual([])
  expect(ok.filter(({ ended }) => ended < 500)).toEqual([])
})

/** An HTTP server that never answers /hang, and answers the rest at once. */
async function hangingServer() {
  const server = createServer((request, reply) => {
    request.resume()
    if (request.url !== '/hang') reply.end('x'.repeat(2000))
  })
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${port}`
}

describe('a time-out is the doing of who is in its way', () => {
  const classesOf = async (url: string, path: string, fault: Fault) => {
    const { attempts, result } = await runScenario({
      name: 'wire',
      target: { url, timeouts: { total: '300ms' } },
      load: [{ users: 4, iterations: 4 }],
      steps: [{ request: { method: 'GET', path } }],
      faults: [fault],
    } as never)
    return { classes: [...new Set(attempts.map(({ exchange }) => exchange.failure?.class))], result }
  }

  test.each<readonly [string, Fault]>([
    ['latency', { latency: '1ms' }],
    ['bandwidth', { bandwidth: '1MiB/s' }],
    ['slices', { slice: 16 }],
  ])('a target that hangs behind harmless %s is the cause itself', async (_, fault) => {
    const { classes, result } = await classesOf(await hangingServer(), '/hang', fault)
    expect(classes).toEqual(['timeout_total'])
    expect(result.errorRate).toBe(1)
    expect(result.wireFaults?.kinds[0]?.failed).toBe(0)
  })

  test.each<readonly [string, Fault]>([
    ['latency', { latency: '10s', direction: 'down' }],
    ['latency', { latency: '10s', direction: 'up' }],
    ['bandwidth', { bandwidth: '100B/s' }],
    ['slice', { slice: 16, gap: '50ms' }],
    ['blackHole', { blackHole: true, direction: 'down', until: '10s' }],
  ])('%s that keeps the reply is the cause: %j', async (kind, fault) => {
    const { classes, result } = await classesOf(await hangingServer(), '/', fault)
    expect(classes).toEqual([`injected_${kind}`])
    expect(result.errorRate).toBe(null)
    expect(result.wireFaults?.kinds[0]?.failed).toBe(4)
  })

  test('after a black hole has closed, what hangs on its connections is the target', async () => {
    const url = await hangingServer()
    const { attempts } = await runScenario({
      name: 'wire',
      target: { url, timeouts: { total: '2s' } },
      load: [{ users: 1, iterations: 1 }],
      // The first request waits until the hole closes; the second is sent on the same connection, and hangs.
      steps: [
        { request: { method: 'GET', path: '/' } },
        { request: { method: 'GET', path: '/hang' }, timeouts: { total: '100ms' } },
      ],
      faults: [{ blackHole: true, until: '300ms' }],
    } as never)
    expect(attempts.map(({ exchange }) => exchange.failure?.class)).toEqual([undefined, 'timeout_total'])
    expect(attempts[1]?.exchange).toMatchObject({ reused: true })
    expect([...(attempts[1]?.exchange.wireFaults?.acted ?? [])]).toEqual(['blackHole'])
  })
})
