/** Machines and health checks beside the load, in whole runs. */
import { expect, test } from 'vitest'
import { now } from '../../src/clock.ts'
import type { Control } from '../../src/engine/schedule/control.ts'
import type { Result } from '../../src/result/schema.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { webhookReceiver } from '../servers/webhook-receiver.ts'
import { type RunInput, runScenario, type TestRunOptions } from '../support/run.ts'

const TARGET = { preset: 'openai-chat', url: 'mock:', model: 'm', mock: { firstTokenMs: 2, gapMs: 0, tokens: 3 } }
const run = async (own: Partial<RunInput>, options: TestRunOptions = {}): Promise<Result> =>
  (
    await runScenario(
      {
        name: 'beside',
        target: TARGET,
        load: [{ users: 1, for: '700ms' }],
        steps: [{ message: 'hello there' }],
        ...own,
      },
      options,
    )
  ).result

/** A load that lasts until a server has taken so many requests: in a fixed time, a machine that stands still would make fewer. */
function untilTaken(count: number) {
  let stop = (): void => {}
  return {
    load: [{ users: 1, for: '1h' }],
    during: (control: Control) => {
      stop = () => control.stop('finished')
    },
    took<T>(nth: number, answer: T): T {
      if (nth === count) stop()
      return answer
    },
  }
}

const NODE = 'node_load1 7\nnode_memory_MemTotal_bytes 1000\nnode_memory_MemAvailable_bytes 250\nnode_boot_time_seconds 1\n'

test('the machine of burn, on the clock of the run; the mock shares it', async () => {
  const from = now()
  const { machine, connectionMetrics, total } = await run({ monitor: { every: '200ms', processes: ['1'] } })
  const tookMs = now() - from
  expect(machine).toMatchObject([{ from: null, withBurn: true, withTarget: true, failed: 0, processes: [{ pid: 1 }] }])
  const gauges = machine?.[0]?.gauges
  expect(gauges?.memory?.max).toBeGreaterThan(0)
  expect(gauges?.cpu?.count).toBeGreaterThan(0)
  const times = machine?.[0]?.series.map(({ t }) => t) ?? []
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  // A timer may fire almost 2 ms early, and the last look may end after the load.
  expect(times.every((t) => t > 198 && t <= tookMs)).toBe(true)
  // Looking takes no connection, and no attempt.
  expect(connectionMetrics.totalConnections).toBe(1)
  expect(total.counts.planned).toBe(total.counts.ok)
})

test('another machine through its exporter: neither burn nor the target is said to be on it', async () => {
  const { took, load, during } = untilTaken(4)
  const exporter = await webhookReceiver((_, nth) => took(nth, { status: 200, body: NODE }))
  const monitor = { from: exporter.url, every: '200ms', headers: { authorization: 'Bearer t0ken-of-mine' } }
  const target = { ...TARGET, url: 'http://192.0.2.1:9/', mock: undefined, timeouts: { connect: '10ms' } }
  const { machine } = await run({ load, monitor, target }, { during })
  expect(machine).toMatchObject([
    { from: `${exporter.url}/metrics`, withBurn: false, withTarget: null, gauges: { memory: { max: 0.75 } } },
  ])
  expect(exporter.received[0]).toMatchObject({ path: '/metrics', headers: { authorization: 'Bearer t0ken-of-mine' } })
})

test('without them the result has no such fields', async () => {
  const result = await run({ monitor: false, load: [{ users: 1, iterations: 1 }] })
  for (const name of ['machine', 'health', 'server']) expect(result).not.toHaveProperty(name)
})

test('health is asked before and during the load, on connections of its own', async () => {
  const { took, load, during } = untilTaken(4)
  const api = await webhookReceiver((_, nth) => took(nth, { status: nth === 2 ? 503 : 200 }))
  const check = { url: `${api.url}/health`, name: 'api', every: '200ms' }
  const { health, connectionMetrics } = await run({ load, health: check }, { during })
  expect(health).toMatchObject([
    { name: 'api', before: { ok: true }, failed: 1, error: 'status 503, expected 200 to 299', outageCount: 1 },
  ])
  expect(health?.[0]?.checks).toBe(api.received.length - 1)
  expect(health?.[0]?.outages[0]?.untilMs).toBeGreaterThan(200)
  expect(connectionMetrics.totalConnections).toBe(1)
})

