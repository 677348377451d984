/** Renders a comparison as GitHub Markdown, for pull requests and job summaries. */

import type { Comparison } from '../../compare/comparison.ts'
import { markdownCell } from '../../text/escape.ts'
import { comparedPairTexts } from '../compared/judge-pairs.ts'
import { comparisonRows } from '../compared/md-rows.ts'
import { basisText } from '../compared/words.ts'
import { attemptsText } from '../text/faults.ts'

/**
 * Renders a comparison of two runs, or of two sets of runs, as GitHub Markdown: the verdict, the runs of both sides, a table of metrics, and
 * warnings.
 */
export function comparisonMarkdown(comparison: Comparison): string {
  const { verdict, reason, a, b, values, warnings } = comparison
  const side = (one: Comparison['a']) => `${markdownCell(one.name)} (${attemptsText(one)}, ${one.verdict.replaceAll('_', ' ')})`
  const pairs = comparedPairTexts(comparison, (text) => text)
  return [
    `## ${verdict}: ${markdownCell(reason)}`,
    '',
    `- A: ${side(a)}`,
    `- B: ${side(b)}`,
    '',
    ...comparisonRows(values),
    '',
    `Bold lines decide: ${markdownCell(basisText(comparison).replace('the lines marked *', 'these lines'))}.`,
    ...(pairs.length === 0 ? [] : ['', ...pairs.map((text) => `- ${markdownCell(text)}`)]),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `- note: ${markdownCell(warning)}`)]),
    '',
  ].join('\n')
}
