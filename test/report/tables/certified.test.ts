import { expect, test } from 'vitest'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { certifiedText } from '../../../src/report/tables/certified.ts'
import type { Distribution, Result, TimelineRow } from '../../../src/result/schema.ts'
import { counts, RESULTS, slice } from '../results.ts'

const NONE: Pick<Result, 'timeline' | 'phases'> = { timeline: [], phases: [] }
const { timeline, phases } = RESULTS.fine

function rising(count: number): Distribution {
  const histogram = new Histogram('ms')
  for (let i = 1; i <= count; i += 1) histogram.record(i)
  return histogram.toDistribution()
}
const total = (distributions: Record<string, Distribution>) => slice(counts(1000), distributions)

test('each percentile of the tables has its bounds, or says how many samples it lacks', () => {
  expect(certifiedText({ ...NONE, total: total({ response_time: rising(600), ttft: rising(100) }) })).toBe(
    'response p95 556ms–584ms, p99 needs 662 samples · ttft p95 needs 130 samples (99%)',
  )
})

test('older results, which have no bounds, and runs without samples have no line', () => {
  const { bounds: _, ...older } = rising(600)
  expect(certifiedText({ ...NONE, total: total({ response_time: older }) })).toBe('')
  expect(certifiedText({ ...NONE, total: total({ response_time: rising(0) }) })).toBe('')
})

/** Rows of a second each with these medians, in a measured phase of the result. */
function rows(medians: readonly number[]): TimelineRow[] {
  const [row] = timeline
  const phase = phases.find(({ warmup }) => !warmup)?.name ?? ''
  return row ? medians.map((p50) => ({ ...row, phase, latencies: { response_time: { p50, p95: p50, max: p50 } } })) : []
}

test('seconds that resemble their neighbours make the bounds too narrow', () => {
  const of = (medians: readonly number[]) =>
    certifiedText({ timeline: rows(medians), phases, total: total({ response_time: rising(900) }) })
  expect(of(Array.from({ length: 40 }, (_, i) => 100 + i))).toMatch(
    /too narrow: neighbouring seconds resemble each other \(correlation 0\.9\d+\)$/,
  )
  expect(of(Array.from({ length: 40 }, (_, i) => 100 + (i % 2)))).not.toContain('narrow')
  expect(of([1, 2, 3, 4, 5])).not.toContain('narrow')
})
