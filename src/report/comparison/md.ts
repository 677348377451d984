/** A comparison as GitHub Markdown, for pull requests and job summaries. */
import type { Comparison } from '../../compare/comparison.ts'
import { markdownCell } from '../../text/escape.ts'
import { formatCount } from '../text/format.ts'
import { basisText, boundsText, changeText, limitText, valueText, verdictText } from './words.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** Renders a comparison as GitHub Markdown. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { verdict, reason, a, b, values, warnings } = comparison
  const ordered = [...values.filter(({ gate }) => gate), ...values.filter(({ gate }) => !gate)]
  const side = ({ name, attempts, verdict: ended }: Comparison['a']) =>
    `${markdownCell(name)} (${formatCount(attempts)} attempts, ${ended.replaceAll('_', ' ')})`
  return [
    `## ${verdict}: ${markdownCell(reason)}`,
    '',
    `- A: ${side(a)}`,
    `- B: ${side(b)}`,
    '',
    row(['metric', 'A', 'B', 'change', 'bounds', 'limit', 'verdict']),
    row(['---', '--:', '--:', '--:', '---', '--:', '---']),
    ...ordered.map((value) =>
      row([
        value.gate ? `**${value.metric}**` : value.metric,
        valueText(value.a, value),
        valueText(value.b, value),
        changeText(value.change, value),
        boundsText(value),
        limitText(value),
        value.gate ? `**${verdictText(value)}**` : verdictText(value),
      ]),
    ),
    '',
    `Bold lines decide: ${markdownCell(basisText(comparison).replace('the lines marked *', 'these lines'))}.`,
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `- note: ${markdownCell(warning)}`)]),
    '',
  ].join('\n')
}
