/** Servers that are observed beside the load, in whole runs. */
import { expect, test } from 'vitest'
import { snapshotOf } from '../../../src/export/points/snapshot.ts'
import { metricsAddress } from '../../../src/observe/address.ts'
import { atOnce } from '../../../src/pieces.ts'
import type { Result } from '../../../src/result/schema.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { type RunInput, runScenario } from '../../support/run.ts'

const TARGET = { preset: 'openai-chat', url: 'mock:', model: 'm', mock: { slots: 2, firstTokenMs: 2, gapMs: 1, tokens: 12 } }
const observed = async (own: Partial<RunInput>): Promise<Result> =>
  (
    await runScenario({
      name: 'observe',
      target: TARGET,
      load: [{ users: 6, iterations: 36 }],
      steps: [{ message: 'hello there' }],
      ...own,
    })
  ).result

test('what the server counted is what burn counted; its own requests are in no figure', async () => {
  const { server, total, connectionMetrics } = await observed({ observe: 'auto' })
  expect(total.counts).toMatchObject({ planned: 36, ok: 36 })
  expect(server).toMatchObject([
    {
      server: ['vLLM'],
      failed: 0,
      error: null,
      counters: {
        requests: { delta: 36 },
        tokens_in: { delta: total.tokens.input },
        tokens_out: { delta: total.tokens.output },
        preemptions: { delta: 0 },
      },
      histograms: { ttft: { count: 36 }, queue_time: { count: 36 }, e2e: { count: 36 } },
    },
  ])
  expect(total.tokens.output).toBe(36 * 12)
  expect(connectionMetrics.totalConnections).toBe(6)
  const { queue_time: queue, ttft } = server?.[0]?.histograms ?? {}
  // Six users and two places: four of six wait for others.
  expect(queue?.mean).toBeGreaterThan(5)
  expect(ttft?.mean).toBeLessThanOrEqual(total.distributions.ttft?.mean ?? 0)
})

test('an endpoint that is not there is said, never healthy; the run goes on', async () => {
  const { server, notes, status, errors } = await observed({
    observe: ['http://127.0.0.1:1/metrics', { url: 'auto', every: '200ms' }],
  })
  expect([status, errors]).toEqual(['completed', []])
  expect(server?.map(({ url, failed, scrapes, sinceMs }) => [url.endsWith(':1/metrics'), failed === scrapes, sinceMs])).toEqual([
    [true, true, null],
    [false, false, 0],
  ])
  expect(notes.filter((note) => note.startsWith('observe: '))).toEqual([
    expect.stringMatching(
      /^observe: http:\/\/127\.0\.0\.1:1\/metrics never told anything \(.*ECONNREFUSED.*\), so nothing is known of that server$/,
    ),
  ])
})

test('the energy that GPUs count is told in all, by token and by success, and exported', async () => {
  let asked = 0
  const { url } = await webhookReceiver(() => {
    asked += 1
    const lines = [0, 1].map((gpu) => `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="${gpu}"} ${1_000_000 + 500 * asked}`)
    return { status: 200, body: `# TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter\n${lines.join('\n')}\n` }
  })
  const result = await observed({ observe: `${url}/metrics` })
  // Half a joule more on each of two GPUs each time, in mJ.
  const joules = asked - 1
  expect(joules).toBeGreaterThan(0)
  expect(result.energy).toEqual({
    joules: expect.closeTo(joules, 9),
    source: 'counter',
    perThousandTokens: expect.closeTo((joules * 1000) / (36 * 12), 9),
    perSuccess: expect.closeTo(joules / 36, 9),
  })
  const energy = atOnce(snapshotOf(result)).metrics.find(({ row }) => row.name === 'burn.energy')
  expect(energy?.points).toMatchObject([{ value: expect.closeTo(joules, 9) }])
})

test('without observe the result has no such field', async () => {
  expect(await observed({})).not.toHaveProperty('server')
})

test.each([
  ['http://host:8000/v1/chat', 'http://host:8000/metrics'],
  ['https://user:pass@host/v1?x=1', 'https://host/metrics'],
  ['wss://[::1]:9/ws', 'https://[::1]:9/metrics'],
  ['http://{{host}}/v1', undefined],
  ['grpc://host:50051/a.B/C', undefined],
  ['mqtt://host:1883/t', undefined],
])('the metrics of %s are at %s', (url, address) => {
  expect(metricsAddress(url)).toBe(address)
})

