import { describe, expect, test } from 'vitest'
import { type Counters, NO_COUNTERS } from '../../src/metrics/counts/counters.ts'
import { countedValue, findMetric } from '../../src/metrics/groups/catalogue.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import type { Interval } from '../../src/metrics/threshold/interval.ts'
import { type Threshold, thresholdSchema } from '../../src/metrics/threshold/threshold.ts'
import { WindowEvaluator } from '../../src/metrics/threshold/window.ts'
import { errors, type Second } from './threshold/feed.ts'

const rule = (input: unknown): Threshold => thresholdSchema.parse(input)

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

function second(number: number, { ttft, inFlight = 0, ...counts }: Second, lengthMs = 1000): Interval {
  const histogram = new Histogram('ms')
  for (const value of ttft ?? []) histogram.record(value)
  return {
    fromMs: number * lengthMs,
    toMs: (number + 1) * lengthMs,
    counters: { ...NO_COUNTERS, ...counts },
    inFlight,
    samples: (metric) => (metric === 'ttft' ? histogram.sparse() : undefined),
  }
}

/** Feeds second by second; returns the evaluator and the second after which it first failed. */
function play(threshold: Threshold, seconds: readonly Second[]) {
  const evaluator = new WindowEvaluator(threshold)
  let failedAfter: number | undefined
  for (const [number, data] of seconds.entries()) {
    evaluator.feed(second(number, data))
    if (evaluator.failed) failedAfter ??= number + 1
  }
  return { evaluator, failedAfter, result: evaluator.result() }
}

test('a window in which attempts were cut is the worst, though the values that are in it are fine', () => {
  const good: Second = { planned: 10, started: 10, ok: 10, ttft: times(10, 5) }
  const torn: Second = { ok: 2, cut: 3, cutBeforeFirstToken: 3, ttft: [1, 1] }
  const { result } = play(rule({ threshold: 'ttft p50 < 10ms', window: '1s' }), [good, torn, good])
  expect(result).toMatchObject({ state: 'failed', observed: 1, worstWindow: { fromMs: 1000, toMs: 2000 } })
  expect(result.reason).toBe(
    'ttft p50 was 1ms over 2 samples, but cannot be known: 3 attempts did not get so far before the run ended',
  )
})

