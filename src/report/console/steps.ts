/**
 * Prints tables with one row per step, and one per tag, with the columns that have data. Columns that do not fit go into a second table below. On
 * terminals of at least 80 columns the second table is printed only when it is short; otherwise one line names the columns left out.
 */

import type { GroupMetrics, Result } from '../../result/schema.ts'
import { displayWidth } from '../../text/display-width.ts'
import { formatCount, formatPercentile, formatShare, UNKNOWN } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { columnWidths } from '../text/table.ts'
import { padLeft, padRight } from '../text/width.ts'
import { timesDiffer } from './totals.ts'

const NAME_MIN = 8
const NAME_MAX = 28
/** The terminal width in columns from which a second table is printed only when it is short. */
const USUAL_WIDTH = 80
const FEW_ROWS = 4

interface StepColumn {
  /** The heading that is printed once above neighbouring columns of the same group. */
  readonly group: string
  readonly label: string
  readonly cell: (slice: GroupMetrics) => string
  readonly metric?: string
}

interface StepRow {
  readonly name: string
  readonly slice: GroupMetrics
}

const percentile = (group: string, metric: string, label: string): StepColumn => ({
  group,
  label,
  metric,
  cell: (slice) => formatPercentile(slice.distributions[metric], label),
})

/** All columns of the tables of steps and tags, the most important first: when the width is too small, the last ones go into a second table. */
const COLUMNS: readonly StepColumn[] = [
  { group: '', label: 'count', cell: (slice) => formatCount(slice.counts.planned) },
  { group: '', label: 'ok', cell: okShare },
  percentile('response', 'response_time', 'p50'),
  percentile('response', 'response_time', 'p95'),
  percentile('response', 'response_time', 'p99'),
  percentile('service', 'service_time', 'p99'),
  percentile('ttft', 'ttft', 'p50'),
  percentile('ttft', 'ttft', 'p95'),
  percentile('tpot', 'tpot', 'p50'),
  percentile('itl', 'itl', 'p95'),
]

/** Formats the share of planned attempts that are ok. Attempts that were cut off or dropped count as not ok. */
function okShare({ counts }: GroupMetrics): string {
  return counts.planned === 0 ? UNKNOWN : formatShare(counts.ok / counts.planned)
}

/**
 * Returns, for the terminal summary, the table of steps: two header lines, up to `limit` steps and, if there are several steps, a row for all of them
 * together. Columns that do not fit come in a second table, or are named in a last line. Empty without steps.
 */
export function stepLines(result: Result, pen: Pen, limit: number): string[] {
  if (result.steps.length === 0) return []
  const rows: StepRow[] = result.steps.slice(0, limit).map((step) => ({ name: pen.safe(step.name), slice: step }))
  if (result.steps.length > 1) rows.push({ name: 'all steps', slice: result.total })
  return gridLines('step', rows, fitting(usefulColumns([result.total, ...result.steps]), rows, pen), pen)
}

/**
 * Returns the columns for the table of steps. When not all fit, the p99 of the service time is left out first, because the line on response times
 * shows it too.
 */
function fitting(columns: StepColumn[], rows: readonly StepRow[], pen: Pen): StepColumn[] {
  const nameColumns = Math.max(NAME_MIN, ...rows.map(({ name }) => displayWidth(name)))
  if (pen.width < USUAL_WIDTH || fitColumns(rows, columns, pen, nameColumns).columns.length === columns.length) return columns
  return columns.filter(({ metric }) => metric !== 'service_time')
}

/**
 * Returns each tag of a result, such as `flow=buy`, with the metrics of its attempts, as the terminal summary lists them: tags of the same name are
 * next to each other.
 */
export function tagSlices(result: Result): [tag: string, slice: GroupMetrics][] {
  const nameOf = (tag: string) => tag.slice(0, tag.indexOf('='))
  const names = [...new Set(Object.keys(result.tags).map(nameOf))]
  return Object.entries(result.tags).sort(([a], [b]) => names.indexOf(nameOf(a)) - names.indexOf(nameOf(b)))
}

/**
 * Returns, for the terminal summary, the table of tags, such as `flow=buy`: up to `limit` rows, with columns like those of the table of steps; empty
 * without tags.
 */
export function tagLines(result: Result, pen: Pen, limit: number): string[] {
  const slices = tagSlices(result)
  if (slices.length === 0 || limit === 0) return []
  const rows = slices.slice(0, limit).map(([tag, slice]): StepRow => ({ name: pen.safe(tag), slice }))
  return gridLines('tag', rows, usefulColumns([result.total, ...slices.map(([, slice]) => slice)]), pen)
}

