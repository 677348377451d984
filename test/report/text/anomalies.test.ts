/** What stands out, in words: how many, from when on one does, and which was the worst. */
import { describe, expect, test } from 'vitest'
import { anomalyTexts } from '../../../src/report/text/anomalies.ts'
import type { AnomalyGroup, Result } from '../../../src/result/schema.ts'
import { reporters } from '../../support/reporters.ts'
import { PLAIN } from '../every-report.ts'
import { fine, HOSTILE } from '../results.ts'

const slow: AnomalyGroup = {
  kind: 'slow',
  step: 'open',
  metric: 'ttft',
  unit: 'ms',
  count: 12,
  median: 201,
  limit: 812,
  worst: [{ value: 3100, user: 3, iteration: 12, attempt: 1, endedAtMs: 41_000 }],
}
const burst: AnomalyGroup = {
  kind: 'burst',
  step: 'target',
  metric: 'failures in a row',
  unit: 'count',
  count: 1,
  median: null,
  limit: 2,
  worst: [{ value: 14, endedAtMs: 12_345 }],
}
const drift: AnomalyGroup = {
  kind: 'drift',
  step: 'main',
  metric: 'ttft',
  unit: 'ratio',
  count: 1,
  median: null,
  limit: 0.2,
  worst: [{ value: -0.35, endedAtMs: 60_000 }],
}

const texts = (over: Partial<Result>) => anomalyTexts({ ...fine, ...over }, (text) => text)

describe('the words', () => {
  test('for a run in which nothing stands out are none', () => {
    expect(texts({})).toEqual([])
    expect(reporters.console.render(fine, PLAIN)).not.toContain('anomal')
  })

  test('for each kind, the most frequent first', () => {
    expect(texts({ anomalyGroups: [burst, drift, slow], anomalies: { failed: 14, slow: 12, repeated: 2, empty: 3 } })).toEqual([
      '12 slow in open: ttft above 812ms (median 201ms) · worst 3.1s of user 3 #12 at 41s',
      '1 burst at target: 14 failures in a row at 12.35s',
      'drift in main: ttft fell by 35% while the load stayed the same',
      '2 replies begin as the one before',
      '3 empty replies',
    ])
  })

  test('are bounded', () => {
    const anomalyGroups = Array.from({ length: 30 }, (_, i) => ({ ...slow, step: `s${i}`, count: i + 1 }))
    expect(texts({ anomalyGroups })).toHaveLength(6)
    expect(texts({ anomalyGroups }).at(-1)).toBe('25 more, see result.json')
  })
})

test.each(['console', 'md'] as const)('%s shows them, in its width, with hostile names made safe', (format) => {
  const text = reporters[format].render({ ...fine, anomalyGroups: [slow, { ...slow, step: HOSTILE }] }, PLAIN)
  expect(text).toContain('12 slow in open: ttft above 812ms')
  expect(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(text)).toBe(false)
  if (format === 'console') expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(PLAIN.width)
})
