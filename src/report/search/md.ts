/** Renders a search for the highest load as GitHub Markdown, for pull requests and job summaries. */
import type { SearchResult } from '../../result/search.ts'
import { formatMs } from '../../text/units.ts'
import { cell, table } from '../md/markdown.ts'
import { curveOf, kneeLine, tierLines } from './lines.ts'

/**
 * Returns the report of a capacity search (`burn search`) as GitHub Markdown: its outcome, a table of all measured loads and, if there are more than
 * two, the knee (the load with the largest throughput ÷ latency).
 */
export function searchMarkdown(search: SearchResult): string {
  const [head = [], ...rows] = curveOf(search)
  const verdict = search.verdict.replaceAll('_', ' ').toUpperCase()
  return [
    `## ${cell(search.search)}: ${verdict}`,
    '',
    `${cell(search.reason)} (${formatMs(search.durationMs)} of load, exit ${search.exitCode})`,
    '',
    ...table(
      head,
      rows.map((row) => row.map((text) => cell(text))),
    ),
    '',
    ...(search.holds === null ? tierLines(search).map((line) => `- ${cell(line)}`) : []),
    ...(search.points.length > 2 ? [`- ${kneeLine(search)}`] : []),
    '',
  ].join('\n')
}
