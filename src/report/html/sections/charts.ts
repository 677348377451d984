/** Makes the page's two sections of charts: the run over time, and the distribution of latencies. */
import type { Result, TimelineRow } from '../../../result/schema.ts'
import { latencyHistogram, percentileChart } from '../charts/distribution.ts'
import { chartOf } from '../charts/frame.ts'
import { heatChart } from '../charts/heat-map.ts'
import { timeCharts } from '../charts/time-series.ts'
import { type Markup, markup } from '../page/markup.ts'

/** Returns the charts of the HTML report over the time of the run; `rows` is the run's timeline. Undefined without rows. */
export function timeBody(result: Result, rows: readonly TimelineRow[]): Markup | undefined {
  return timeCharts(result, rows, (axis) => heatChart(result.blocks ?? [], axis))
}

/** Returns the charts of the HTML report that show how latencies are distributed over the measured phases; undefined without samples. */
export function latencyBody({ total }: Result): Markup | undefined {
  const charts = [percentileChart(total), latencyHistogram(total)].flatMap((chart) =>
    chart === undefined ? [] : [chartOf(chart)],
  )
  return charts.length === 0 ? undefined : markup`<div class="side-by-side">\n${charts}</div>\n`
}
