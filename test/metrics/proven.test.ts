/** Which verdicts stand although the generator was late. */
import { expect, test } from 'vitest'
import { type CleanOutcome, isContested, isProven } from '../../src/metrics/threshold/proven.ts'
import { thresholdSchema } from '../../src/metrics/threshold/threshold.ts'
import type { ThresholdState } from '../../src/result/schema.ts'

test.each<[unknown, ThresholdState, boolean]>([
  ['ttft p95 < 500ms', 'passed', true],
  ['ttft p95 < 500ms', 'failed', false],
  ['ttft p95 > 5ms', 'passed', false],
  ['itl p50 < 10ms', 'passed', false],
  ['stall p99 < 1s', 'passed', false],
  ['tpot p95 < 50ms', 'passed', false],
  ['tokens_per_second p50 > 10', 'passed', false],
  ['errors ratio < 1%', 'passed', true],
  ['rate >= 10/s', 'passed', true],
  ['rate >= 10/s', 'failed', false],
  [{ threshold: 'rate >= 10/s', window: '5s' }, 'passed', false],
  ['rate < 100/s', 'passed', false],
  ['checks ratio >= 90%', 'passed', true],
  ['cost sum < 5', 'passed', true],
  ['empty_reply ratio < 1%', 'passed', true],
  ['ttft p95 < 500ms', 'no_samples', false],
  [{ threshold: 'ttft p95 < 500ms', severity: 'warn' }, 'failed', true],
])('%j, %s: %s', (input, state, proven) => {
  expect(isProven(thresholdSchema.parse(input), state)).toBe(proven)
})

test.each<[string, ThresholdState, boolean, boolean]>([
  ['ttft p95 < 500ms', 'failed', false, true],
  ['itl p50 < 10ms', 'passed', false, true],
  ['errors ratio < 1%', 'failed', false, false],
  ['errors ratio < 1%', 'failed', true, true],
  ['checks ratio >= 90%', 'failed', false, false],
  ['cost sum < 5', 'failed', true, false],
  ['ttft p95 < 500ms', 'no_samples', true, false],
  ['ttft p95 < 500ms', 'passed', true, false],
])('%s, %s, with time-outs %s: contested %s', (text, state, timedOut, contested) => {
  expect(isContested(thresholdSchema.parse(text), state, timedOut)).toBe(contested)
})

const PASSED = { state: 'passed', fewSamples: false } as const
const FAILED = { state: 'failed', fewSamples: false } as const
test.each<[string, ThresholdState, CleanOutcome | undefined, boolean]>([
  ['ttft p95 < 500ms', 'failed', FAILED, true],
  ['ttft p95 < 500ms', 'failed', PASSED, false],
  ['ttft p95 < 500ms', 'failed', { ...FAILED, fewSamples: true }, false],
  ['itl p50 < 10ms', 'passed', PASSED, true],
  ['itl p50 < 10ms', 'passed', FAILED, false],
  ['itl p50 < 10ms', 'passed', { state: 'no_samples', fewSamples: false }, false],
  ['ttft p95 > 5ms', 'passed', undefined, false],
  ['ttft p95 < 500ms', 'no_samples', { state: 'no_samples', fewSamples: false }, false],
])('%s, %s, without tainted attempts %j: %s', (text, state, clean, proven) => {
  expect(isProven(thresholdSchema.parse(text), state, clean)).toBe(proven)
})
