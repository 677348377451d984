/** Makes the parts that all charts have in common: heading, legend, axes and grid. All positions are percentages, so that a chart fits any width. */
import { type Markup, markup } from '../page/markup.ts'
import type { Scale } from './scale.ts'

/** The name and colour of one line of a chart, as the chart's legend in the HTML report shows them. */
export interface LegendItem {
  /** The CSS class of the colour: `c1` to `c6`. */
  readonly color: string
  readonly label: string
  /**
   * The path to the line's value in a timeline row, such as `users` or `latencies.ttft.p95`. The script of the page shows this value at the cursor.
   * Left out when the chart has no cursor.
   */
  readonly of?: string
  /** How the script of the page formats the value at the cursor: as a number, per second, or as a duration in ms. */
  readonly unit?: 'count' | 'rate' | 'ms'
}

/** A chart before it becomes HTML: its drawing, title, legend and axes. */
export interface Chart {
  readonly title: string
  /** One sentence for screen readers that says what the chart shows. */
  readonly says: string
  /** One sentence that says how to read the chart. */
  readonly note?: string
  readonly legend: readonly LegendItem[]
  readonly x: Scale
  readonly y: Scale
  /** The time at the right end of the axis, in ms since the run began; only in charts over time, which share a cursor and a zoom. */
  readonly endMs?: number
  /** The drawing: SVG whose positions are percentages of the area inside the axes. */
  readonly body: Markup
}

/** Formats, for the HTML report, a position from 0 to 1 as a percentage for an SVG attribute: "12.5%". */
export function percent(place: number): string {
  return `${Number((place * 100).toFixed(2))}%`
}

/** Returns, for the HTML report, the HTML of a chart, with title, legend, axes and grid. */
export function chartOf({ title, says, note, legend, x, y, endMs, body }: Chart): Markup {
  const grid = y.ticks.map(({ at }) => markup`<line class="grid" x2="100%" y1="${percent(1 - at)}" y2="${percent(1 - at)}"/>`)
  return markup`<figure class="chart"${endMs !== undefined && markup` data-end="${Math.ceil(endMs)}"`}>
<figcaption><h3>${title}</h3>${legend.length > 0 && markup`<ul class="legend">${legend.map(legendItem)}</ul>`}</figcaption>
<div class="frame">
<svg class="y" aria-hidden="true">${y.ticks.map(({ at, label }) => markup`<text x="100%" y="${percent(1 - at)}">${label}</text>`)}</svg>
<svg class="area" role="img" aria-label="${says}">${grid}<svg class="inner" width="100%" height="100%">${body}</svg></svg>
<svg class="x" aria-hidden="true">${x.ticks.map(({ at, label }) => markup`<text x="${percent(at)}" y="50%"${anchorAt(at)}>${label}</text>`)}</svg>
</div>
${note !== undefined && markup`<p class="more">${note}</p>\n`}</figure>
`
}

/** Returns the class of an axis label that keeps it within the chart when it is at the beginning or end of the axis; undefined elsewhere. */
function anchorAt(at: number): Markup | undefined {
  if (at < 0.03) return markup` class="first"`
  return at > 0.97 ? markup` class="last"` : undefined
}

function legendItem({ color, label, of, unit = 'count' }: LegendItem): Markup {
  const value = of !== undefined && markup` <output data-of="${of}" data-unit="${unit}"></output>`
  return markup`<li><svg class="key ${color}" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10"/></svg> ${label}${value}</li>`
}

/** A point of a line in a chart: its positions on both axes, 0 to 1. Where y is undefined, the line has a gap. */
export type Point = readonly [x: number, y: number | undefined]

/** Returns, for the HTML report, SVG of a line through points; `look` is the CSS class of its colour. A point between two gaps becomes a dot. */
export function lineOf(points: readonly Point[], look: string): Markup {
  let path = ''
  let isOpen = false
  for (const [x, y] of points) {
    if (y !== undefined) path += `${isOpen ? 'L' : 'M'}${onGrid(x, y)}${isOpen ? '' : 'h0'}`
    isOpen = y !== undefined
  }
  return path === '' ? markup`` : stretched(markup`<path class="line ${look}" d="${path}"/>`)
}

/** Returns, for the HTML report, SVG of the area between two lines, whose points have the same x; `look` is the CSS class of the area's colour. */
export function bandOf(upper: readonly Point[], lower: readonly Point[], look: string): Markup {
  const paths: string[] = []
  let run: string[] = []
  let back: string[] = []
  const close = () => {
    if (run.length > 1) paths.push(`M${run.join('L')}L${back.reverse().join('L')}Z`)
    run = []
    back = []
  }
  for (const [at, [x, y]] of upper.entries()) {
    const below = lower[at]?.[1]
    if (y === undefined || below === undefined) close()
    else {
      run.push(onGrid(x, y))
      back.push(onGrid(x, below))
    }
  }
  close()
  return paths.length === 0 ? markup`` : stretched(markup`<path class="band ${look}" d="${paths.join('')}"/>`)
}

/** Returns SVG that stretches a drawing of 1000 by 100 units over the whole area of a chart in the HTML report. */
export function stretched(drawing: Markup): Markup {
  return markup`<svg width="100%" height="100%" viewBox="0 0 1000 100" preserveAspectRatio="none">${drawing}</svg>`
}

function onGrid(x: number, y: number): string {
  return `${Number((x * 1000).toFixed(1))} ${Number(((1 - y) * 100).toFixed(1))}`
}
