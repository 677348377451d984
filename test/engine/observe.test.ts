/** Servers that are observed beside the load, in whole runs. */
import { expect, test } from 'vitest'
import { metricsAddress } from '../../src/observe/address.ts'
import type { Result } from '../../src/result/schema.ts'
import { type RunInput, runScenario } from '../support/run.ts'

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
