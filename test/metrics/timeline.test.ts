import { expect, test } from 'vitest'
import { Timeline } from '../../src/metrics/groups/timeline.ts'
import { okExchange } from './exchanges.ts'

const GOOD = { good: true, checksPassed: 0, checksFailed: 0, inWindow: true }

/** A run of so many seconds: in second n, n attempts end ok after n ms each. */
function filled(seconds: number): Timeline {
  const timeline = new Timeline()
  for (let second = 0; second < seconds; second += 1) {
    timeline.receiving.start()
    timeline.receiving.counters.failed += second % 2
    timeline.receiving.add(Object.assign(okExchange({ ended: second, outputTokens: 3 }), { firstTokenAt: Number.NaN }), GOOD)
    timeline.rotate(second * 1000, 1000, second < seconds / 2 ? 'first' : 'second', second, {
      inFlight: seconds - second,
      peakInFlight: 2 * second,
    })
  }
  return timeline
}

test('a row holds what came since the last, and no more', () => {
  const rows = filled(3).toRows()
  expect(
    rows.map(({ atMs, lengthMs, phase, users, inFlight, ok, failed }) => [atMs, lengthMs, phase, users, inFlight, ok, failed]),
  ).toEqual([
    [0, 1000, 'first', 0, 3, 1, 0],
    [1000, 1000, 'first', 1, 2, 1, 1],
    [2000, 1000, 'second', 2, 1, 1, 0],
  ])
  expect(rows.map((row) => row.latencies.response_time?.max)).toEqual([0, 1, 2])
  expect(rows[0]?.latencies.ttft).toBeUndefined()
})

test.each([1200, 1201, 2400, 2401, 5000, 20_000])('%i seconds: few rows, and every sum as it was', (seconds) => {
  const rows = filled(seconds).toRows()
  expect(rows.length).toBeLessThanOrEqual(1201)
  expect(rows.length).toBeGreaterThan(seconds > 1200 ? 590 : seconds - 1)
  const sum = (key: 'started' | 'ok' | 'failed' | 'outputTokens' | 'lengthMs') => rows.reduce((all, row) => all + row[key], 0)
  expect(sum('started')).toBe(seconds)
  expect(sum('ok')).toBe(seconds)
  expect(sum('failed')).toBe(Math.floor(seconds / 2))
  expect(sum('outputTokens')).toBe(3 * seconds)
  expect(sum('lengthMs')).toBe(1000 * seconds)
  for (const [i, row] of rows.entries())
    expect(row.atMs).toBe(i === 0 ? 0 : (rows[i - 1]?.atMs ?? 0) + (rows[i - 1]?.lengthMs ?? 0))
  // Merged rows keep the worst of what they were made of.
  expect(rows.at(-1)?.peakInFlight).toBe(2 * (seconds - 1))
  const held = rows.reduce((all, { inFlight, lengthMs }) => all + inFlight * lengthMs, 0)
  expect(held / sum('lengthMs')).toBeCloseTo((seconds + 1) / 2, 6)
  expect(rows.at(-1)?.users).toBe(seconds - 1)
  expect(rows.at(-1)?.latencies.response_time?.max).toBe(seconds - 1)
})

test('a row has the largest lateness of its own time, also when rows were merged', () => {
  const timeline = new Timeline()
  for (let second = 0; second < 1201; second += 1) {
    timeline.lagMs = second % 2 === 0 ? second + 0.12345 : 0
    timeline.rotate(second * 1000, 1000, 'main', 1, { inFlight: 0, peakInFlight: 0 })
  }
  timeline.rotate(1_201_000, 1000, 'main', 1, { inFlight: 0, peakInFlight: 0 })
  const lags = timeline.toRows().map(({ lagMs }) => lagMs)
  expect(lags.slice(0, 3)).toEqual([0.123, 2.123, 4.123])
  expect(lags.slice(-2)).toEqual([1198.123, 1200.123])
})

test('blocks leave out warm-ups, and what ends in the drain belongs to the last', () => {
  const timeline = new Timeline()
  for (const [second, phase] of ['warm-up', 'load', 'load', undefined, undefined].entries()) {
    timeline.receiving.counters.ok += 1
    timeline.receiving.counters.timeouts += second
    timeline.rotate(second * 1000, 1000, phase, 0, { inFlight: 0, peakInFlight: 0 })
  }
  const blocks = timeline.blocks(new Set(['load']))
  expect(blocks.map(({ atMs, lengthMs, counts }) => [atMs, lengthMs, counts.ok, counts.timeouts])).toEqual([
    [1000, 1000, 1, 1],
    [2000, 1000, 3, 9],
  ])
})

test('the drain belongs to the last phase only', () => {
  const timeline = new Timeline()
  for (const [second, phase] of ['first', 'second', undefined].entries()) {
    timeline.receiving.counters.ok += 1
    timeline.rotate(second * 1000, 1000, phase, 0, { inFlight: 0, peakInFlight: 0 })
  }
  expect(timeline.blocks(new Set(['first'])).map(({ counts }) => counts.ok)).toEqual([1])
  expect(timeline.blocks(new Set(['second'])).map(({ counts }) => counts.ok)).toEqual([2])
})
