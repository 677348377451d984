/** Draws how latencies are distributed: percentile curves, and a histogram. */

import { middleOf } from '../../../metrics/histogram/buckets.ts'
import type { Histogram } from '../../../metrics/histogram/histogram.ts'
import { STEPS_PER_UNIT } from '../../../metrics/histogram/units.ts'
import type { Distribution, GroupMetrics } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { formatCount, formatShare } from '../../text/format.ts'
import { markup } from '../page/markup.ts'
import { type Chart, lineOf, type Point, percent, stretched } from './frame.ts'
import { latencyScale, linearScale, logScale, type Scale } from './scale.ts'
import { storedHistogram } from './stored.ts'

/** The latency metrics that are drawn as percentile curves, with the CSS class of their colour. */
const CURVES = [
  ['response_time', 'c2'],
  ['service_time', 'c1'],
  ['ttft', 'c3'],
] as const
/** The number of points of a percentile curve. */
const MAX_POINTS = 200
/** The number of samples that must lie above a percentile for the curve to show it. @see glossary: Windows */
const SAMPLES_ABOVE = 10
/** The number of histogram bars for each doubling of the latency. */
const BARS_PER_DOUBLING = 10

/** A distribution that is drawn as a percentile curve, with its name in the legend and the CSS class of its colour. */
interface PercentileCurve {
  readonly name: string
  readonly color: string
  readonly distribution: Distribution | undefined
}

/**
 * Returns, for the HTML report, the chart of the percentiles of response_time, service_time and ttft, those with more than 20 samples; undefined when
 * none has.
 */
export function percentileChart({ distributions }: GroupMetrics): Chart | undefined {
  const curves = CURVES.map(([name, color]) => ({ name, color, distribution: distributions[name] }))
  const chart = curvesChart('Percentiles', curves)
  return chart && { ...chart, note: 'Each nine takes the same room. A curve ends where fewer than ten samples lie above it.' }
}

/**
 * Returns, for the HTML report, a chart of percentile curves. Its x axis is logarithmic in 1 ÷ (1 − p), so that p90, p99 and p99.9 are equally far
 * apart. A curve ends at the last percentile with ten samples above it; a distribution of 20 samples or fewer has no curve. Undefined without a
 * curve.
 */
export function curvesChart(title: string, all: readonly PercentileCurve[]): Chart | undefined {
  const curves = all.flatMap(({ name, color, distribution }) => {
    const histogram = storedHistogram(distribution)
    return histogram && histogram.count > 2 * SAMPLES_ABOVE ? [{ name, color, histogram }] : []
  })
  const most = Math.max(0, ...curves.map(({ histogram }) => histogram.count))
  if (most === 0) return undefined
  const end = Math.max(1, Math.log10(most / SAMPLES_ABOVE))
  const x = ninesScale(end)
  const values = curves.map((curve) => ({ ...curve, points: curvePoints(curve.histogram) }))
  const y = latencyScale(values.flatMap(({ points }) => points.map(([, value]) => value)))
  const lines = values.map(({ points, color }) =>
    lineOf(
      points.map(([nines, value]): Point => [nines / end, y.place(value)]),
      color,
    ),
  )
  const says = values.map(
    ({ name, histogram }) => `${name} p50 ${shown(histogram, 50)}, p95 ${shown(histogram, 95)}, p99 ${shown(histogram, 99)}`,
  )
  return {
    title,
    says: `${title}: ${says.join('; ')}`,
    legend: values.map(({ name, color }) => ({ color, label: name })),
    x,
    y,
    body: markup`${x.ticks.map(({ at }) => markup`<line class="grid" x1="${percent(at)}" x2="${percent(at)}" y2="100%"/>`)}${lines}`,
  }
}

const shown = (histogram: Histogram, p: number) => formatMs(histogram.percentile(p) ?? Number.NaN)

