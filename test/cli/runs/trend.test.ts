/** Trends over stored runs. */
import { expect, test } from 'vitest'
import { trendOf, trendsOf } from '../../../src/cli/runs/trend.ts'
import type { RunHead } from '../../../src/store/run-heads.ts'
import { fine } from '../../report/results.ts'

/** Runs with these p95, the newest last. */
const runsOf = (...p95s: readonly number[]): RunHead[] =>
  p95s
    .map((p95LatencyMs, i) => ({ ...fine, folder: `f${i}`, startTime: i, p95LatencyMs, verdict: 'passed' as const }))
    .toReversed()

test('what stands out of how much earlier runs vary is marked', () => {
  const stands = (...p95s: readonly number[]) => trendOf(runsOf(...p95s)).map((point) => point.stands)
  expect(stands(100, 103, 98, 101, 160)).toEqual([null, null, null, null, 'slower'])
  expect(stands(100, 103, 98, 101, 60)).toEqual([null, null, null, null, 'faster'])
  // Within what they vary by; too little to matter; too few to tell.
  expect(stands(100, 150, 80, 120, 160).at(-1)).toBeNull()
  expect(stands(100, 100, 100, 100, 105).at(-1)).toBeNull()
  expect(stands(100, 100, 200).at(-1)).toBeNull()
})

test('a change is that from the median of the runs before', () => {
  expect(trendOf(runsOf(100, 120, 110, 132)).map(({ change }) => change?.toFixed(4))).toEqual([
    undefined,
    '0.2000',
    '0.0000',
    '0.2000',
  ])
})

test('scenarios and targets have trends of their own', () => {
  const runs = [...runsOf(900), ...runsOf(100, 100, 100)].map((run, i) =>
    i === 0 ? { ...run, scenarioName: 'slow', startTime: 9 } : run,
  )
  expect(trendsOf(runs).map(({ scenario, points }) => [scenario, points.map(({ stands }) => stands)])).toEqual([
    ['slow', [null]],
    [runs[1]?.scenarioName, [null, null, null]],
  ])
})

test('a run that is not valid says nothing of its target', () => {
  const runs = runsOf(100, 100, 100, 400, 100)
  const [, late] = runs
  if (late) runs[1] = { ...late, verdict: 'invalid' }
  expect(trendOf(runs).map(({ change, stands }) => [change, stands])).toEqual([
    [null, null],
    [0, null],
    [0, null],
    [null, null],
    [0, null],
  ])
})