describe('sliding', () => {
  test('a window in which injected faults made all attempts fail is not judged', () => {
    const onErrors = rule({ threshold: 'errors < 5%', window: '1s' })
    const { result } = play(onErrors, [errors(0), { failed: 10, injectedFailed: 10 }, errors(0)])
    expect(result).toMatchObject({ state: 'passed', observed: 0 })
  })

  const fivePercent = rule({ threshold: 'errors < 5%', window: '5s', abort: true })

  test('a burst that the whole run would hide fails, and its window is remembered', () => {
    const { result, failedAfter, evaluator } = play(fivePercent, [...times(50, errors(0)), errors(5), ...times(49, errors(0))])
    expect(result).toMatchObject({
      threshold: 'errors < 5% over 5s',
      state: 'failed',
      observed: 0.1,
      samples: 50,
      worstWindow: { fromMs: 46_000, toMs: 51_000 },
    })
    expect(result.reason).toBe('errors were 10%, limit 5%, over 50 samples')
    expect([failedAfter, evaluator.shouldAbort]).toEqual([51, true])
  })

  test('all is well: the worst window is still told', () => {
    const { result, evaluator } = play(fivePercent, [...times(10, errors(0)), errors(2), ...times(10, errors(0))])
    expect(result).toMatchObject({ state: 'passed', observed: 0.04, worstWindow: { fromMs: 6000, toMs: 11_000 } })
    expect(evaluator.shouldAbort).toBe(false)
  })

  test('it is not judged before it is full', () => {
    const { failedAfter } = play(fivePercent, times(10, errors(10)))
    expect(failedAfter).toBe(5)
  })

  test('a run that is shorter than the window is judged as one', () => {
    const { result, failedAfter } = play(fivePercent, times(3, errors(1)))
    expect(failedAfter).toBeUndefined()
    expect(result).toMatchObject({ state: 'failed', observed: 0.1, worstWindow: { fromMs: 0, toMs: 3000 } })
  })

  test('asking for its result before it is full changes nothing', () => {
    const evaluator = new WindowEvaluator(fivePercent)
    for (let n = 0; n < 20; n += 1) {
      evaluator.feed(second(n, errors(n === 0 ? 1 : 0)))
      if (n === 0) expect([evaluator.result().state, evaluator.evaluated]).toEqual(['failed', false])
    }
    expect([evaluator.shouldAbort, evaluator.evaluated]).toEqual([false, true])
    expect(evaluator.result()).toMatchObject({ state: 'passed', observed: 0.02, worstWindow: { fromMs: 0, toMs: 5000 } })
  })

  test('ticks that come late do not shrink it', () => {
    const evaluator = new WindowEvaluator(fivePercent)
    for (let n = 0; n < 20; n += 1) evaluator.feed(second(n, errors(1), 1001.3))
    expect(evaluator.result().worstWindow).toEqual({ fromMs: 0, toMs: 5 * 1001.3 })
    expect(evaluator.result().samples).toBe(50)
  })

  test('after leaves the first part out', () => {
    const later = rule({ threshold: 'errors < 5%', window: '5s', after: '10s' })
    const { result } = play(later, [...times(10, errors(10)), ...times(10, errors(0))])
    expect(result).toMatchObject({ state: 'passed', observed: 0, worstWindow: { fromMs: 10_000, toMs: 15_000 } })
  })

  test('percentiles are of the pooled samples, not the mean of seconds', () => {
    const { result } = play(rule({ threshold: 'ttft p50 < 100ms', window: '2s' }), [
      { ok: 9, ttft: times(9, 10) },
      { ok: 1, ttft: [1000] },
    ])
    expect(result).toMatchObject({ state: 'passed', observed: 10.007, samples: 10, fewSamples: true })
  })

  test('the slowest window of a percentile', () => {
    const { result } = play(
      rule({ threshold: 'ttft max < 100ms', window: '2s' }),
      [50, 60, 300, 70, 200].map((ms) => ({ planned: 1, ok: 1, ttft: [ms] })),
    )
    expect(result).toMatchObject({ state: 'failed', observed: 300, worstWindow: { fromMs: 1000, toMs: 3000 } })
  })

  test('for a lower bound the lowest window is the worst', () => {
    const { result } = play(
      rule({ threshold: 'rate >= 8/s', window: '2s' }),
      [10, 10, 4, 6, 10].map((ok) => ({ planned: ok, ok })),
    )
    expect(result).toMatchObject({ state: 'failed', observed: 5, worstWindow: { fromMs: 2000, toMs: 4000 } })
  })
})

describe('windows that say little', () => {
  test('fewer than min_samples: passed over', () => {
    const input = { threshold: 'errors < 5%', window: '2s', min_samples: 15 }
    const few = { planned: 2, started: 2, ok: 1, failed: 1 }
    expect(play(rule(input), [errors(0), errors(0), few, few, errors(0), errors(0)]).result).toMatchObject({
      state: 'passed',
      observed: 0,
    })
    expect(play(rule(input), [few, few, few]).result).toMatchObject({ state: 'no_samples', samples: 0 })
    expect(play(rule({ ...input, on_missing: 'skip' }), [few, few, few]).result.state).toBe('skipped')
  })

  test('a pause without load is no failure', () => {
    const { result } = play(rule({ threshold: 'ttft p95 < 1s', window: '2s' }), [
      ...times(3, { planned: 1, ok: 1, ttft: [5] }),
      ...times(5, {}),
    ])
    expect(result.state).toBe('passed')
  })

  test.each([
    ['attempts ended and none gave a value', { planned: 1, failed: 1 }],
    ['attempts hung all through it', { inFlight: 3 }],
  ])('%s: on_missing decides', (_, empty) => {
    const seconds = [
      ...times(3, { planned: 1, ok: 1, ttft: [5] }),
      ...times(3, empty),
      ...times(3, { planned: 1, ok: 1, ttft: [5] }),
    ]
    const { result, evaluator } = play(rule({ threshold: 'ttft p95 < 1s', window: '2s', abort: true }), seconds)
    expect(result).toMatchObject({ state: 'no_samples', worstWindow: { fromMs: 3000, toMs: 5000 } })
    expect(evaluator.shouldAbort).toBe(true)
    expect(play(rule({ threshold: 'ttft p95 < 1s', window: '2s', on_missing: 'skip' }), seconds).evaluator.failed).toBe(false)
  })

  test('a rate is zero while attempts hang', () => {
    const seconds = [...times(3, { planned: 10, ok: 10 }), ...times(3, { inFlight: 10 })]
    expect(play(rule({ threshold: 'rate > 1/s', window: '2s' }), seconds).result).toMatchObject({
      state: 'failed',
      observed: 0,
      worstWindow: { fromMs: 3000, toMs: 5000 },
    })
  })

  test('a failed window is worse than one without a value', () => {
    const seconds = [
      ...times(2, { planned: 1, failed: 1 }),
      ...times(2, { planned: 1, ok: 1, ttft: [5000] }),
      ...times(2, { planned: 1, failed: 1 }),
    ]
    expect(play(rule({ threshold: 'ttft p95 < 1s', window: '2s' }), seconds).result).toMatchObject({
      state: 'failed',
      observed: 5000,
    })
  })

  test('never fed: no samples', () => {
    expect(new WindowEvaluator(rule({ threshold: 'errors < 5%', window: '5s' })).result()).toMatchObject({
      state: 'no_samples',
      observed: null,
    })
  })
})

