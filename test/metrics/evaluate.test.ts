import { describe, expect, test } from 'vitest'
import { type Counters, NO_COUNTERS } from '../../src/metrics/counts/counters.ts'
import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { evaluate } from '../../src/metrics/threshold/evaluate.ts'
import { type Evidence, windowEvidence } from '../../src/metrics/threshold/evidence.ts'
import { type Threshold, thresholdSchema } from '../../src/metrics/threshold/threshold.ts'
import type { ThresholdResult } from '../../src/result/schema.ts'
import { failsRun } from '../../src/result/verdict.ts'

const rule = (input: unknown): Threshold => thresholdSchema.parse(input)

const histogram = (values: readonly number[], unit: Histogram['unit'] = 'ms') => {
  const all = new Histogram(unit)
  for (const value of values) all.record(value)
  return all
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

/** What was counted and measured in ten seconds. */
function seen(counters: Partial<Counters>, distributions: Readonly<Record<string, Histogram>> = {}): Evidence {
  return windowEvidence({ ...NO_COUNTERS, ...counters }, 0, 10_000, (metric) => distributions[metric])
}

const thousand = seen(
  { planned: 1000, started: 1000, ok: 1000 },
  { ttft: histogram(upTo(1000)), output_tokens: histogram(upTo(100), 'tokens') },
)

describe('distributions', () => {
  test.each<[string, Partial<ThresholdResult>]>([
    ['ttft p95 < 951ms', { state: 'passed', samples: 1000, fewSamples: false, unit: 'ms', limit: 951 }],
    ['ttft p95 < 800ms', { state: 'failed', reason: 'ttft p95 was 950ms, limit 800ms, over 1,000 samples' }],
    ['ttft p37.5 < 376ms', { state: 'passed' }],
    ['ttft p99.9 < 2s', { state: 'passed', fewSamples: true }],
    [
      'ttft p99.9 < 900ms',
      { state: 'failed', fewSamples: true, reason: 'ttft p99.9 was 999ms, limit 900ms, over 1,000 samples (few samples)' },
    ],
    ['ttft max <= 1s', { state: 'passed', observed: 1000, fewSamples: false }],
    ['ttft p100 < 1s', { state: 'failed', observed: 1000, reason: 'ttft p100 was 1s, limit 1s, over 1,000 samples' }],
    ['ttft min >= 1ms', { state: 'passed', observed: 1 }],
    ['ttft avg == 500.5ms', { state: 'passed', observed: 500.5 }],
    ['ttft sum < 500s', { state: 'failed', observed: 500_500 }],
    [
      'ttft count > 1k',
      { state: 'failed', observed: 1000, unit: 'count', reason: 'ttft count was 1,000, wanted > 1,000, over 1,000 samples' },
    ],
    [
      'output_tokens med > 60',
      { state: 'failed', observed: 50, reason: 'output_tokens p50 was 50, wanted > 60, over 100 samples' },
    ],
    ['output_tokens max != 100', { state: 'failed', observed: 100 }],
  ])('%s', (text, expected) => {
    expect(evaluate(rule(text), thousand)).toMatchObject(expected)
  })

  test('a difference that rounding would hide is printed', () => {
    const close = seen({ planned: 1, ok: 1 }, { e2e: histogram([800.001]) })
    expect(evaluate(rule('e2e max < 800ms'), close).reason).toBe('e2e max was 800.001ms, limit 800ms, over 1 sample')
  })

  test('lag is judged like any other', () => {
    const late = evaluate(rule('lag p50 < 5ms'), seen({ planned: 1 }, { lag: histogram([7]) }))
    expect(late).toMatchObject({ state: 'failed', observed: 7, samples: 1 })
  })
})

describe('shares, counts and rates', () => {
  const mixed = seen({
    ...{ planned: 110, started: 100, ok: 90, failed: 7, cut: 3, dropped: 10 },
    ...{ good: 80, checksHeld: 90, checksMade: 100, reconnects: 2 },
  })

  test.each<[string, Partial<ThresholdResult>]>([
    ['errors < 7%', { state: 'passed', observed: 7 / 107, samples: 107, unit: 'ratio' }],
    ['errors < 1%', { state: 'failed', reason: 'errors were 6.54%, limit 1%, over 107 samples' }],
    ['errors count < 7', { state: 'failed', observed: 7, unit: 'count' }],
    ['dropped count == 10', { state: 'passed', observed: 10, samples: 110 }],
    ['good_share > 99%', { state: 'failed', samples: 107 }],
    ['good_share count >= 80', { state: 'passed', observed: 80 }],
    ['checks > 80%', { state: 'passed', observed: 0.9, samples: 100 }],
    ['checks count >= 90', { state: 'passed', observed: 90 }],
    ['failed count < 10', { state: 'passed', observed: 7, samples: 110 }],
    ['planned > 100', { state: 'passed', observed: 110 }],
    ['ok > 90', { state: 'failed', observed: 90 }],
    ['cut < 3', { state: 'failed', observed: 3 }],
    ['reconnects < 2', { state: 'failed', observed: 2 }],
    ['rate >= 9/s', { state: 'passed', observed: 9, unit: 'per_second' }],
    ['goodput > 10/s', { state: 'failed', reason: 'goodput was 8/s, wanted > 10/s, over 110 samples' }],
  ])('%s', (text, expected) => {
    expect(evaluate(rule(text), mixed)).toMatchObject(expected)
  })
})

describe('what the end of the run cut off is missing from the slow end', () => {
  const hundred = seen({ planned: 100, started: 100, ok: 100 }, { response_time: histogram(upTo(100)) })
  const cut = (count: number) =>
    seen({ planned: 100 + count, started: 100 + count, ok: 100, cut: count }, { response_time: histogram(upTo(100)) })

  test.each<[string, number, Partial<ThresholdResult>]>([
    // 5 of 105 are missing: the p95 is the largest that is there, the p96 is one of theirs.
    ['response_time p95 < 200ms', 5, { state: 'passed', observed: expect.closeTo(95, 0) }],
    [
      'response_time p96 < 200ms',
      5,
      {
        state: 'failed',
        observed: expect.closeTo(96, 0),
        reason:
          'response_time p96 was 96.1ms over 100 samples, but cannot be known: 5 attempts did not get so far before the run ended',
      },
    ],
    ['response_time p96 < 200ms', 4, { state: 'passed' }],
    ['response_time p99 <= 1h', 1, { state: 'passed' }],
    ['response_time p99 <= 1h', 2, { state: 'failed' }],
    // The median of 150 is the 75th, if all that are missing are slower.
    ['response_time p50 < 76ms', 50, { state: 'passed', observed: expect.closeTo(50, 0) }],
    [
      'response_time p50 < 70ms',
      50,
      {
        state: 'failed',
        observed: expect.closeTo(50, 0),
        reason:
          'response_time p50 was 50ms over 100 samples, but 75ms (limit 70ms) if the slowest are those that are missing: 50 attempts did not get so far before the run ended',
      },
    ],
    ['response_time p50 < 1h', 100, { state: 'passed' }],
    ['response_time p50 < 1h', 101, { state: 'failed' }],
    ['response_time max < 1h', 1, { state: 'failed' }],
    ['response_time p100 < 1h', 1, { state: 'failed' }],
    ['response_time avg < 1h', 1, { state: 'failed' }],
    ['response_time min < 1h', 50, { state: 'passed' }],
    ['response_time count < 101', 50, { state: 'passed' }],
    ['response_time p99 > 10ms', 50, { state: 'passed' }],
    [
      'response_time p99 < 50ms',
      50,
      { state: 'failed', reason: 'response_time p99 was 99ms, limit 50ms, over 100 samples (few samples)' },
    ],
  ])('%s with %i cut', (text, count, expected) => {
    expect(evaluate(rule(text), cut(count))).toMatchObject(expected)
  })

  test('another latency of the same attempts is not concerned', () => {
    const known = seen({ planned: 2, ok: 1, cut: 1 }, { ttft: histogram([5]) })
    expect(evaluate(rule('ttft p95 < 10ms'), known).state).toBe('passed')
  })

  test('too few samples say how many there were', () => {
    const late = evaluate(rule({ threshold: 'response_time p95 < 1ms', min_samples: 1000, on_missing: 'pass' }), hundred)
    expect(late).toMatchObject({ state: 'passed', samples: 100, samplesNeeded: 1000 })
    expect(evaluate(rule('response_time p95 < 1s'), hundred)).not.toHaveProperty('samplesNeeded')
  })
})

describe('nothing to judge is never a pass', () => {
  const nothing = seen({})
  const allFailed = seen({ planned: 5, started: 5, failed: 5 })

  test.each([
    ['ttft p95 < 1s', allFailed],
    ['ttft p95 < 1s', nothing],
    ['errors < 1%', nothing],
    ['failed count < 10', nothing],
    ['rate >= 0.1/s', nothing],
    ['rate < 100/s', nothing],
  ])('%s', (text, evidence) => {
    const result = evaluate(rule(text), evidence)
    expect(result).toMatchObject({ state: 'no_samples', observed: null, samples: 0 })
    expect(result.reason).toMatch(/has no samples, which counts as a failure$/)
    expect(failsRun(result)).toBe(true)
  })

  test('a rate of zero with attempts behind it is judged', () => {
    expect(evaluate(rule('rate >= 1/s'), seen({ planned: 5, failed: 5 }))).toMatchObject({
      state: 'failed',
      observed: 0,
      samples: 5,
    })
  })

  test.each([
    ['fail', 'no_samples', true, 'which counts as a failure'],
    ['pass', 'passed', false, 'which on_missing lets pass'],
    ['skip', 'skipped', false, 'which on_missing lets go'],
  ])('on_missing %s: below min_samples it is %s', (on_missing, state, fails, why) => {
    const result = evaluate(rule({ threshold: 'ttft p95 < 1ms', min_samples: 1001, on_missing }), thousand)
    expect(result.state).toBe(state)
    expect(result.reason).toBe(`ttft p95 has only 1,000 samples of the 1,001 it needs, ${why}`)
    expect(failsRun(result)).toBe(fails)
  })

  test('with enough samples it is judged', () => {
    expect(evaluate(rule({ threshold: 'ttft p95 < 1ms', min_samples: 1000 }), thousand).state).toBe('failed')
  })
})

test('a warning never fails the run', () => {
  const result = evaluate(rule({ threshold: 'ttft p95 < 1ms', severity: 'warn' }), thousand)
  expect([result.state, result.severity, failsRun(result)]).toEqual(['failed', 'warn', false])
})

test('tags are named in the reason', () => {
  expect(evaluate(rule('ttft{step=open,target=prod} p50 < 1ms'), thousand).reason).toBe(
    'ttft p50 of step open, target prod was 500ms, limit 1ms, over 1,000 samples',
  )
})