function gridLines(title: string, rows: readonly StepRow[], columns: readonly StepColumn[], pen: Pen): string[] {
  const names = rows.map((row) => pen.cut(row.name, NAME_MAX))
  const nameColumns = Math.max(NAME_MIN, ...names.map(displayWidth))
  const lines: string[] = []
  for (let rest = columns; rest.length > 0; ) {
    const grid = fitColumns(rows, rest, pen, nameColumns)
    rest = rest.slice(grid.columns.length)
    const labels = grid.columns.map((column) => column.label)
    const body = names.map((name, i) => line(pen.cut(name, grid.nameWidth), grid.cells[i] ?? [], grid))
    lines.push(pen.dim(groupLine(grid)), pen.dim(line(title, labels, grid)), ...body)
    if (rest.length > 0 && !worthATable(rest, rows, pen)) return [...lines, ...missingLines(rest, pen)]
  }
  return lines
}

/**
 * True when a second table is printed for the columns `rest` that did not fit: always on a narrow terminal, otherwise only for at least two columns
 * and few rows.
 */
function worthATable(rest: readonly StepColumn[], rows: readonly StepRow[], pen: Pen): boolean {
  return pen.width < USUAL_WIDTH || (rest.length > 1 && rows.length <= FEW_ROWS)
}

function missingLines(columns: readonly StepColumn[], pen: Pen): string[] {
  const names = columns.map(({ group, label }) => `${group} ${label}`.trim()).join(', ')
  return pen.wrap(`  ${pen.marks.cut} `, `no room for ${names}: widen the terminal, or see result.json`).map(pen.dim)
}

/**
 * Returns, for the terminal summary, the columns of a table of steps or tags that are worth showing: always the count, the share of ok attempts and
 * response_time; service_time if it differs from response_time; others if at least one row has a value in them.
 */
export function usefulColumns(slices: readonly GroupMetrics[]): StepColumn[] {
  const differ = slices.some(timesDiffer)
  return COLUMNS.filter(({ metric }) => {
    if (metric === undefined || metric === 'response_time') return true
    if (metric === 'service_time') return differ
    return slices.some((slice) => (slice.distributions[metric]?.count ?? 0) > 0)
  })
}

interface Grid {
  readonly columns: readonly StepColumn[]
  readonly cells: readonly (readonly string[])[]
  readonly widths: readonly number[]
  readonly nameWidth: number
}

/**
 * Returns the longest beginning of `columns` that fits into the terminal beside the names in the first column, which take at most `nameColumns`
 * columns.
 */
function fitColumns(rows: readonly StepRow[], columns: readonly StepColumn[], pen: Pen, nameColumns: number): Grid {
  const cells = rows.map(({ slice }) => columns.map((column) => pen.ink(column.cell(slice))))
  const widths = columnWidths([
    ...cells,
    columns.map((column) => column.label),
    columns.map((c, i) => (aloneInGroup(columns, i) ? c.group : '')),
  ])
  const room = pen.width - 2 - widths.reduce((sum, width) => sum + width + 2, 0)
  const enough = Math.min(nameColumns, 14)
  if (room < enough && columns.length > 1) return fitColumns(rows, columns.slice(0, -1), pen, nameColumns)
  return { columns, cells, widths, nameWidth: Math.min(nameColumns, Math.max(room, NAME_MIN)) }
}

function aloneInGroup(columns: readonly StepColumn[], i: number): boolean {
  const group = columns[i]?.group
  return columns.filter((column) => column.group === group).length === 1
}

function line(name: string, cells: readonly string[], grid: Grid): string {
  const padded = cells.map((cell, i) => padLeft(cell, grid.widths[i] ?? 0))
  return `  ${padRight(name, grid.nameWidth)}  ${padded.join('  ')}`.trimEnd()
}

/** Returns the heading line with the names of column groups, each right-aligned over its columns. */
function groupLine(grid: Grid): string {
  let text = ' '.repeat(2 + grid.nameWidth)
  let pending = 0
  for (const [i, column] of grid.columns.entries()) {
    pending += 2 + (grid.widths[i] ?? 0)
    if (grid.columns[i + 1]?.group === column.group) continue
    text += padLeft(column.group, pending)
    pending = 0
  }
  return text.trimEnd()
}
