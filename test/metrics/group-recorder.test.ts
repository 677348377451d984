import { expect, test } from 'vitest'
import { GroupRecorder } from '../../src/metrics/groups/group-recorder.ts'
import { cutExchange, failedExchange, okExchange } from './exchanges.ts'

const GOOD = { good: true, checksPassed: 0, checksFailed: 0, inWindow: true }
const BAD = { ...GOOD, good: false }

function started(count: number): GroupRecorder {
  const series = new GroupRecorder()
  for (let i = 0; i < count; i += 1) series.receiving.start()
  return series
}

test('every distribution by its formula', () => {
  const series = started(1)
  const moments = { intended: 100, sent: 110, firstByte: 120, firstToken: 150, lastToken: 190, ended: 200 }
  const exchange = okExchange({ ...moments, gaps: [10, 30], outputTokens: 5, bytes: 77 })
  Object.assign(exchange, { firstOutputAt: 160, queueWaitMs: 4 })
  series.receiving.add(exchange, GOOD)
  const { distributions } = series.toMetrics(1000)
  const means = Object.fromEntries(Object.entries(distributions).map(([name, { mean }]) => [name, mean]))
  expect(means).toMatchObject({
    response_time: 100,
    service_time: 90,
    start_delay: 10,
    queue_wait: 4,
    ttfb: 10,
    ttft: 40,
    ttfo: 50,
    stall: 30,
    tpot: 10,
    tokens_per_second: 100,
    e2e: 80,
    output_tokens: 5,
    reply_bytes: 77,
  })
  expect(distributions.itl).toMatchObject({ count: 2, min: 10, max: 30, mean: 20 })
})

test('what cannot be formed is left out and counted, never 0', () => {
  const series = started(3)
  series.receiving.add(okExchange({ outputTokens: 1 }), GOOD)
  series.receiving.add(okExchange({ gaps: [10], firstToken: 5, lastToken: 15, outputTokens: null }), GOOD)
  series.receiving.add(okExchange({ gaps: [10], firstToken: 5, lastToken: 15, outputTokens: 3 }), GOOD)
  const { distributions, tokens } = series.toMetrics(1000)
  expect(distributions.tpot).toMatchObject({ count: 1, leftOut: 2, mean: 5 })
  expect(distributions.input_tokens).toBeUndefined()
  expect(tokens).toEqual({ input: null, cachedInput: null, output: 4, reasoning: null, sources: { usage: 3 } })
})

test('latencies hold ok attempts only; failed ones have their own', () => {
  const series = started(4)
  series.receiving.add(okExchange({ ended: 10 }), GOOD)
  series.receiving.add(failedExchange('reset', 'x', 500, 100), BAD)
  series.receiving.add(failedExchange('refused', 'never sent', 600), BAD)
  series.receiving.add(cutExchange(), BAD)
  const slice = series.toMetrics(1000)
  expect(slice.counts).toEqual({ planned: 4, started: 4, ok: 1, failed: 2, cut: 1, dropped: 0 })
  expect(slice.distributions.response_time).toMatchObject({ count: 1, max: 10 })
  expect(slice.failedServiceTime).toMatchObject({ count: 1, max: 400 })
})

test('shares are of all attempts, rates of those that ended before the load did', () => {
  const series = started(8)
  for (let i = 0; i < 4; i += 1) series.receiving.add(okExchange({ outputTokens: 10 }), GOOD)
  series.receiving.add(okExchange({ outputTokens: 10 }), BAD)
  series.receiving.add(okExchange({ outputTokens: 10 }), { ...GOOD, inWindow: false })
  series.receiving.add(failedExchange('reset', 'x', 5), BAD)
  series.receiving.add(cutExchange(), BAD)
  series.receiving.drop(2)
  expect(series.values(2000)).toMatchObject({
    errors: 1 / 9,
    good_share: 5 / 9,
    dropped: 2 / 10,
    planned: 10,
    started_rate: 4,
    completed_rate: 3,
    rate: 2.5,
    goodput: 2,
    output_token_rate: 25,
    checks: null,
  })
  expect(series.windowCounters).toMatchObject({ ok: 5, failed: 1 })
  expect(series.counters).toMatchObject({ ok: 6, failed: 1, cut: 1, dropped: 2 })
})

test('nothing at all is null, not 0 and not a pass', () => {
  expect(new GroupRecorder().values(1000)).toMatchObject({ errors: null, good_share: null, checks: null, dropped: null, rate: 0 })
  expect(new GroupRecorder().values(0)).toMatchObject({ rate: null, started_rate: null })
  expect(new GroupRecorder().toMetrics(1000).distributions).toEqual({})
})

test('output tokens that nobody told have no rate', () => {
  const series = started(1)
  series.receiving.add(okExchange({ outputTokens: null }), GOOD)
  expect(series.values(1000)).toMatchObject({ output_token_rate: null, input_token_rate: null, item_rate: null })
})

test('gaps of 0, from pieces that came in one delivery, are told apart', () => {
  const series = new GroupRecorder()
  series.receiving.start()
  series.receiving.add(okExchange({ gaps: [0, 0, 20] }), { good: true, checksPassed: 0, checksFailed: 0, inWindow: true })
  expect(series.toMetrics(1000)).toMatchObject({ gapsTogether: 2, distributions: { itl: { count: 3 } } })
  expect(new GroupRecorder().toMetrics(1000)).not.toHaveProperty('gapsTogether')
})
