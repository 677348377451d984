import { expect, test } from 'vitest'
import { NO_COUNTERS } from '../../../src/metrics/counts/counters.ts'
import { Histogram } from '../../../src/metrics/histogram/histogram.ts'
import { IntervalSplitter } from '../../../src/metrics/threshold/interval.ts'

test('numbers that only grow are cut into intervals', () => {
  const total = new Histogram('ms')
  const splitter = new IntervalSplitter(
    [
      { name: 'ttft', kind: 'distribution', unit: 'ms' },
      { name: 'errors', kind: 'share', unit: 'ratio' },
    ],
    500,
  )
  total.record(5)
  total.record(7)
  const first = splitter.next(1500, { ...NO_COUNTERS, planned: 4, started: 4, ok: 2 }, () => total)
  expect(first).toMatchObject({ fromMs: 500, toMs: 1500, inFlight: 2, counters: { planned: 4, ok: 2 } })
  expect(first.samples('ttft')).toEqual({ ...total.sparse(), min: 5, max: 7 })
  total.record(9)
  const next = splitter.next(2500, { ...NO_COUNTERS, planned: 5, started: 5, ok: 3, failed: 1 }, () => total)
  expect(next).toMatchObject({ fromMs: 1500, toMs: 2500, inFlight: 1, counters: { planned: 1, started: 1, ok: 1, failed: 1 } })
  expect(next.samples('ttft')).toMatchObject({ max: 9, sumSteps: 9000 })
  expect(next.samples('ttft')?.pairs).toHaveLength(2)
  expect(next.samples('errors')).toBeUndefined()
})
