/** Draws both sides of a comparison in the same charts: percentiles, and values over time. */
import { mergeMetrics } from '../../../metrics/groups/merge.ts'
import type { GroupMetrics, Result, TimelineRow } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { formatNumber } from '../../text/format.ts'
import { type Markup, markup } from '../page/markup.ts'
import { curvesChart } from './distribution.ts'
import { type Chart, chartOf, lineOf, type Point } from './frame.ts'
import { chartRows } from './rows.ts'
import { latencyScale, linearScale, timeScale } from './scale.ts'

const METRICS = ['response_time', 'service_time', 'ttft', 'tpot'] as const
const COLORS = { a: 'c1', b: 'c2' } as const

/**
 * Returns, for the HTML report, the metrics of all attempts of several results of A (or of B) in a comparison, their histograms merged exactly;
 * undefined without results.
 */
function together(results: readonly Result[]): GroupMetrics | undefined {
  const [first, ...more] = results
  return more.length === 0 ? first?.total : mergeMetrics(results.map(({ total }) => total))
}

/**
 * Returns, for the HTML report of a comparison, a chart of percentiles for each latency that both A and B have; undefined when there is none, or none
 * has enough samples.
 */
export function curveBody(a: readonly Result[], b: readonly Result[]): Markup | undefined {
  const [ofA, ofB] = [together(a), together(b)]
  const charts = METRICS.flatMap((metric) => {
    const [one, other] = [ofA?.distributions[metric], ofB?.distributions[metric]]
    if (one === undefined || other === undefined) return []
    const chart = curvesChart(metric, [
      { name: 'A', color: COLORS.a, distribution: one },
      { name: 'B', color: COLORS.b, distribution: other },
    ])
    return chart === undefined ? [] : [chartOf(chart)]
  })
  return charts.length === 0 ? undefined : markup`<div class="side-by-side">\n${charts}</div>\n`
}

interface Course {
  readonly title: string
  readonly of: (row: TimelineRow) => number | undefined
  readonly isLatency: boolean
}

const perSecond = (count: number, { lengthMs }: TimelineRow) => (lengthMs > 0 ? (count * 1000) / lengthMs : 0)
const COURSES: readonly Course[] = [
  { title: 'Response time p95', of: ({ latencies }) => latencies.response_time?.p95, isLatency: true },
  { title: 'Time to first token p95', of: ({ latencies }) => latencies.ttft?.p95, isLatency: true },
  { title: 'Ok per second', of: (row) => perSecond(row.ok, row), isLatency: false },
  { title: 'Failed per second', of: (row) => perSecond(row.failed, row), isLatency: false },
]

/**
 * Returns, for the HTML report of a comparison, charts of the results of A and B over time, each from its own start; undefined when one of them has
 * no timeline, or all values are 0.
 */
export function overTimeBody(a: Result | undefined, b: Result | undefined): Markup | undefined {
  if (a === undefined || b === undefined || a.timeline.length === 0 || b.timeline.length === 0) return undefined
  const sides = [chartRows(a.timeline), chartRows(b.timeline)] as const
  const charts = COURSES.flatMap((measure) => measured(measure, sides) ?? []).map(chartOf)
  return charts.length === 0 ? undefined : markup`<div class="side-by-side">\n${charts}</div>\n`
}

function measured(
  { title, of, isLatency }: Course,
  sides: readonly [readonly TimelineRow[], readonly TimelineRow[]],
): Chart | undefined {
  const values = sides.map((rows) => rows.flatMap((row) => of(row) ?? []))
  const highest = values.map((side) => Math.max(0, ...side))
  if (Math.max(...highest) === 0) return undefined
  const y = isLatency ? latencyScale(values.flat()) : linearScale(Math.max(...highest), formatNumber)
  const x = timeScale(Math.max(...sides.map((rows) => endOf(rows))))
  const lines = sides.map((rows, side) => {
    const points = rows.map((row): Point => {
      const value = of(row)
      return [x.place(row.atMs + row.lengthMs / 2), value === undefined ? undefined : y.place(value)]
    })
    return lineOf(points, side === 0 ? COLORS.a : COLORS.b)
  })
  const shown = (value: number) => (isLatency ? formatMs(value) : formatNumber(value))
  return {
    title,
    says: `${title}: of A at most ${shown(highest[0] ?? 0)}, of B at most ${shown(highest[1] ?? 0)}`,
    legend: [
      { color: COLORS.a, label: 'A' },
      { color: COLORS.b, label: 'B' },
    ],
    x,
    y,
    body: markup`${lines}`,
  }
}

function endOf(rows: readonly TimelineRow[]): number {
  const last = rows.at(-1)
  return last === undefined ? 0 : last.atMs + last.lengthMs
}
