import { expect, test } from 'vitest'
import { shapeProblem } from '../../../src/metrics/validity/arrival-shape.ts'
import { EMPTY_RESULT } from '../../../src/result/empty.ts'
import type { ArrivalMetrics } from '../../../src/result/schema.ts'

const late = (p90: number) => ({ ...EMPTY_RESULT.generator.lag, percentiles: { p90, p99: 9 } })

/** A Poisson phase of 1,000 arrivals in 10 s, which kept its timetable. */
const PUNCTUAL: ArrivalMetrics = {
  process: 'poisson',
  due: 1000,
  started: 1000,
  startedInPhase: 1000,
  waited: 0,
  plannedPerSecond: 100,
  achievedPerSecond: 100,
  deviation: late(1),
  gaps: 1000,
  variation: { planned: 1, timetable: 0.98, achieved: 0.98 },
  distance: { timetable: 0.02, achieved: 0.02, critical: 0.051 },
}
const problemOf = (change: Partial<ArrivalMetrics>, warmup = false) =>
  shapeProblem([{ name: 'main', warmup, arrivals: { ...PUNCTUAL, ...change } }], 10)
const distance = (timetable: number, achieved: number) => ({ distance: { timetable, achieved, critical: 0.051 } })

test.each<[string, Partial<ArrivalMetrics>]>([
  ['all is as planned', {}],
  ['the gaps are off, but no start was later than a timer may be', distance(0.02, 0.5)],
  ['the timetable itself was unusual by chance', { ...distance(0.08, 0.085), deviation: late(5) }],
  ['within the critical distance', { ...distance(0.02, 0.05), deviation: late(5) }],
  ['too few gaps to judge', { ...distance(0.02, 0.5), deviation: late(5), gaps: 99 }],
  ['arrivals waited for a free user', { ...distance(0.02, 0.5), deviation: late(5), waited: 11 }],
  ['arrivals were dropped', { ...distance(0.02, 0.5), deviation: late(5), started: 980, startedInPhase: 980 }],
  ['a timer was late at the very end', { startedInPhase: 992, achievedPerSecond: 99.2 }],
])('no problem: %s', (_, change) => expect(problemOf(change)).toBeUndefined())

test('gaps of another distribution, by starts that were late', () => {
  expect(problemOf({ ...distance(0.02, 0.07), deviation: late(2.5) })).toBe(
    'the arrivals of main did not keep their shape: the gaps between starts are not poisson (Kolmogorov-Smirnov distance 0.070, critical 0.051); one start in ten was more than 2.5 ms late',
  )
})

test('gaps that vary more than those of the timetable', () => {
  const { distance: _, ...constant } = PUNCTUAL
  const variation = { planned: 0, timetable: 0, achieved: 0.11 }
  expect(shapeProblem([{ name: 'a', warmup: false, arrivals: { ...constant, variation, deviation: late(3) } }], 10)).toContain(
    'vary by 0.11 of their mean, those of the timetable by 0.00',
  )
  expect(problemOf({ variation: { planned: 1, timetable: 1, achieved: 1.2 }, deviation: late(3) })).toContain('vary by 1.20')
})

test('a rate that was not delivered', () => {
  expect(problemOf({ startedInPhase: 991, achievedPerSecond: 99.1 })).toContain(
    '9 of 1000 started after its end: 99.1/s instead of 100.0/s',
  )
})

test('warm-ups and closed phases are not looked at; a higher limit on lag allows more', () => {
  const off = { ...distance(0.02, 0.07), deviation: late(2.5) }
  expect(problemOf(off, true)).toBeUndefined()
  expect(shapeProblem([{ name: 'closed', warmup: false }], 10)).toBeUndefined()
  expect(shapeProblem([{ name: 'main', warmup: false, arrivals: { ...PUNCTUAL, ...off } }], 20)).toBeUndefined()
})
