import { expect, test } from 'vitest'
import type { ComparedRun } from '../../src/compare/compared-run.ts'
import { APART } from '../../src/compare/metrics.ts'
import { compareRepeated } from '../../src/compare/repeated.ts'
import { welch } from '../../src/statistics/student.ts'
import { distribution, fine } from '../report/results.ts'

const CHOICES = { tolerances: APART, seed: '7' }

/** A run whose p50, p95 and p99 are this many ms, with this share of errors. */
function run(ms: number, errors = 0.01): ComparedRun {
  const response = { ...distribution(ms, ms, ms), percentiles: { p50: ms, p95: 2 * ms, p99: 3 * ms } }
  const total = { ...fine.total, values: { errors, rate: 20 }, distributions: { response_time: response } }
  return { name: `run ${ms}`, result: { ...fine, total }, blocks: [] }
}
const runs = (...times: readonly number[]) => times.map((ms) => run(ms))

test('two sets are compared by the logarithms of their values', () => {
  const [a, b] = [
    [100, 102, 98],
    [131, 128, 135],
  ] as const
  const { verdict, values, units, a: first } = compareRepeated(runs(...a), runs(...b), CHOICES)
  expect(verdict).toBe('WORSE')
  const [p50] = values
  const direct = welch(a.map(Math.log), b.map(Math.log), 0.005)
  expect(p50?.change).toBeCloseTo(Math.expm1(direct.difference), 10)
  expect(p50?.low).toBeCloseTo(Math.expm1(direct.low), 10)
  expect({ units, name: first.name }).toEqual({ units: 3, name: 'run 100 and 2 more' })
})

test('one new run is compared with how much earlier ones vary', () => {
  const earlier = runs(100, 104, 97, 101, 99)
  const of = (ms: number) => compareRepeated(earlier, runs(ms), CHOICES).values[0]?.verdict
  expect(of(150)).toBe('WORSE')
  expect(of(106)).toBe('UNCLEAR')
  expect(of(60)).toBe('BETTER')
})

test('what all runs have alike is the same', () => {
  const { values } = compareRepeated(runs(100, 100, 100), runs(100, 100, 100), CHOICES)
  expect(values.map(({ verdict, change }) => [verdict, change])).toEqual(values.map(() => ['SAME', 0]))
})

test('no error in three runs is not never', () => {
  const counted = (failed: number, ok = 50): ComparedRun => {
    const one = run(100, failed / (ok + failed))
    return { ...one, result: { ...one.result, total: { ...one.result.total, counters: { ok, failed } } } }
  }
  const { values } = compareRepeated([counted(0), counted(0), counted(0)], [counted(1, 49)], CHOICES)
  const errors = values.find(({ metric }) => metric === 'errors')
  expect(errors?.verdict).toBe('UNCLEAR')
  expect(errors?.low).toBeLessThan(0)
})

test('three values alike leave room for what a fourth may be', () => {
  const [p50] = compareRepeated(runs(100, 100, 100), runs(100), CHOICES).values
  expect(p50?.low).toBeLessThan(0)
  expect(p50?.high).toBeGreaterThan(0)
})

test('two runs say too little of how much runs vary', () => {
  expect(() => compareRepeated(runs(1, 2), runs(1), CHOICES)).toThrow(RangeError)
  expect(() => compareRepeated(runs(1, 2, 3), runs(1, 2), CHOICES)).toThrow(RangeError)
})
