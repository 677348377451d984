import { expect, test } from 'vitest'
import { qualityText } from '../../../src/report/text/quality.ts'

const share = (mean: number) => ({ count: 10, mean, p5: mean, p50: mean, p95: mean })
const quality = {
  method: 'heuristic' as const,
  measured: 200,
  leftOut: 0,
  settings: { weights: {}, targetLatencyMs: 5000, blocklist: [], language: null },
  measures: { overall: share(0.812), relevance: share(0.9), latency: share(1) },
  flags: { stuck: { flagged: 0, of: 200 }, truncated: { flagged: 4, of: 200 }, sameAnswer: { flagged: 10, of: 100 } },
}

test('scores, and the flags that some replies have', () => {
  expect(qualityText({ quality })).toBe('heuristic 0.812: relevance 0.9, latency 1 · cut off 2% · same answer again 10%')
})

test('replies that were left out are counted', () => {
  expect(qualityText({ quality: { ...quality, flags: {}, leftOut: 1800 } })).toBe(
    'heuristic 0.812: relevance 0.9, latency 1 · of 200 measured, 1,800 left out',
  )
})

test('without any there is no line', () => {
  expect(qualityText({})).toBe('')
  expect(qualityText({ quality: { ...quality, measured: 0, leftOut: 3, measures: {}, flags: {} } })).toBe(
    'of 0 measured, 3 left out',
  )
})
