/** Tests that `npm test` has passed just before: `npm run proofs` need not run them again. */
import { readFileSync } from 'node:fs'
import { beforeEach, type RunnerTestCase } from 'vitest'

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

/**
 * Leaves out the tests of a file that passed in the run whose JSON report BURN_TEST_DONE names; `.ci/run` sets it. Only where the whole
 * share is rows of tables: a test that takes fewer cases in `npm test` has the same name in both.
 */
export function leaveOutDone(testPath: string): void {
  const report = process.env.BURN_TEST_DONE
  if (report === undefined || !sharesRowsAlone(readFileSync(testPath, 'utf8'))) return
  const { testResults }: Report = JSON.parse(readFileSync(report, 'utf8'))
  const passed = testResults.filter(({ name }) => name === testPath).flatMap(({ assertionResults }) => assertionResults)
  const done = new Set(
    passed.filter(({ status }) => status === 'passed').map((one) => titleOf([...one.ancestorTitles, one.title])),
  )
  beforeEach(({ task, skip }) => skip(done.has(titleOf(titlesOf(task))), 'npm test has just passed it'))
}

const IMPORT = /^import \{ shareOf \} from '.*support\/share\.ts'$/m

/** True for a file whose share is rows of tables, each of them a test with a name of its own, and nothing that happens inside of a test. */
export function sharesRowsAlone(text: string): boolean {
  const calls = text.replace(IMPORT, '').match(/\bshareOf\b/g)?.length
  return IMPORT.test(text) && calls === text.match(/\.each\(\s*shareOf\b/g)?.length
}

const titleOf = (titles: readonly string[]) => JSON.stringify(titles)

/** The names of the groups that a test is in, and its own. */
function titlesOf(test: Readonly<RunnerTestCase>): string[] {
  const titles = [test.name]
  for (let { suite } = test; suite !== undefined; suite = suite.suite) titles.unshift(suite.name)
  return titles
}
