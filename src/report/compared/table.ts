/** Prints a comparison as a table for the terminal. */
import type { ComparedValue } from '../../compare/comparison.ts'
import type { Pen } from '../text/pen.ts'
import { columnWidths } from '../text/table.ts'
import { padLeft, padRight } from '../text/width.ts'
import { boundsText, changeText, deltaText, isBad, limitText, valueText, verdictText } from './words.ts'

const HEAD = ['metric', 'A', 'B', 'change', 'bounds', 'delta', 'limit', 'verdict']
/** The indexes of the columns that are right-aligned. */
const RIGHT = new Set([1, 2, 3, 5, 6])
/** Matches the names of metrics that the table shows although they do not decide the verdict. Other formats show all metrics. */
const SHOWN = /^(?:ttft|response_time|tpot p50|errors|checks|rate)/

/**
 * Returns a comparison as a table for the terminal, one row per metric: first those that decide the verdict, marked `*`, then the most important of
 * the others. On a narrow terminal the columns delta, limit and bounds are left out, in this order.
 */
export function comparisonTable(values: readonly ComparedValue[], pen: Pen): string[] {
  const ordered = [...values.filter(({ gate }) => gate), ...values.filter(({ gate, metric }) => !gate && SHOWN.test(metric))]
  const cells = ordered.map((value) => [
    `${value.metric}${value.gate ? ' *' : ''}`,
    valueText(value.a, value),
    valueText(value.b, value),
    changeText(value.change, value),
    boundsText(value),
    deltaText(value),
    limitText(value),
    verdictText(value),
  ])
  const rows = [HEAD, ...cells].map((row) => row.map(pen.ink))
  const hidden = hiddenColumns(columnWidths(rows), pen.width)
  const widths = columnWidths(rows)
  return rows.map((row, i) => {
    const line = row.flatMap((cell, at) => {
      if (hidden.has(at)) return []
      const width = widths[at] ?? 0
      return [RIGHT.has(at) ? padLeft(cell, width) : padRight(cell, width)]
    })
    const text = pen.cut(line.join('  ').trimEnd(), pen.width)
    const value = ordered[i - 1]
    if (value === undefined) return pen.dim(text)
    if (!value.gate) return text
    return isBad(value.verdict) ? pen.bad(text) : value.verdict === 'UNCLEAR' ? pen.warn(text) : text
  })
}

function hiddenColumns(widths: readonly number[], width: number): ReadonlySet<number> {
  const hidden = new Set<number>()
  const needed = () => widths.reduce((sum, one, at) => (hidden.has(at) ? sum : sum + one + 2), -2)
  for (const at of [5, 6, 4]) if (needed() > width) hidden.add(at)
  return hidden
}
