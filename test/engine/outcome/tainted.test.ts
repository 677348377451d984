/** Attempts that a disturbance touched are counted beside the clean ones, and what holds with and without them is proven. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { now } from '../../../src/clock.ts'
import { Recorder } from '../../../src/metrics/recorder.ts'
import { cleanOutcome } from '../../../src/metrics/threshold/group-evidence.ts'
import { thresholdSchema } from '../../../src/metrics/threshold/threshold.ts'
import { startMock } from '../../../src/mock/server.ts'
import { okExchange } from '../../metrics/exchanges.ts'
import { runScenario } from '../../support/run.ts'

const DIMENSIONS = {
  steps: [{ name: 'ask', kind: 'message', checks: [], flow: undefined }] as const,
  phases: [{ name: 'main', warmup: false, setupOrTeardown: false }],
  targets: ['target'],
  groups: [],
  selectors: [],
}
const AT = { step: 0, phase: 0, target: 0, group: 0 }

/** Ten attempts of 5 ms and, across a silence of 90 ms, one of 95 ms. */
function recorded(): Recorder {
  const recorder = new Recorder(DIMENSIONS)
  for (let at = 0; at <= 100; at += 10) recorder.disturbances.alive(at)
  const add = (sent: number, ended: number) => {
    recorder.started(AT, 0, sent)
    recorder.settled(okExchange({ intended: sent, sent, ended }), AT, [], true)
  }
  for (let i = 0; i < 10; i += 1) add(i * 10, i * 10 + 5)
  add(100, 195)
  return recorder
}

test('a tainted attempt counts in its groups, and in their tainted part', () => {
  const { total, steps, phases } = recorded()
  for (const group of [total, steps[0], phases[0]]) {
    const { counts, distributions, tainted } = group?.toMetrics(1000) ?? {}
    expect(counts).toMatchObject({ planned: 11, ok: 11 })
    expect(distributions?.service_time).toMatchObject({ count: 11, max: 95 })
    expect(tainted).toMatchObject({ ok: 1, failed: 0, cut: 0, distributions: { service_time: { count: 1, max: 95 } } })
  }
})

test('the clean part is what is left without it', () => {
  const { clean } = recorded().total
  expect(clean?.counters).toMatchObject({ planned: 10, started: 10, ok: 10 })
  const times = clean?.histogramOf('service_time')
  expect(times).toMatchObject({ count: 10 })
  expect(times?.max).toBeCloseTo(5, 1)
})

test.each([
  ['service_time p50 < 10ms', 'passed'],
  ['errors ratio > 50%', 'failed'],
  ['connections_opened >= 100', undefined],
  ['failed_iterations ratio < 1%', undefined],
  ['rate > 1/s', undefined],
])('the clean outcome of %s is %s: what exists once for the run has none', (text, state) => {
  expect(cleanOutcome(thresholdSchema.parse(text), recorded().total)?.state).toBe(state)
})

test('without a disturbance there is no tainted part', () => {
  const recorder = new Recorder(DIMENSIONS)
  recorder.started(AT, 0, 0)
  recorder.settled(okExchange({ sent: 0, ended: 3_600_000 }), AT, [], true)
  expect(recorder.total.clean).toBeUndefined()
  expect(recorder.total.toMetrics(1000)).not.toHaveProperty('tainted')
})

test('a run whose process stands still counts what was under way as tainted', async () => {
  const mock = await startMock({ firstTokenMs: 30, tokens: 2 })
  onTestFinished(() => mock.close())
  const block = async () => {
    await vi.waitUntil(() => mock.stats().requests >= 5, { interval: 1, timeout: 30_000 })
    blockFor(120)
  }
  const { result } = await runScenario(
    {
      name: 'held up',
      target: { url: `${mock.url}/v1/chat/completions`, preset: 'openai-chat', model: 'm' },
      load: [{ users: 5, iterations: 60 }],
      steps: [{ message: 'hello' }],
    },
    { during: () => void block(), allowLag: true },
  )
  const { counts, tainted } = result.total
  expect(counts.ok).toBe(60)
  expect(tainted?.ok).toBeGreaterThanOrEqual(1)
  expect(result.generator.disturbedMs).toBeGreaterThanOrEqual(100)
  expect(result.generator.stalledMs).toBeGreaterThanOrEqual(100)
})

function blockFor(ms: number): void {
  const until = now() + ms
  while (now() < until);
}
