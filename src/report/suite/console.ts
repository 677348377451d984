/** Prints the result of a suite (several tests) on the terminal. */
import type { RankedBy } from '../../result/rankings.ts'
import type { SuiteResult, SuiteTest } from '../../result/suite.ts'
import { formatMs } from '../../text/units.ts'
import { makePen, type Pen } from '../text/pen.ts'
import type { RenderOptions } from '../text/reporter.ts'
import { alignedLines, fittingRows } from '../text/table.ts'
import { DISPENSABLE, LEFT_COLUMNS, leagueOf, rankingText, stateText } from './league.ts'

const NAME_CHARACTERS = 60

/** Renders a suite for the terminal: the verdict, a row for each test, and the reasons of the tests that did not pass. */
export function suiteText(suite: SuiteResult, options: RenderOptions): string {
  const pen = makePen(options)
  const { verdict, tests, durationMs, parallel } = suite
  const colour = verdict === 'passed' ? pen.good : verdict === 'failed' ? pen.bad : pen.warn
  const [word = '', ...rest] = pen.wrap(
    `${verdict.toUpperCase()}  `,
    `${pen.safe(suite.suite)} ${pen.marks.dot} ${pen.safe(suite.reason)}`,
  )
  const how = parallel > 1 ? `up to ${parallel} side by side` : 'one after the other'
  const file = suite.file === null ? [] : [pen.safe(suite.file)]
  const folder = options.directory === undefined ? [] : [`results in ${pen.safe(options.directory)}`]
  const count = `${tests.length} ${tests.length === 1 ? 'test' : 'tests'} ${how}`
  return [
    pen.bold(colour(word)),
    ...rest,
    ...pen.facts('  ', [...file, count, formatMs(durationMs), `exit ${suite.exitCode}`, ...folder].join(' · ')).map(pen.dim),
    '',
    ...leagueLines(tests, suite.rankBy, pen),
    ...notPassed(tests, pen),
    '',
  ].join('\n')
}

/** Returns the summary table of a suite's tests, the best first, and a last line with the metric by which they are ranked. */
export function leagueLines(tests: readonly SuiteTest[], rankBy: RankedBy, pen: Pen): string[] {
  const { head, rows } = leagueOf(tests, pen.safe)
  const fitting = fittingRows([head, ...rows], DISPENSABLE, pen)
  const right = new Set((fitting[0] ?? []).flatMap((name, at) => (LEFT_COLUMNS.includes(name) ? [] : [at])))
  const [first = '', ...lines] = alignedLines(fitting, right, pen).map((line) => pen.cut(line, pen.width))
  return [pen.dim(first), ...lines, ...pen.wrap('', rankingText(tests, rankBy)).map(pen.dim)]
}

/** Returns a line for each test that did not pass, in the order of the suite. */
function notPassed(tests: readonly SuiteTest[], pen: Pen): string[] {
  const bad = tests.filter(({ verdict, status }) => verdict !== 'passed' && status !== 'pending' && status !== 'running')
  if (bad.length === 0) return []
  const lines = bad.flatMap((test) => {
    return pen.wrap(`${pen.marks.fail} `, `${pen.safe(test.name, NAME_CHARACTERS)}: ${stateText(test)}: ${pen.safe(test.reason)}`)
  })
  return ['', ...lines]
}
