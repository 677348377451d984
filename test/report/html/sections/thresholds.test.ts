/** The thresholds on the page. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../../src/report/html/html.ts'
import { PLAIN } from '../../every-report.ts'
import { fine, threshold } from '../../results.ts'

describe('thresholds', () => {
  const cellOf = (over: Parameters<typeof threshold>[1]) => {
    const page = html.render({ ...fine, thresholds: [threshold('ttft p95 < 800ms', over)] }, PLAIN)
    return (/<section id="thresholds"[\s\S]*?<tbody>\s*<tr>([\s\S]*?)<\/tr>/.exec(page)?.[1] ?? '').replace(/<[^>]*>/g, '|')
  }

  test.each([
    ['half of the limit', { observed: 400, limit: 800 }, '50% below'],
    ['above it', { observed: 1000, limit: 800, state: 'failed' }, '25% above'],
    ['far above it', { observed: 8000, limit: 800, state: 'failed' }, '10 × the limit'],
    ['at it', { observed: 800, limit: 800 }, 'at the limit'],
    ['nothing allowed', { observed: 3, limit: 0, unit: 'count', state: 'failed' }, 'above the limit'],
  ] as const)('%s', (_, over, words) => {
    expect(cellOf(over)).toContain(words)
  })

  test('no margin without samples', () => {
    expect(cellOf({ observed: null, state: 'no_samples', samples: 0 })).not.toMatch(/below|above|the limit/)
  })
})
