/** Renders a suite as one JUnit document: the test suites of all its runs, and one case for each test. */
import type { Result } from '../../result/schema.ts'
import type { SuiteResult, SuiteTest } from '../../result/suite.ts'
import { factsOf } from '../junit/junit.ts'
import { suitesOf } from '../junit/suites.ts'
import { type CaseState, junitDocument, type TestCase, type TestSuite } from '../junit/xml.ts'
import { isoSeconds } from '../text/format.ts'
import { stateText } from './league.ts'

/**
 * Renders a suite as JUnit XML: a case for each test, and the test suites of each run. `results` holds the results of the runs, by the test's number
 * in the suite (from 1). The case of a test that did not pass is an `error` when its run has no result; otherwise it is skipped, because the cases of
 * the run are red.
 */
export function suiteJunit(suite: SuiteResult, results: ReadonlyMap<number, Result>): string {
  const own: TestSuite = {
    name: 'burn.suite',
    classname: `${suite.suite}.suite`,
    cases: suite.tests.map((test) => testCase(test, results.has(test.number))),
  }
  const runs = suite.tests.flatMap((test) => {
    const result = results.get(test.number)
    return result === undefined ? [] : suitesOfRun(test, result)
  })
  const [first] = results.values()
  return junitDocument([own, ...runs], {
    name: `burn.${suite.suite}`,
    seconds: suite.durationMs / 1000,
    timestamp: isoSeconds(suite.startTime),
    hostname: first?.environment.hostname ?? 'localhost',
    file: suite.file,
    properties: [
      ['verdict', suite.verdict],
      ['exitCode', String(suite.exitCode)],
      ['failOn', suite.failOn],
      ['suiteId', suite.suiteId],
    ],
  })
}

/**
 * Returns the JUnit case of one test of a suite. When the test did not pass but has a result, the cases of its run are red, so this case is skipped.
 */
function testCase(test: SuiteTest, hasResult: boolean): TestCase {
  const { name, durationMs, verdict, reason } = test
  const text = `${stateText(test)}: ${reason}`
  const common = { name, seconds: (durationMs ?? 0) / 1000, text }
  if (verdict === 'passed') return { ...common, state: 'passed', message: reason }
  const state: CaseState = hasResult ? 'skipped' : 'error'
  return { ...common, state, message: hasResult ? `${stateText(test)}: the cases of its run say why` : text }
}

function suitesOfRun({ name }: SuiteTest, result: Result): TestSuite[] {
  const facts = factsOf(result)
  return suitesOf(result, name).map((suite) => ({ ...suite, name: `${name}: ${suite.name}`, facts }))
}