test('requireHealthy: nothing is sent to a target that is not well, setup and teardown included', async () => {
  const api = await webhookReceiver(({ path }) => ({ status: path === '/health' ? 500 : 200, body: '{}' }))
  const ill = await run({
    target: { url: `${api.url}/chat` },
    health: `${api.url}/health`,
    requireHealthy: true,
    setup: [{ request: { method: 'POST', path: '/setup' } }],
    teardown: [{ request: { method: 'POST', path: '/teardown' } }],
    steps: [{ request: { method: 'GET', path: '/load' } }],
  })
  expect(api.received.map(({ path }) => path)).toEqual(['/health'])
  expect([ill.exitCode, ill.verdict, ill.total.counts.planned]).toEqual([3, 'could_not_test', 0])
  expect(ill.reason).toMatch(
    /^the target is not well, and the load was not started \(requireHealthy\): 127\.0\.0\.1:\d+\/health: status 500, expected/,
  )
  expect(ill.health).toMatchObject([{ before: { ok: false }, checks: 0, availability: null }])
})

test('a signal ends the wait for a health check, before the load and at its end', async () => {
  const states: string[] = []
  for (const silentFrom of [1, 2]) {
    let stop = (): void => {}
    const api = await webhookReceiver((_, nth) => {
      if (nth === silentFrom) stop()
      return nth < silentFrom ? { status: 200 } : 'never'
    })
    const during: TestRunOptions['during'] = (control) => {
      stop = () => {
        states.push(control.state)
        control.stop('signal')
      }
    }
    const load = [{ users: 1, iterations: 1 }]
    // The test ends in time only when nobody waits for the answer.
    const { health, total } = await run({ load, health: { url: api.url, timeout: '60s', every: '1h' } }, { during })
    expect(api.received).toHaveLength(silentFrom)
    expect(total.counts.planned).toBe(silentFrom - 1)
    const cut = silentFrom - 1
    expect(health).toMatchObject([
      { before: silentFrom === 1 ? null : { ok: true }, checks: 0, failed: 0, cut, availability: null },
    ])
  }
  expect(states).toEqual(['running', 'draining'])
})

test('one that is well is loaded, and one that is ill without requireHealthy, too', async () => {
  const api = await webhookReceiver(({ path }) => ({ status: path === '/ill' ? 500 : 200 }))
  const well = await run({ health: api.url, requireHealthy: true, load: [{ users: 1, iterations: 1 }] })
  const ill = await run({ health: `${api.url}/ill`, load: [{ users: 1, iterations: 1 }] })
  expect([well, ill].map(({ total }) => total.counts.ok)).toEqual([1, 1])
})

test('thresholds: the worst of several counts, a name selects one, and what nobody tells fails', async () => {
  const api = await webhookReceiver(({ path }) => ({ status: path === '/ill' ? 500 : 200 }))
  const exporter = await webhookReceiver(() => ({ status: 200, body: NODE }))
  const thresholds = [
    'machine.memory max < 80%',
    'machine.memory max < 70%',
    'machine.load1 mean == 7',
    'machine.cpu max <= 99%',
    'machine.net_drops count == 0',
    'health.availability{name=well} >= 99%',
    'health.availability{name=ill} <= 0%',
    'health.availability >= 99%',
    'health.outage{name=well} max < 1ms',
    'health.outage max < 1ms',
    'health.outage{name=well} count == 0',
    'health.outage{name=ill} count == 1',
    'health.response{name=well} p95 < 1m',
  ]
  const { thresholds: found } = await run({
    thresholds,
    monitor: { from: exporter.url, every: '200ms' },
    health: [
      { url: `${api.url}/well`, name: 'well', every: '200ms' },
      { url: `${api.url}/ill`, name: 'ill', every: '200ms' },
    ],
  })
  const states = Object.fromEntries(found.map(({ threshold, state }) => [threshold, state]))
  expect(thresholds.map((text) => states[text])).toEqual([
    'passed',
    'failed',
    'passed',
    'no_samples',
    'no_samples',
    'passed',
    'passed',
    'failed',
    'passed',
    'failed',
    'passed',
    'passed',
    'passed',
  ])
})

test('a machine that never answers leaves a threshold on machines without samples: it may be the one that is full', async () => {
  const exporter = await webhookReceiver(() => ({ status: 200, body: NODE }))
  const { thresholds: found } = await run({
    thresholds: ['machine.memory max < 80%'],
    monitor: [
      { from: exporter.url, every: '200ms' },
      { from: 'http://127.0.0.1:1/metrics', every: '200ms' },
    ],
  })
  expect(found[0]).toMatchObject({ state: 'no_samples', observed: null })
})

