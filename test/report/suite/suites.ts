/** Tests of suites, finished and not, for the tests of their reports. */
import type { Result } from '../../../src/result/schema.ts'
import { finishedTest, type SuiteResult, type SuiteTest, withRanks } from '../../../src/result/suite.ts'
import { fine, thresholdFailed } from '../results.ts'

/** A result that passed, whose p95 of response_time is `p95`. */
export function resultAt(p95: number, changes: Partial<Result> = {}): Result {
  const { response_time: response } = fine.total.distributions
  if (!response) throw new Error('expected response times')
  const slower = { ...response, percentiles: { ...response.percentiles, p95 } }
  return { ...fine, total: { ...fine.total, distributions: { ...fine.total.distributions, response_time: slower } }, ...changes }
}

export function testFrom(number: number, name: string, result: Result): SuiteTest {
  return finishedTest({ number, name, settings: {}, folder: `0${number}-${name}` }, result)
}

/** A test that a signal has kept from starting. */
export function unstarted(number: number, name: string): SuiteTest {
  const nothing = { verdict: null, exitCode: null, folder: null, runId: null, startTime: null, durationMs: null, figures: null }
  const state = { status: 'not_started', reason: 'never started: the suite was stopped before' } as const
  return { number, name, scenario: 'a.yaml', settings: {}, ...nothing, ...state, rank: null }
}

export function suiteOf(tests: readonly SuiteTest[], changes: Partial<SuiteResult> = {}): SuiteResult {
  return {
    suiteVersion: '1.0',
    suiteId: 'c0ffee',
    suite: 'nightly',
    file: 'nightly.yaml',
    status: 'completed',
    verdict: 'failed',
    reason: 'some did not pass',
    exitCode: 1,
    exitCodes: [1],
    failOn: 'any',
    parallel: 1,
    gapMs: 0,
    rankBy: 'response_time p95',
    seed: 's',
    startTime: Date.UTC(2026, 0, 2),
    durationMs: 90_000,
    ...changes,
    tests: withRanks(tests, changes.rankBy ?? 'response_time p95'),
  }
}

const tests = [testFrom(1, 'chat', fine), testFrom(2, 'slow', thresholdFailed), unstarted(3, 'later')]
/** A suite of which one test passed, one failed and one never started. */
export const suite = suiteOf(tests, { verdict: 'aborted', exitCode: 130 })
export const results = new Map<number, Result>([
  [1, fine],
  [2, thresholdFailed],
])
