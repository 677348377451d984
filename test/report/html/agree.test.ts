/** The page, the summary and the JSON are made of one result: they must not tell different stories. */
import { describe, expect, test } from 'vitest'
import { formatCount, formatPercentile, formatShare, formatValue } from '../../../src/report/text/format.ts'
import { FILE_OPTIONS } from '../../../src/report/text/reporter.ts'
import { resultSchema } from '../../../src/result/schema.ts'
import { reporters } from '../../support/reporters.ts'
import { fine, thresholdFailed } from '../results.ts'

const WIDE = { ...FILE_OPTIONS, width: 200 }

describe.each([
  ['fine', fine],
  ['failed', thresholdFailed],
] as const)('of %s', (_, result) => {
  const page = reporters.html.render(result, FILE_OPTIONS)
  const shown = page
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ')
  const summary = reporters.console.render(result, WIDE).replace(/\s+/g, ' ')
  const { total, steps, thresholds } = resultSchema.parse(JSON.parse(reporters.json.render(result, FILE_OPTIONS)))

  test('the headline', () => {
    const figures = [
      formatShare(total.values.errors),
      formatPercentile(total.distributions.response_time, 'p99'),
      formatPercentile(total.distributions.ttft, 'p95'),
    ]
    for (const figure of figures) for (const text of [shown, summary]) expect(text).toContain(figure)
    expect(shown).toContain(result.reason)
    expect(summary).toContain(result.reason)
  })

  test('each step', () => {
    for (const step of steps) {
      const { response_time: response, ttft } = step.distributions
      const figures = [formatPercentile(response, 'p50'), formatPercentile(response, 'p95'), formatPercentile(response, 'p99')]
      expect(shown).toContain(
        `${step.name} ${[step.counts.planned, step.counts.ok, step.counts.failed].map(formatCount).join(' ')} ${figures.join(' ')}`,
      )
      expect(summary).toContain(
        `${step.name} ${formatCount(step.counts.planned)} ${formatShare(step.counts.ok / step.counts.planned)} ${figures.join(' ')}`,
      )
      expect(shown).toContain(formatPercentile(ttft, 'p95'))
    }
  })

  test('each threshold', () => {
    for (const { threshold, observed, limit, unit, state } of thresholds) {
      for (const text of [shown, summary]) expect(text).toContain(threshold)
      if (state !== 'failed' && state !== 'passed') continue
      for (const figure of [formatValue(observed, unit), formatValue(limit, unit)])
        for (const text of [shown, summary]) expect(text).toContain(figure)
    }
  })
})
