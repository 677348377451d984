/** Computes the verdict and the exit code of a suite from those of its tests. */
import { EXIT, type ExitCode, worstExit } from '../../../errors.ts'
import { stateText } from '../../../report/suite/league.ts'
import type { SuiteResult, SuiteTest } from '../../../result/suite.ts'

type SuiteEnd = Pick<SuiteResult, 'status' | 'verdict' | 'reason' | 'exitCode' | 'exitCodes'>

/** The largest number of tests that the reason of a verdict names. */
const MAX_NAMED = 5

/** True for a test whose run passed, and for which nothing else went wrong, such as a file that could not be written. */
const hasPassed = ({ verdict, exitCode }: SuiteTest) => verdict === 'passed' && exitCode === EXIT.ok

/**
 * Returns the verdict and exit code of a suite, computed from its tests. With `failOn` `any`, all tests must pass; with `all`, one is enough. Tests
 * that did not start, crashed or measured nothing valid have not passed. `signal` is the exit code of the signal that ended the suite early;
 * undefined without one.
 */
export function endOf(tests: readonly SuiteTest[], failOn: SuiteResult['failOn'], signal: ExitCode | undefined): SuiteEnd {
  const bad = tests.filter((test) => !hasPassed(test))
  // A test without an exit code of its own was not run because of the signal.
  const codes = bad.map(({ exitCode }): ExitCode => exitCode || (signal ?? EXIT.verdictFailed))
  const exitCodes = [...new Set([...(signal === undefined ? [] : [signal]), ...codes])]
  const reason = reasonOf(tests, bad, failOn)
  if (signal !== undefined) return { status: 'stopped', verdict: 'aborted', reason, exitCode: worstExit(exitCodes), exitCodes }
  if (tests.length === 0)
    return { status: 'completed', verdict: 'failed', reason, exitCode: EXIT.couldNotTest, exitCodes: [EXIT.couldNotTest] }
  const passes = failOn === 'any' ? bad.length === 0 : bad.length < tests.length
  if (passes) return { status: 'completed', verdict: 'passed', reason, exitCode: EXIT.ok, exitCodes }
  return { status: 'completed', verdict: 'failed', reason, exitCode: worstExit(exitCodes), exitCodes }
}

/** The verdict that a suite's file states while the suite runs, so that a file left by a killed process does not count as passed. */
export const UNDER_WAY: SuiteEnd = {
  status: 'running',
  verdict: 'incomplete',
  reason: 'the suite was still under way when this was written',
  exitCode: EXIT.notValid,
  exitCodes: [EXIT.notValid],
}

function reasonOf(tests: readonly SuiteTest[], bad: readonly SuiteTest[], failOn: SuiteResult['failOn']): string {
  if (tests.length === 0) return 'there was no test'
  if (bad.length === 0) return tests.length === 1 ? 'the test passed' : `all ${tests.length} tests passed`
  const named = bad.slice(0, MAX_NAMED).map((test) => `${test.name} (${stateText(test)})`)
  const more = bad.length > MAX_NAMED ? ` and ${bad.length - MAX_NAMED} more` : ''
  const rule = failOn === 'all' ? '; one that passes is enough (all)' : ''
  return `${tests.length - bad.length} of ${tests.length} tests passed; not ${named.join(', ')}${more}${rule}`
}
