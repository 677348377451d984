import type { Comparison } from '../../compare/comparison.ts'
import { boundsText, changeText, limitText, valueText, verdictText } from './words.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** Returns a comparison's metrics as a Markdown table, heading included. The metrics that decide the verdict come first, in bold. */
export function comparisonRows(values: Comparison['values']): string[] {
  const ordered = [...values.filter(({ gate }) => gate), ...values.filter(({ gate }) => !gate)]
  return [
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
  ]
}
