/** The sums of a window that moves on: equal to those made anew from its rows, and made with the work of one row. */
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { addCounters, NO_COUNTERS } from '../../../src/metrics/counts/counters.ts'
import { Histogram, type SparseHistogram } from '../../../src/metrics/histogram/histogram.ts'
import { SlidingWindow } from '../../../src/metrics/threshold/sliding.ts'

interface Drawn {
  readonly lengthMs: number
  readonly ok: number
  readonly failed: number
  readonly inFlight: number
  readonly values: readonly number[]
  readonly gauge: number | null
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  lengthMs: fc.integer({ min: 900, max: 1100 }),
  ok: fc.nat(50),
  failed: fc.nat(50),
  inFlight: fc.nat(5),
  values: fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { maxLength: 6 }),
  gauge: fc.option(fc.nat(9)),
})

function sparse(values: readonly number[]): SparseHistogram {
  const histogram = new Histogram('ms')
  for (const value of values) histogram.record(value)
  return histogram.sparse()
}

/** The rows with their times. */
function placed(seconds: readonly Drawn[]) {
  let toMs = 0
  return seconds.map(({ lengthMs, ok, failed, inFlight, values, gauge }) => {
    const fromMs = toMs
    toMs += lengthMs
    return { fromMs, toMs, counters: { ...NO_COUNTERS, ok, failed }, inFlight, samples: sparse(values), gauge }
  })
}

type PlacedRow = ReturnType<typeof placed>[number]

/** What a window holds, made anew from its rows. */
function anew(rows: readonly PlacedRow[]) {
  const histogram = new Histogram('ms')
  for (const { samples } of rows) histogram.addSparse(samples)
  const gauges = rows.flatMap(({ gauge }) => gauge ?? [])
  return {
    from: rows[0]?.fromMs,
    counters: rows.reduce((sum, { counters }) => addCounters(sum, counters), NO_COUNTERS),
    inFlight: Math.min(...rows.map(({ inFlight }) => inFlight)),
    peak: gauges.length === 0 ? null : Math.max(...gauges),
    histogram: histogram.sparse(),
    percentiles: histogram.percentiles([0, 50, 99, 100]),
  }
}

const heldBy = ({ first, counters, inFlight, peak, histogram }: SlidingWindow) => ({
  from: first?.fromMs,
  counters: { ...counters },
  inFlight,
  peak,
  histogram: histogram.sparse(),
  percentiles: histogram.percentiles([0, 50, 99, 100]),
})

test('after every row the sums are those of the rows in the window', () => {
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1000, max: 12_000 }), (seconds, windowMs) => {
      const window = new SlidingWindow('ms', windowMs)
      const rows = placed(seconds)
      for (const [i, row] of rows.entries()) {
        window.add(row)
        const inside = rows.slice(0, i + 1).filter(({ fromMs, toMs }) => fromMs + toMs >= 2 * (row.toMs - windowMs))
        expect(heldBy(window)).toEqual(anew(inside))
      }
    }),
  )
})

test('a window without a length keeps the sums of all rows, and no row', () => {
  const rows = placed(
    Array.from({ length: 100 }, (_, i) => ({ lengthMs: 1000, ok: 1, failed: i, inFlight: 1, values: [i], gauge: null })),
  )
  const window = new SlidingWindow('ms', undefined)
  for (const row of rows) window.add(row)
  expect(heldBy(window)).toEqual(anew(rows))
})

test.each([10, 3600])('a second adds one row and takes one back, with a window of %d seconds', (seconds) => {
  const rows = placed(
    Array.from({ length: seconds + 100 }, () => ({ lengthMs: 1000, ok: 1, failed: 0, inFlight: 1, values: [5], gauge: 1 })),
  )
  const window = new SlidingWindow('ms', seconds * 1000)
  const work = [vi.spyOn(Histogram.prototype, 'addSparse'), vi.spyOn(Histogram.prototype, 'removeSparse')]
  for (const row of rows) window.add(row)
  const calls = work.map((spy) => spy.mock.calls.length)
  for (const spy of work) spy.mockRestore()
  expect(calls).toEqual([seconds + 100, 100])
})