test('thresholds fail when one of several servers never answers, and pass beside a server of another kind', async () => {
  const gpu = await webhookReceiver(() => ({ status: 200, body: 'DCGM_FI_DEV_GPU_UTIL{gpu="0"} 7\n' }))
  const silent = await webhookReceiver((_, nth) => ({ status: nth === 1 ? 200 : 503, body: 'DCGM_FI_DEV_GPU_UTIL{gpu="0"} 7\n' }))
  const thresholds = ['server.queue max < 100', 'server.preemptions count == 0', 'server.ttft p95 < 30s']
  const statesOf = async (url: string) => {
    const { thresholds: found } = await observed({
      thresholds,
      load: [{ users: 6, for: '700ms' }],
      observe: ['auto', url].map((one) => ({ url: one, every: '200ms' })),
    })
    return thresholds.map((one) => found.find(({ threshold }) => threshold === one)?.state)
  }
  expect(await statesOf(`${gpu.url}/metrics`)).toEqual(['passed', 'passed', 'passed'])
  expect(await statesOf('http://127.0.0.1:1/metrics')).toEqual(['no_samples', 'no_samples', 'no_samples'])
  expect(await statesOf(`${silent.url}/metrics`)).toEqual(['no_samples', 'no_samples', 'no_samples'])
})

test('thresholds on what servers tell: the worst server counts, and what nobody tells fails', async () => {
  const thresholds = [
    'server.queue max < 1',
    'server.queue mean < 100',
    'server.kv_usage max < 50%',
    'server.preemptions count == 0',
    'server.requests count == 36',
    'server.ttft p95 < 30s',
    'server.ttft p95 < 1ms',
    'server.gpu_usage mean < 50%',
  ]
  const { result } = await runScenario({
    name: 'observe',
    target: { ...TARGET, mock: { ...TARGET.mock, tokens: 60 } },
    load: [{ users: 6, iterations: 36 }],
    steps: [{ message: 'hello there' }],
    observe: { every: '200ms' },
    thresholds,
  })
  expect(result.thresholds.slice(0, 8).map(({ state, observed }) => [state, observed === null])).toEqual([
    ['failed', false],
    ['passed', false],
    ['failed', false],
    ['passed', false],
    ['passed', false],
    ['passed', false],
    ['failed', false],
    ['no_samples', true],
  ])
  expect(result.thresholds.slice(3, 5).map(({ observed, samples }) => [observed, samples])).toEqual([
    [0, 1],
    [36, 1],
  ])
})

const problemsOf = (own: object) =>
  validateScenario(JSON.stringify({ name: 'x', target: TARGET, steps: [{ message: 'x' }], ...own }), 'x.json').problems.map(
    ({ code, message }) => `${code} ${message}`,
  )

test.each([
  [{ thresholds: ['server.queue mean < 5'] }, 'no server is observed: server.queue has no samples'],
  [{ observe: [], thresholds: ['server.queue mean < 5'] }, 'no server is observed'],
  [{ observe: 'auto', thresholds: ['server.queue{step=step-1} mean < 5'] }, 'is of the whole server: step does not go with it'],
  [
    { observe: 'auto', thresholds: [{ threshold: 'server.queue mean < 5', window: '5s' }] },
    'window does not go with server.queue',
  ],
  [{ observe: 'auto', thresholds: ['server.ttft max < 5s'] }, 'there is no max of server.ttft'],
  [{ observe: 'auto', alerts: ['server.queue mean > 5 in 5s'] }, 'no alert looks at server.queue'],
  [{ observe: 'ftp://host/metrics' }, 'expected auto, or an address that begins with http:// or https://'],
  [{ observe: 'http://user:pass@host/metrics' }, 'without user and password'],
  [{ observe: { every: '10ms' } }, 'expected 200ms to 60s'],
  [{ observe: { names: ['a{b="c"}'] } }, 'without labels'],
])('%j: %s', (own, message) => {
  expect(problemsOf(own)).toEqual([expect.stringContaining(message)])
})

test('thresholds on observed servers are fine', () => {
  expect(problemsOf({ observe: 'auto', thresholds: ['server.queue mean < 5', 'server.preemptions count == 0'] })).toEqual([])
})
