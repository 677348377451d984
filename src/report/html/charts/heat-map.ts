/** Draws a heat map of response times: time against latency. It shows what percentiles hide, such as two kinds of replies. */
import { InputError } from '../../../errors.ts'
import { middleOf } from '../../../metrics/histogram/buckets.ts'
import { Histogram } from '../../../metrics/histogram/histogram.ts'
import { STEPS_PER_UNIT } from '../../../metrics/histogram/units.ts'
import type { Block } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { formatCount } from '../../text/format.ts'
import { type Markup, markup } from '../page/markup.ts'
import { type Chart, stretched } from './frame.ts'
import { logScale, type Scale } from './scale.ts'

/** The number of cells of the heat map for each doubling of the latency: each cell reaches 19 % higher than the one below. */
const CELLS_PER_DOUBLING = 4
/** The largest number of columns of the heat map. burn stores at most 40 blocks, which are the columns; an edited result may have more. */
const MAX_COLUMNS = 200
/** The number of shades of a cell; more replies give a darker one. */
const SHADES = 7

interface HeatColumn {
  readonly fromMs: number
  readonly toMs: number
  readonly counts: ReadonlyMap<number, number>
}

/**
 * Returns, for the HTML report, a heat map of response times over the measured phases: time against latency, darker where there are more replies. `x`
 * is the time axis of all charts, which ends at `endMs`; `behind` is a drawing for the background. `blocks` are equal stretches of the run, each with
 * a histogram; undefined when these are missing or empty.
 */
export function heatChart(
  blocks: readonly Block[],
  { x, endMs, behind }: { readonly x: Scale; readonly endMs: number; readonly behind: Markup },
): Chart | undefined {
  const columns = blocks.slice(0, MAX_COLUMNS).map(columnOf)
  const cells = columns.flatMap(({ counts }) => [...counts.keys()])
  if (cells.length === 0) return undefined
  const startOf = (cell: number) => 2 ** (cell / CELLS_PER_DOUBLING) / STEPS_PER_UNIT.ms
  const [low, high] = [Math.min(...cells), Math.max(...cells) + 1]
  const y = logScale(startOf(low), startOf(high), formatMs)
  const most = Math.max(...columns.flatMap(({ counts }) => [...counts.values()]))
  const paths = Array.from({ length: SHADES }, () => '')
  for (const { fromMs, toMs, counts } of columns) {
    const [from, to] = [x.place(fromMs) * 1000, x.place(toMs) * 1000]
    for (const [cell, count] of counts) {
      const [top, bottom] = [100 - y.place(startOf(cell + 1)) * 100, 100 - y.place(startOf(cell)) * 100]
      const shade = Math.min(SHADES - 1, Math.floor((Math.log(count) / Math.max(1, Math.log(most))) * SHADES))
      paths[shade] += `M${from.toFixed(1)} ${top.toFixed(2)}H${to.toFixed(1)}V${bottom.toFixed(2)}H${from.toFixed(1)}Z`
    }
  }
  return {
    title: 'Response times, by how many replies took how long',
    says: `Response times over the measured phases, in ${columns.length} stretches, from ${formatMs(startOf(low))} to ${formatMs(startOf(high))}`,
    note: `The darker, the more replies (logarithmic; darkest ${formatCount(most)} in one cell). Two bands mean two kinds of replies.`,
    legend: [],
    x,
    y,
    endMs,
    body: markup`${behind}${stretched(markup`${paths.flatMap((path, shade) => (path === '' ? [] : [markup`<path class="heat h${shade}" d="${path}"/>`]))}`)}`,
  }
}

function columnOf({ atMs, lengthMs, histograms }: Block): HeatColumn {
  const counts = new Map<number, number>()
  const pairs = pairsOf(histograms.response_time)
  for (let at = 0; at < pairs.length; at += 2) {
    const cell = Math.floor(Math.log2(Math.max(1, middleOf(pairs[at] ?? 0))) * CELLS_PER_DOUBLING)
    counts.set(cell, (counts.get(cell) ?? 0) + (pairs[at + 1] ?? 0))
  }
  return { fromMs: atMs, toMs: atMs + lengthMs, counts }
}

/** Returns the buckets of a stored histogram with their counts; an empty list when it is missing or cannot be read. */
function pairsOf(text: string | undefined): readonly number[] {
  if (text === undefined) return []
  try {
    return Histogram.decode('ms', text).sparse().pairs
  } catch (error) {
    if (error instanceof InputError) return []
    throw error
  }
}