describe('without a window', () => {
  test('the run so far decides on the abort, once after has passed', () => {
    const { failedAfter, result } = play(rule({ threshold: 'errors < 50%', abort: true, after: '3s' }), times(6, errors(8)))
    expect(failedAfter).toBe(4)
    expect(result).toMatchObject({ state: 'failed', observed: 0.8, samples: 60 })
    expect(result.worstWindow).toBeUndefined()
  })

  test('what happened before after still counts', () => {
    const { failedAfter } = play(rule({ threshold: 'errors < 50%', abort: true, after: '3s' }), [
      ...times(3, errors(10)),
      ...times(2, errors(0)),
      errors(0),
    ])
    expect(failedAfter).toBe(4)
  })

  test('min_samples holds the abort back; no value yet is early, not missing', () => {
    const threshold = rule({ threshold: 'ttft p50 < 10ms', abort: true, min_samples: 3 })
    const { failedAfter, evaluator } = play(threshold, [
      { planned: 1, failed: 1 },
      ...times(4, { planned: 1, ok: 1, ttft: [20] }),
    ])
    expect([failedAfter, evaluator.shouldAbort]).toEqual([4, true])
  })

  test('the result says who ended the run', () => {
    const { evaluator } = play(rule({ threshold: 'errors < 50%', abort: true }), [errors(10)])
    expect(evaluator.result(true)).toMatchObject({ state: 'failed', aborted: true })
  })
})

test.each([
  ['errors', 0.2],
  ['good_share', 0.5],
  ['checks', 0.75],
  ['dropped', 1 / 11],
  ['planned', 11],
  ['ok', 7],
  ['failed', 2],
  ['cut', 1],
  ['connections_opened', 9],
  ['connections_failed', 4],
  ['connections_lost', 5],
  ['lost_in_flight', 2],
  ['reconnects', 3],
  ['bytes_sent', 700],
  ['bytes_received', 8000],
  ['started_rate', 5],
  ['completed_rate', 4.5],
  ['rate', 3.5],
  ['goodput', 2.5],
  ['output_token_rate', 50],
  ['ttft', null],
])('%s of counters is %s', (metric, value) => {
  const counters = {
    ...NO_COUNTERS,
    planned: 11,
    started: 10,
    ok: 7,
    failed: 2,
    cut: 1,
    dropped: 1,
    good: 5,
    checksHeld: 3,
    checksMade: 4,
    connectionsOpened: 9,
    connectionsFailed: 4,
    connectionsLost: 5,
    lostInFlight: 2,
    reconnects: 3,
    bytesSent: 700,
    bytesReceived: 8000,
    outputTokens: 100,
  }
  const definition = findMetric(metric)
  const formed = (of: Counters, windowMs: number) =>
    definition && definition.kind !== 'distribution' ? countedValue(definition, of, windowMs) : null
  expect(formed(counters, 2000)).toBe(value)
  expect(formed(NO_COUNTERS, 0)).toSatisfy((nothing) => nothing === null || nothing === 0)
})
