/** Advice that comes of what servers say of themselves. */
import { describe, expect, test } from 'vitest'
import { adviceOf } from '../../src/advice/advice.ts'
import type { Result, ServerEndpoint, TimelineRow } from '../../src/result/schema.ts'
import { distribution, fine } from '../report/results.ts'

type Gauge = ServerEndpoint['gauges'][string]
type Parts = Partial<Pick<ServerEndpoint, 'series'>> & {
  readonly gauges?: Readonly<Record<string, readonly [mean: number, max: number]>>
  readonly counters?: Readonly<Record<string, number>>
  readonly queueTime?: number
}

const gauge = ([mean, max]: readonly [number, number]): Gauge => ({ unit: 'count', count: 20, min: 0, mean, max, p95: max })
const mapped = <A, B>(of: Readonly<Record<string, A>>, to: (one: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(of).map(([name, one]) => [name, to(one)]))

const endpoint = ({ gauges = {}, counters = {}, series = [], queueTime }: Parts): ServerEndpoint => ({
  url: 'http://gpu-1:8000/metrics',
  server: ['vLLM'],
  scrapes: 20,
  failed: 0,
  error: null,
  sinceMs: 0,
  untilMs: 20_000,
  gauges: mapped(gauges, gauge),
  counters: mapped(counters, (delta) => ({ unit: 'count' as const, delta, perSecond: 1, resets: 0 })),
  histograms:
    queueTime === undefined ? {} : { queue_time: { unit: 'ms', count: 9, mean: queueTime, p50: null, p95: null, p99: null } },
  series,
})

const withServers = (parts: readonly Parts[], more: Partial<Result> = {}): Result => ({
  ...fine,
  ...more,
  total: { ...fine.total, counts: { ...fine.total.counts, ok: 500 }, ...more.total },
  server: parts.map(endpoint),
})
const said = (result: Result, rule: string) => adviceOf(result).find((one) => one.rule === rule)?.text

describe('memory', () => {
  test('requests that were set back, and how full the cache was', () => {
    const two = [
      { counters: { preemptions: 12 }, gauges: { kv_usage: [0.7, 0.85] as const } },
      { gauges: { kv_usage: [0.91, 0.97] as const } },
    ]
    expect(said(withServers(two), 'server-memory')).toBe(
      'the server set requests back 12 times for want of memory, and computed them anew; the KV cache of the server was 97 % full at most (91 % mean): send fewer at once, shorten prompts and replies, or give the cache more memory',
    )
  })

  test.each([
    [0.89, undefined],
    [0.9, /^the KV cache of the server was 90 % full at most \(50 % mean\): send fewer/],
  ])('a cache that is full to %d at most', (max, text) => {
    const found = said(withServers([{ gauges: { kv_usage: [0.5, max] }, counters: { preemptions: 0 } }]), 'server-memory')
    if (text === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(text)
  })
})

describe('a queue', () => {
  const queue = (values: readonly number[]) => [{ series: values.map((value, i) => ({ t: i * 1000, values: { queue: value } })) }]

  test('that grows is said, with how long it was', () => {
    const growing = [0, 1, 0, 2, 4, 5, 9, 8, 12, 14, 15, 19]
    expect(said(withServers(queue(growing)), 'server-queue-grows')).toMatch(
      /^the requests that wait in the server grew from 0\.8 in the first third of the run to 15 in the last: more came in/,
    )
  })

  test.each<[string, number[]]>([
    ['goes up and down', [0, 9, 0, 12, 0, 14, 2, 11, 0, 13, 1, 9]],
    ['grows by a little only', [9, 9, 10, 10, 10, 11, 11, 11, 12, 12, 12, 13]],
    ['was seen a few times', [0, 4, 9, 20]],
    ['falls', [19, 15, 14, 12, 8, 9, 5, 4, 2, 0, 1, 0]],
  ])('that %s is not', (_title, values) => {
    expect(said(withServers(queue(values)), 'server-queue-grows')).toBeUndefined()
  })

  const times = (means: Readonly<Record<string, number>>): Partial<Result> => ({
    total: { ...fine.total, distributions: mapped(means, (mean) => ({ ...distribution(mean, mean, mean), mean })) },
  })

  test('that is most of the time to the first token: by the replies, else by the one server', () => {
    expect(said(withServers([], times({ ttft: 2100, server_queue: 1344 })), 'server-queue')).toMatch(
      /^64 % of the mean time to the first token \(2\.1s\) is waiting in the server's queue \(1\.34s\)/,
    )
    expect(said(withServers([{ queueTime: 1680 }], times({ ttft: 2100 })), 'server-queue')).toMatch(/^80 % /)
    expect(said(withServers([{ queueTime: 1680 }], times({ ttft: 2100, server_queue: 1344 })), 'server-queue')).toMatch(/^64 % /)
  })

  test('that is less, or more than burn saw, or short, is not; nor are those of several servers', () => {
    for (const means of [
      { ttft: 2100, server_queue: 900 },
      { ttft: 2100, server_queue: 2200 },
      { ttft: 30, server_queue: 19 },
    ])
      expect(said(withServers([], times(means)), 'server-queue')).toBeUndefined()
    expect(said(withServers([{ queueTime: 1680 }, { queueTime: 9 }], times({ ttft: 2100 })), 'server-queue')).toBeUndefined()
  })
})

describe('the prefix cache', () => {
  const cached = (hits: number, queries = 1000, steps = fine.steps) =>
    said(withServers([{ counters: { prefix_hits: hits, prefix_queries: queries } }], { steps }), 'prefix-cache')

  test('that held most prompts flatters the run', () => {
    expect(cached(800)).toMatch(/^the prefix cache of the server held 80 % of 1000 prompt tokens: the time to the first token is/)
    expect(cached(790)).toBeUndefined()
    expect(cached(999, 999)).toBeUndefined()
  })

  test('that held nothing of a conversation does not work', () => {
    const [step] = fine.steps
    const turns = step
      ? [
          { ...step, kind: 'message' },
          { ...step, name: 'b', kind: 'message' },
        ]
      : []
    expect(cached(20, 1000, turns)).toMatch(/^the prefix cache of the server held 2 % .* though each turn/)
    expect(cached(20, 1000, turns.slice(1))).toBeUndefined()
    expect(cached(60, 1000, turns)).toBeUndefined()
  })
})

test('GPUs that are idle while requests wait in another server than theirs', () => {
  const waiting = { gauges: { queue: [12, 30] as const } }
  const gpu = (busy: number): Parts => ({ gauges: { gpu_usage: [busy, 1] } })
  expect(said(withServers([waiting, gpu(0.35)]), 'idle-gpu')).toMatch(/^the GPUs were 35 % busy while 12 requests waited/)
  expect(said(withServers([waiting, gpu(0.5)]), 'idle-gpu')).toBeUndefined()
  expect(said(withServers([gpu(0.35)]), 'idle-gpu')).toBeUndefined()
})

describe('which state response times rise with', () => {
  const SECONDS = 20
  const [phase] = fine.phases
  const [row] = fine.timeline
  const rowAt = (i: number, p50: number): TimelineRow => {
    if (!row) throw new Error('no row')
    return {
      ...row,
      phase: phase?.name ?? '',
      atMs: i * 1000,
      lengthMs: 1000,
      latencies: { response_time: { p50, p95: p50, max: p50 } },
    }
  }
  const seconds = Array.from({ length: SECONDS }, (_, i) => i)
  /** Up and down, so that no state goes with time alone. */
  const wave = seconds.map((i) => (i * 7) % 11)
  const timeline = (of: readonly number[] = wave) => of.map((value, i) => rowAt(i, 100 + 20 * value))
  const series = (of: Readonly<Record<string, readonly number[]>>, atMs = 400) =>
    seconds.map((i) => ({ t: i * 1000 + atMs, values: mapped(of, (values) => values[i] ?? 0) }))
  const distributions = mapped({ response_time: 400, service_time: 400, ttfb: 380, start_delay: 0 }, (mean) => ({
    ...distribution(mean, mean, mean),
    mean,
  }))
  const evidence = (rows: readonly TimelineRow[], server: readonly Parts[]) =>
    said(withServers(server, { timeline: [...rows], total: { ...fine.total, distributions } }), 'slowest-part')

  test('the closest one is named, with its coefficient and the time it was seen', () => {
    const noisy = wave.map((value, i) => value + (i % 5))
    expect(
      evidence(timeline(), [{ series: series({ running: noisy }) }, { series: series({ queue: wave, kv_usage: noisy }) }]),
    ).toMatch(
      /: the target works, or its queue is long; second by second the response time rises with the requests that wait in the server \(rank correlation 1\.00 over 20 s\)$/,
    )
    expect(evidence(timeline(), [{ series: series({ kv_usage: noisy }) }])).toMatch(
      /with the use of the server's KV cache \(rank correlation 0\.\d\d over 20 s\)$/,
    )
  })

  test.each<[string, TimelineRow[], Parts[]]>([
    ['goes its own way', timeline(), [{ series: series({ queue: seconds.map((i) => (i * 3) % 7) }) }]],
    ['falls when they rise', timeline(), [{ series: series({ queue: wave.map((value) => -value) }) }]],
    ['never changes', timeline(), [{ series: series({ queue: seconds.map(() => 4) }) }]],
    ['was seen for a few seconds', timeline(wave.slice(0, 14)), [{ series: series({ queue: wave }) }]],
    ['was seen at other times', timeline(), [{ series: series({ queue: wave }, 60_000) }]],
    ['nobody slowed down for', timeline(wave.map((value) => value / 50)), [{ series: series({ queue: wave }) }]],
    ['burn does not know the meaning of', timeline(), [{ series: series({ 'evil\u001b[2J': wave }) }]],
    ['was seen in a warm-up', timeline().map((one) => ({ ...one, phase: 'other' })), [{ series: series({ queue: wave }) }]],
  ])('one that %s is not', (_title, rows, server) => {
    expect(evidence(rows, server)).toMatch(/the target works, or its queue is long$/)
  })
})
