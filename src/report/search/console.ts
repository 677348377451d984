/** Prints the result of a search for the highest load on the terminal. */
import type { SearchResult } from '../../result/search.ts'
import { formatMs } from '../../text/units.ts'
import { makePen } from '../text/pen.ts'
import type { RenderOptions } from '../text/reporter.ts'
import { alignedLines, fittingRows } from '../text/table.ts'
import { curveOf, kneeLine, tierLines } from './lines.ts'

/** The columns that are left out on a narrow terminal, in this order. */
const DISPENSABLE = ['measured', 'p50', 'ok/s', 'errors']

/**
 * Returns the report of a capacity search (`burn search`) for the terminal: its outcome, a table of all measured loads and, if there are more than
 * two, the knee (the load with the largest throughput ÷ latency).
 */
export function searchText(search: SearchResult, options: RenderOptions): string {
  const pen = makePen(options)
  const { verdict, exitCode, durationMs, points, file } = search
  const colour = verdict === 'found' || verdict === 'holds' ? pen.good : verdict === 'does_not_hold' ? pen.bad : pen.warn
  const word = verdict.replaceAll('_', ' ').toUpperCase()
  const [first = '', ...rest] = pen.wrap(`${word}  `, `${pen.safe(search.search)} ${pen.marks.dot} ${pen.safe(search.reason)}`)
  const facts = [
    ...(file === null ? [] : [pen.safe(file)]),
    `${points.length} ${points.length === 1 ? 'point' : 'points'}`,
    `${formatMs(durationMs)} of load`,
    `exit ${exitCode}`,
    ...(options.directory === undefined ? [] : [`results in ${pen.safe(options.directory)}`]),
  ]
  const rows = fittingRows(
    curveOf(search).map((row) => row.map((text) => pen.safe(text))),
    DISPENSABLE,
    pen,
  )
  const [head = '', ...lines] = alignedLines(rows, new Set((rows[0] ?? []).map((_, at) => at).slice(1, -1)), pen)
  return [
    pen.bold(colour(first)),
    ...rest,
    ...pen.facts('  ', facts.join(' · ')).map(pen.dim),
    '',
    pen.dim(pen.cut(head, pen.width)),
    ...lines.map((line) => pen.cut(line, pen.width)),
    '',
    ...(search.holds === null ? tierLines(search) : []).flatMap((line) => pen.wrap('', pen.safe(line))),
    ...(points.length > 2 ? pen.wrap('', kneeLine(search)).map(pen.dim) : []),
    ...(search.status === 'stopped' && options.directory !== undefined
      ? pen.wrap('', `the same command with --out ${pen.safe(options.directory)} goes on`)
      : []),
    '',
  ].join('\n')
}