/** Returns the points of a percentile curve: x is log10(1 ÷ (1 − p)), so 2 for p99, and the value is the latency in ms. */
function curvePoints(histogram: Histogram): [nines: number, value: number][] {
  const end = Math.log10(histogram.count / SAMPLES_ABOVE)
  const nines = Array.from({ length: MAX_POINTS }, (_, at) => (end * at) / (MAX_POINTS - 1))
  const values = histogram.percentiles(nines.map((each) => 100 * (1 - 10 ** -each)))
  return nines.map((each, at) => [each, values[at] ?? 0])
}

/** Returns the x axis of percentile curves, which ends at the share 1 − 10^−end: `end` is 2 for p99, 3 for p99.9. */
function ninesScale(end: number): Scale {
  const known: readonly (readonly [number, string])[] = [
    [0, 'p0'],
    [0.5, 'p50'],
    [0.9, 'p90'],
    [0.95, 'p95'],
    [0.99, 'p99'],
    [0.999, 'p99.9'],
    [0.9999, 'p99.99'],
    [0.99999, 'p99.999'],
    [0.999999, 'p99.9999'],
  ]
  const ticks = known.map(([p, label]) => ({ at: -Math.log10(1 - p) / end, label })).filter(({ at }) => at <= 1.001)
  // When the axis reaches p99.99, there is no room for the label p95 between p90 and p99.
  return { place: (nines) => nines / end, ticks: ticks.filter(({ label }) => label !== 'p95' || end < 4) }
}

/**
 * Returns, for the HTML report, a histogram chart of response times on a logarithmic axis, with common percentiles marked; undefined without
 * samples.
 */
export function latencyHistogram({ distributions }: GroupMetrics): Chart | undefined {
  const histogram = storedHistogram(distributions.response_time)
  if (histogram === undefined) return undefined
  const bars = new Map<number, number>()
  const { pairs } = histogram.sparse()
  for (let at = 0; at < pairs.length; at += 2) {
    const bar = Math.floor(Math.log2(Math.max(1, middleOf(pairs[at] ?? 0))) * BARS_PER_DOUBLING)
    bars.set(bar, (bars.get(bar) ?? 0) + (pairs[at + 1] ?? 0))
  }
  const first = Math.min(...bars.keys())
  const last = Math.max(...bars.keys()) + 1
  const startOf = (bar: number) => 2 ** (bar / BARS_PER_DOUBLING) / STEPS_PER_UNIT.ms
  const x = logScale(startOf(first - 1), startOf(last + 1), formatMs)
  const most = Math.max(...bars.values())
  const y = linearScale(most / histogram.count, formatShare)
  const path = Array.from(bars, ([bar, count]) => {
    const [from, to] = [x.place(startOf(bar)) * 1000, x.place(startOf(bar + 1)) * 1000]
    const height = Math.max(0.6, y.place(count / histogram.count) * 100)
    return `M${from.toFixed(1)} 100v-${height.toFixed(1)}h${(to - from).toFixed(1)}v${height.toFixed(1)}Z`
  }).join('')
  const marks = [50, 95, 99].map((p, line) => {
    const at = x.place(histogram.percentile(p) ?? 0)
    return markup`<line class="mark" x1="${percent(at)}" x2="${percent(at)}" y2="100%"/><text class="mark" x="${percent(at)}" y="${10 + 12 * line}" dx="3">p${p}</text>`
  })
  return {
    title: 'Response times of all replies',
    says: `${formatCount(histogram.count)} replies took ${formatMs(histogram.min ?? 0)} to ${formatMs(histogram.max ?? 0)}, most of them about ${formatMs(startOf([...bars].reduce((a, b) => (b[1] > a[1] ? b : a))[0]))}`,
    legend: [{ color: 'c1', label: 'share of the replies' }],
    x,
    y,
    body: markup`${stretched(markup`<path class="bars c1" d="${path}"/>`)}${marks}`,
  }
}
