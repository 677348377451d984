/** One run over four protocols at once: what the flows did, together, is what the target saw. */
import { build, decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { expect, test } from 'vitest'
import type { Counts, GroupMetrics, Result } from '../../src/result/schema.ts'
import { runScenario } from '../support/run.ts'
import { localMock } from './targets.ts'

const FLOWS = ['http', 'websocket', 'grpc', 'mqtt'] as const
const ROUTES = { http: 'chat', websocket: 'ws-chat', grpc: 'grpc-chat', mqtt: 'mqtt-chat' } as const
const ITERATIONS = 80

const histogramOf = (slice: GroupMetrics) => decodeFromCompressedBase64(slice.distributions.service_time?.histogram ?? '')
const slicesOf = ({ tags }: Result, tag: string) => FLOWS.map((name) => tags[`${tag}=${name}`]!)

/** Counts of several slices, one by one. */
function sum(slices: readonly GroupMetrics[]): Counts {
  const zero = { planned: 0, started: 0, ok: 0, failed: 0, cut: 0, dropped: 0 }
  return slices.reduce<Counts>((all, { counts }) => {
    const added = Object.entries(all).map(([key, value]) => [key, (value ?? 0) + (counts[key as keyof Counts] ?? 0)])
    // the keys are those of `zero`
    return Object.fromEntries(added) as unknown as Counts
  }, zero)
}

test('flows over HTTP, WebSocket, gRPC and MQTT end up in one result, whose counts are those of the target', async () => {
  const mock = await localMock({ firstTokenMs: 5, gapMs: 0, tokens: 4 })
  const at = (scheme: string, path: string) => `${scheme}://127.0.0.1:${mock.port}${path}`
  const { result, attempts } = await runScenario({
    name: 'mixed',
    targets: {
      http: { url: at('http', '/chat') },
      websocket: { url: at('ws', '/chat') },
      grpc: { url: at('grpc', '/burn.chat.v1.ChatService/SendMessage') },
      mqtt: { preset: 'custom-mqtt', url: at('mqtt', '/chat/in') },
    },
    flows: FLOWS.map((name, index) => ({
      name,
      weight: index + 1,
      target: name,
      steps: [
        { message: 'hello', name: `${name}-hello`, expect: [{ contains: 'hello' }] },
        { message: 'again', name: `${name}-again`, expect: [{ contains: 'again' }] },
      ],
    })),
    load: [{ users: 4, iterations: ITERATIONS }],
  })
  expect(attempts.map(({ exchange }) => exchange.failure)).toEqual(Array(2 * ITERATIONS).fill(undefined))
  const all = { planned: 2 * ITERATIONS, started: 2 * ITERATIONS, ok: 2 * ITERATIONS, failed: 0, cut: 0, dropped: 0 }
  expect(result.total.counts).toEqual(all)
  expect(result.iterations).toMatchObject({ planned: ITERATIONS, completed: ITERATIONS })

  // each flow is one target here, and both ways to cut the run make a whole
  const byFlow = slicesOf(result, 'flow')
  const byTarget = slicesOf(result, 'target')
  expect(byTarget.map(({ counts }) => counts)).toEqual(byFlow.map(({ counts }) => counts))
  expect(sum(byFlow)).toEqual(all)

  // one row for each step, half of its flow each
  const rows = Object.fromEntries(result.steps.map((step) => [step.name, step.counts.ok]))
  const halves = FLOWS.flatMap((name, i) => ['hello', 'again'].map((step) => [`${name}-${step}`, byFlow[i]!.counts.ok / 2]))
  expect(rows).toEqual(Object.fromEntries(halves))
  expect(result.steps).toHaveLength(8)

  // what the target saw
  const seen = Object.fromEntries(FLOWS.map((name, i) => [ROUTES[name], byTarget[i]!.counts.ok]))
  expect(mock.stats()).toMatchObject({ requests: 2 * ITERATIONS, inFlight: 0, byRoute: seen, clientsLeft: 0 })
  expect(Object.keys(mock.stats().byRoute).toSorted()).toEqual(Object.values(ROUTES).toSorted())

  // 1:2:3:4, drawn by weight
  const shares = byFlow.map(({ counts }) => counts.ok / (2 * ITERATIONS))
  for (const [index, share] of shares.entries()) expect(Math.abs(share - (index + 1) / 10)).toBeLessThan(0.15)

  const merged = build()
  for (const slice of byFlow) merged.add(histogramOf(slice))
  const whole = histogramOf(result.total)
  expect([merged.totalCount, whole.totalCount]).toEqual([all.ok, all.ok])
  for (const p of [50, 95, 99]) expect(merged.getValueAtPercentile(p)).toBe(whole.getValueAtPercentile(p))
  expect(result.target.map(({ name, protocol }) => [name, protocol])).toEqual(FLOWS.map((name) => [name, name]))
})
