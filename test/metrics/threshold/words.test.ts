import { expect, test } from 'vitest'
import { thresholdSchema } from '../../../src/metrics/threshold/threshold.ts'
import { censoredReason, comparison, formatValue, missing } from '../../../src/metrics/threshold/words.ts'
import { parsed } from './parse-line.ts'

const over = (samples: number, fewSamples = false) => ({ observed: 0, samples, fewSamples })

test.each([
  ['ttft p95 < 800ms', 912, over(1240), 'ttft p95 was 912ms, limit 800ms, over 1,240 samples'],
  ['errors < 1%', 0.012, over(1), 'errors were 1.2%, limit 1%, over 1 sample'],
  ['rate{step=pay} >= 50/s', 12.5, over(20), 'rate of step pay was 12.5/s, wanted >= 50/s, over 20 samples'],
  ['ttft p99 < 1s', 999.9996, over(9, true), 'ttft p99 was 999.9996ms, limit 1,000ms, over 9 samples (few samples)'],
  ['errors < 1%', 0.010_000_1, over(50), 'errors were 1.00001%, limit 1%, over 50 samples'],
])('%s of %d', (line, observed, measured, text) => expect(comparison(parsed(line), measured, observed)).toBe(text))

test('those that are missing may have been the slowest', () => {
  const line = parsed('ttft p95 < 800ms')
  const measured = over(22)
  expect(censoredReason(line, { ...measured, censored: { count: 58, atLeast: null } }, 700)).toBe(
    'ttft p95 was 700ms over 22 samples, but cannot be known: 58 attempts did not get so far before the run ended',
  )
  expect(censoredReason(line, { ...measured, censored: { count: 1, atLeast: 900 } }, 700)).toBe(
    'ttft p95 was 700ms over 22 samples, but 900ms (limit 800ms) if the slowest are those that are missing: 1 attempt did not get so far before the run ended',
  )
})

test.each([
  ['ttft p95 < 1s', 0, 'ttft p95 has no samples, which counts as a failure'],
  [
    { threshold: 'ttft p95 < 1s', min_samples: 50, on_missing: 'skip' },
    7,
    'ttft p95 has only 7 samples of the 50 it needs, which on_missing lets go',
  ],
])('%j with %i samples', (written, samples, text) => {
  expect(missing(thresholdSchema.parse(written), samples)).toBe(text)
})

test.each([
  [912, 'ms', '912ms'],
  [0.012_345, 'ratio', '1.23%'],
  [1536, 'bytes', '1.5 KiB'],
  [12_345.678, 'per_second', '12,345.68/s'],
  [0.012_345_6, 'currency', '0.01235'],
  [1_234_567, 'tokens', '1,234,567'],
] as const)('%d in %s reads %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text))
