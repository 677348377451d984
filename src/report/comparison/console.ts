/** A comparison for the terminal. */
import type { ComparedSide, ComparedValue, Comparison } from '../../compare/comparison.ts'
import { formatCount } from '../text/format.ts'
import { makePen, type Pen } from '../text/pen.ts'
import type { RenderOptions } from '../text/reporter.ts'
import { columnWidths } from '../text/table.ts'
import { padLeft, padRight } from '../text/width.ts'
import { basisText, boundsText, changeText, deltaText, isBad, isGood, limitText, valueText, verdictText } from './words.ts'

const HEAD = ['metric', 'A', 'B', 'change', 'bounds', 'delta', 'limit', 'verdict']
/** The columns whose cells stand at the right. */
const RIGHT = new Set([1, 2, 3, 5, 6])
/** What is shown besides the metrics that decide; the other formats have all. */
const SHOWN = /^(?:ttft|response_time|tpot p50|errors|checks|rate)/
const MAX_WARNINGS = 8

/** Renders a comparison for the terminal: the verdict, both sides, a line for each metric, and what a reader must know. */
export function comparisonText(comparison: Comparison, options: RenderOptions): string {
  const pen = makePen(options)
  const { verdict, reason, a, b, values, warnings } = comparison
  const colour = isBad(verdict) ? pen.bad : isGood(verdict) ? pen.good : pen.warn
  const [word = '', ...rest] = pen.wrap(`${verdict}  `, reason)
  return [
    pen.bold(colour(word)),
    ...rest,
    ...[sideLine('A', a, pen), sideLine('B', b, pen)].flat(),
    '',
    ...table(values, pen),
    '',
    ...pen.wrap('', basisText(comparison)).map(pen.dim),
    ...warnings.slice(0, MAX_WARNINGS).flatMap((warning) => pen.wrap(`${pen.marks.warn} `, pen.safe(warning)).map(pen.warn)),
    ...(warnings.length > MAX_WARNINGS ? [`  and ${warnings.length - MAX_WARNINGS} more`] : []),
    '',
  ].join('\n')
}

function sideLine(letter: string, side: ComparedSide, pen: Pen): string[] {
  return pen.wrap(
    `${letter}  `,
    `${pen.safe(side.name)} ${pen.marks.dot} ${formatCount(side.attempts)} attempts ${pen.marks.dot} ${side.verdict.replaceAll('_', ' ')}`,
  )
}

/** The lines that decide come first. Where a terminal is too narrow, delta goes, then the limit, then the bounds. */
function table(values: readonly ComparedValue[], pen: Pen): string[] {
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
