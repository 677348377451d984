import { expect, test } from 'vitest'
import { type Counters, NO_COUNTERS } from '../../../src/metrics/counts/counters.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { windowEvidence } from '../../../src/metrics/threshold/evidence.ts'
import { measure, NOTHING_MEASURED } from '../../../src/metrics/threshold/measure.ts'
import { parsed } from './parse-line.ts'

/** Samples of 1 to `count` ms, in a window of ten seconds. */
function measured(line: string, count: number, counters: Partial<Counters> = {}, inFlight = 0) {
  const histogram = new Histogram('ms')
  for (let ms = 1; ms <= count; ms += 1) histogram.record(ms)
  return measure(
    parsed(line),
    windowEvidence({ ...NO_COUNTERS, ...counters }, inFlight, 10_000, () => histogram),
  )
}

test.each([
  ['ttft p50 < 1s', 50],
  ['ttft min < 1s', 1],
  ['ttft max < 1s', 100],
  ['ttft avg < 1s', 50.5],
  ['ttft count > 1', 100],
  ['ttft sum < 10s', 5050],
])('%s of a hundred is %d', (line, observed) => {
  const { observed: seen, samples } = measured(line, 100)
  expect(seen).toBeCloseTo(observed, 0)
  expect(samples).toBe(100)
})

test('a high percentile of few samples says so', () => {
  expect(measured('ttft p99 < 1s', 20)).toMatchObject({ fewSamples: true })
  expect(measured('ttft p50 < 1s', 20)).toMatchObject({ fewSamples: false })
})

test('nothing measured is never 0', () => {
  for (const line of ['ttft p95 < 1s', 'ttft count < 5', 'errors < 1%', 'rate > 1/s', 'ok > 1'])
    expect(measured(line, 0)).toEqual(NOTHING_MEASURED)
})

test('those that were cut may be slower than all others: what is known of a percentile is what would be left', () => {
  const cut = { planned: 110, cut: 10, cutBeforeFirstToken: 10 }
  expect(measured('ttft p50 < 1s', 100, cut).censored).toEqual({ count: 10, atLeast: expect.closeTo(55, 0) })
  expect(measured('ttft p95 < 1s', 100, cut).censored).toEqual({ count: 10, atLeast: null })
  expect(measured('ttft avg < 1s', 100, cut).censored).toEqual({ count: 10, atLeast: null })
  expect(measured('ttft min < 1s', 100, cut)).not.toHaveProperty('censored')
})

test('a share counts what it is a share of, a rate what may hang in the window', () => {
  expect(measured('errors < 1%', 0, { ok: 6, failed: 2 })).toMatchObject({ observed: 0.25, samples: 8 })
  expect(measured('errors count < 5', 0, { ok: 6, failed: 2 })).toMatchObject({ observed: 2, samples: 8 })
  expect(measured('rate > 1/s', 0, {}, 3)).toMatchObject({ observed: 0, samples: 3 })
})