test('a threshold fails when one of those that were asked did not answer, and a name leaves it out', async () => {
  const api = await webhookReceiver(({ path }) => ({ status: path === '/ill' ? 500 : 200 }))
  const full = `${NODE}node_memory_SwapTotal_bytes 100\nnode_memory_SwapFree_bytes 90\nnode_network_receive_bytes_total{device="eth0"} 5\n`
  // One machine falls silent after the look before the load, another has no swap space and tells nothing of its network.
  const whole = await webhookReceiver(() => ({ status: 200, body: full }))
  const silent = await webhookReceiver((_, nth) => ({ status: nth === 1 ? 200 : 503, body: full }))
  const other = await webhookReceiver(() => ({ status: 200, body: NODE }))
  const health = ['well', 'ill'].map((name) => ({ url: `${api.url}/${name}`, name, every: '200ms' }))
  const statesOf = async (own: Partial<RunInput>, thresholds: string[]) => {
    const found = (await run({ ...own, thresholds })).thresholds
    return thresholds.map((one) => found.find(({ threshold }) => threshold === one)?.state)
  }
  const machines = ['machine.memory max < 99%', 'machine.net_received_bytes count == 0', 'machine.swap max < 50%']
  const watched = (...all: { url: string }[]) => ({ monitor: all.map(({ url }) => ({ from: url, every: '200ms' })) })
  expect(await statesOf(watched(whole), machines)).toEqual(['passed', 'passed', 'passed'])
  expect(await statesOf(watched(whole, silent), machines)).toEqual(machines.map(() => 'no_samples'))
  expect(await statesOf(watched(whole, other), machines)).toEqual(['passed', 'no_samples', 'passed'])
  const responses = ['health.response p95 < 1m', 'health.response{name=well} p95 < 1m']
  expect(await statesOf({ health }, responses)).toEqual(['no_samples', 'passed'])
})

test('a threshold on a process takes the one furthest from meeting it, and fails when it was not there', async () => {
  const thresholds = [
    'machine.process_rss_bytes{name=1} max > 0',
    'machine.process_rss_bytes{name=1} min < 1',
    'machine.process_cpu{name=1} max < 100',
    'machine.process_cpu{name=nobody-of-this-name} max < 100',
    'machine.process_cpu max < 100',
  ]
  const found = (await run({ thresholds, monitor: { every: '200ms', processes: [1, 'nobody-of-this-name'] } })).thresholds
  const states = thresholds.map((text) => found.find(({ threshold }) => threshold === text)?.state)
  expect(states).toEqual(['passed', 'failed', 'passed', 'no_samples', 'no_samples'])
})

const BASE = { name: 'x', target: { url: 'http://h/' }, steps: [{ message: 'm' }] }
const problemsOf = (own: object) =>
  validateScenario(JSON.stringify({ ...BASE, ...own }), 's.json').problems.map(({ message }) => message)

test.each([
  [{ monitor: true, thresholds: ['machine.cpu max < 80%'] }, []],
  [{ health: 'http://h/', thresholds: ['health.availability{name=h} >= 99%'] }, []],
  [{ thresholds: ['machine.cpu max < 80%'] }, [/no machine is watched: machine\.cpu has no samples/]],
  [{ monitor: false, thresholds: ['machine.cpu max < 80%'] }, [/no machine is watched/]],
  [{ thresholds: ['health.availability >= 99%'] }, [/there is no health check/]],
  [{ monitor: true, thresholds: ['machine.cpu{step=step-1} max < 80%'] }, [/of the whole machine: step does not go with it/]],
  [{ health: 'http://h/', thresholds: ['health.availability{name=x} >= 99%'] }, [/x/]],
  [{ monitor: { processes: ['node'] }, thresholds: ['machine.process_cpu{name=node} max < 1.5'] }, []],
  [{ monitor: true, thresholds: ['machine.process_cpu max < 1.5'] }, [/no process is watched: machine\.process_cpu has no/]],
  [{ monitor: { processes: ['node'] }, thresholds: ['machine.process_cpu{name=nod} max < 1.5'] }, [/nod/]],
  [
    { monitor: { processes: ['node'] }, thresholds: ['machine.cpu{name=node} max < 80%'] },
    [/there is no tag "name"/, /of the whole machine: name does not/],
  ],
  [{ monitor: true, thresholds: [{ threshold: 'machine.cpu max < 80%', window: '10s' }] }, [/judged at the end: window/]],
  [{ monitor: true, alerts: ['machine.memory max > 80%'] }, [/no alert looks at machine\.memory/]],
  [{ monitor: { from: 'http://h:9100', processes: ['node'] } }, [/does not tell of processes/]],
  [{ requireHealthy: true }, [/there is nothing to ask/]],
])('validate says of %j: %j', (own, expected) => {
  expect(problemsOf(own)).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
})
