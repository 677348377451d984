/** Renders a suite as GitHub Markdown, for pull requests and job summaries. */
import type { SuiteResult } from '../../result/suite.ts'
import { formatMs } from '../../text/units.ts'
import { cell, table } from '../md/markdown.ts'
import { LEFT_COLUMNS, leagueOf, rankingText, stateText } from './league.ts'

/** Renders a suite as GitHub Markdown: the verdict, the table of its tests, and the reasons of the tests that did not pass. */
export function suiteMarkdown(suite: SuiteResult): string {
  const { verdict, reason, tests, durationMs } = suite
  const { head, rows } = leagueOf(tests, (text) => cell(text))
  const bad = tests.filter((test) => test.verdict !== 'passed')
  return [
    `## ${cell(suite.suite)}: ${verdict.toUpperCase()}`,
    '',
    `${cell(reason)} (${formatMs(durationMs)}, exit ${suite.exitCode})`,
    '',
    ...table(head, rows, 0, 1 + LEFT_COLUMNS.length),
    '',
    `${cell(rankingText(tests, suite.rankBy))}.`,
    ...(bad.length === 0 ? [] : ['', ...bad.map((test) => `- ${cell(test.name)}: ${stateText(test)}: ${cell(test.reason)}`)]),
    '',
  ].join('\n')
}
