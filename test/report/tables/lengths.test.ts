import { expect, test } from 'vitest'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { lengthsText } from '../../../src/report/tables/lengths.ts'
import type { MetricUnit } from '../../../src/result/schema.ts'

function spread(unit: MetricUnit, ...values: number[]) {
  const histogram = new Histogram(unit)
  for (const value of values) histogram.record(value)
  return histogram.toDistribution(0)
}

const asked = spread('tokens', 100, 300)

test('a reply as long as asked for needs no remark', () => {
  const distributions = {
    asked_output_tokens: asked,
    output_tokens: spread('tokens', 95, 290),
    output_of_asked: spread('ratio', 0.95, 0.97),
  }
  expect(lengthsText({ distributions })).toBe(
    'output asked 200 mean (p50 ~100, p95 ~300), got 193 mean (p50 ~95, p95 ~290): 96% of it',
  )
})

test.each([
  ['output', 0.5, '50% fewer, the model ended replies by itself'],
  ['output', 1.25, '25% more, the target does not keep to maxTokens'],
  ['input', 0.8, '20% fewer, the target cuts prompts off'],
  ['input', 1.2, '20% more, the target adds text of its own'],
])('%s %s times as long', (what, ratio, text) => {
  const distributions = { [`asked_${what}_tokens`]: asked, [`${what}_of_asked`]: spread('ratio', ratio) }
  expect(lengthsText({ distributions })).toContain(`${what} asked 200 mean (p50 ~100, p95 ~300), got ${text}`)
})

test('what the target did not count is not said', () => {
  expect(lengthsText({ distributions: { asked_output_tokens: asked } })).toBe(
    'output asked 200 mean (p50 ~100, p95 ~300), got not reported',
  )
  expect(lengthsText({ distributions: { output_tokens: asked } })).toBe('')
})

test('later turns, whose input has a history, are not held against their prompt', () => {
  const distributions = {
    asked_input_tokens: asked,
    input_tokens: spread('tokens', 100, 500, 900),
    input_of_asked: spread('ratio', 1.02),
  }
  expect(lengthsText({ distributions })).toBe('input asked 200 mean (p50 ~100, p95 ~300), got 102% of it')
})
