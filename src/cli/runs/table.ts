/** Formats the tables of `burn runs` for the terminal. */
import { changeText } from '../../report/compared/words.ts'
import { barsOf } from '../../report/text/bars.ts'
import { formatCount, formatMoment, formatRate, formatShare, UNKNOWN } from '../../report/text/format.ts'
import { makePen, type Pen } from '../../report/text/pen.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import { alignedLines, fittingRows } from '../../report/text/table.ts'
import type { RunHead } from '../../store/run-heads.ts'
import { formatMs } from '../../text/units.ts'
import { type TrendPoint, trendsOf } from './trend.ts'

const MAX_BARS = 60
/**
 * The largest width of the column of folders, in columns of the terminal, when it is decided which other columns fit. Usual folder names have a name,
 * a date and a time.
 */
const FOLDER_COLUMNS = 44

const latency = (ms: number | null) => (ms === null ? UNKNOWN : formatMs(ms))
const figures = (run: RunHead) => [
  run.totalMessages === null ? UNKNOWN : formatCount(run.totalMessages),
  formatShare(run.errorRate),
  formatRate(run.throughputQps),
  latency(run.p95LatencyMs),
  latency(run.p99LatencyMs),
]
const FIGURES = ['attempts', 'errors', 'ok', 'p95', 'p99']
/** The columns that are left out on a narrow terminal, in this order. The folder always stays, because other commands take it as argument. */
const DISPENSABLE = ['p99', 'ok', 'attempts', 'scenario', 'errors', 'p95', 'started (UTC)', 'verdict']

/**
 * Formats a list of runs as a table, newest first. The last column is the folder, by which other commands name the run. A run that is in progress
 * (`live` is set) has the verdict `running`.
 */
export function runsTable(runs: readonly (RunHead & { readonly live?: object | null })[], options: RenderOptions): string {
  const pen = makePen(options)
  const rows = runs.map((run) => [
    formatMoment(run.startTime).replace(' UTC', ''),
    pen.safe(run.scenarioName, 30),
    run.live ? 'running' : run.verdict.replaceAll('_', ' '),
    ...figures(run),
    pen.safe(run.folder),
  ])
  const all = [['started (UTC)', 'scenario', 'verdict', ...FIGURES, 'folder'], ...rows]
  // A single long folder name must not remove columns from all runs: its own row becomes wider than the terminal instead.
  const asCut = all.map((row) => row.with(-1, pen.cut(row.at(-1) ?? '', FOLDER_COLUMNS)))
  const [head = [], ...cut] = fittingRows(asCut, DISPENSABLE, pen)
  const fitting = cut.map((row, at) => row.with(-1, rows[at]?.at(-1) ?? ''))
  const right = new Set(head.flatMap((name, at) => (FIGURES.includes(name) ? [at] : [])))
  return table(head, fitting, right, { ...pen, cut: (text) => text })
}

/**
 * Formats, for `burn runs --trend`, how the runs of each scenario have changed over time: a bar chart of the p95 of the response time, and the runs
 * that were clearly slower or faster.
 */
export function trendTables(runs: readonly RunHead[], options: RenderOptions): string {
  const pen = makePen(options)
  return trendsOf(runs)
    .map(({ scenario, targets, points }) => trendTable(`${scenario} (${targets.join(', ')})`, points, pen))
    .join('\n')
}

function trendTable(name: string, points: readonly TrendPoint[], pen: Pen): string {
  const rows = points.map(({ run, change, stands }) => [
    formatMoment(run.startTime).replace(' UTC', ''),
    run.verdict.replaceAll('_', ' '),
    ...figures(run),
    changeText(change, { unit: 'ms' }),
    stands === null ? '' : stands === 'slower' ? 'SLOWER' : 'FASTER',
  ])
  const bars = pen.unicode ? `  ${barsOf(points.slice(-MAX_BARS).map(({ run }) => run.p95LatencyMs))}` : ''
  const head = pen.bold(pen.cut(`${pen.safe(name)}: ${points.length} ${points.length === 1 ? 'run' : 'runs'}`, pen.width))
  return [
    `${head}${bars}`,
    table(['started (UTC)', 'verdict', ...FIGURES, 'p95 change', ''], rows, new Set([2, 3, 4, 5, 6, 7]), pen),
  ].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[], right: ReadonlySet<number>, pen: Pen): string {
  const lines = alignedLines([head, ...rows], right, pen).map((line) => pen.cut(line, pen.width))
  return [pen.dim(lines[0] ?? ''), ...lines.slice(1).map((line) => coloured(line, pen)), ''].join('\n')
}

function coloured(line: string, pen: Pen): string {
  if (line.endsWith('SLOWER')) return pen.bad(line)
  return line.endsWith('FASTER') ? pen.good(line) : line
}
