/** Draws what happened over the time of the run: charts that share one cursor. */
import type { Result, TimelineRow } from '../../../result/schema.ts'
import { formatMs } from '../../../text/units.ts'
import { machineLabel } from '../../text/beside/machine.ts'
import { formatNumber } from '../../text/format.ts'
import { serverLabel } from '../../text/server.ts'
import { type Markup, markup } from '../page/markup.ts'
import { bandOf, type Chart, chartOf, type LegendItem, lineOf, type Point, percent } from './frame.ts'
import { type PhaseSpan, phaseSpans } from './rows.ts'
import { latencyScale, linearScale, type Scale, timeScale } from './scale.ts'
import type { ChartRow } from './side-rows.ts'

/** The latency metrics that have a chart over time, in the order of the charts, with their headings. */
const LATENCIES: readonly (readonly [name: string, title: string])[] = [
  ['response_time', 'Response time, from when it was due'],
  ['service_time', 'Service time, from when it was sent'],
  ['ttft', 'Time to first token'],
  ['tpot', 'Time per output token'],
]
/** The relative difference between the p95 of response time and of service time (0.05 is 5 %) above which the service time has a chart of its own. */
const NOTABLE_DIFFERENCE = 0.05

interface TimeAxis {
  readonly rows: readonly ChartRow[]
  readonly x: Scale
  readonly endMs: number
  /** Borders and shades that mark the phases, drawn behind the lines of every chart. */
  readonly behind: Markup
}

/**
 * Returns, for the HTML report, all charts over time as HTML, below a strip that shows the phases; undefined when `rows`, the timeline, is empty.
 * `heat` is called to make the heat map of response times, which comes after the charts of latencies.
 */
export function timeCharts(
  result: Pick<Result, 'phases' | 'server' | 'machine' | 'health'>,
  rows: readonly ChartRow[],
  heat: (axis: TimeAxis) => Chart | undefined,
): Markup | undefined {
  const last = rows.at(-1)
  if (last === undefined) return undefined
  const endMs = last.atMs + last.lengthMs
  const x = timeScale(endMs)
  const spans = phaseSpans(rows)
  const warm = new Set(result.phases.filter(({ warmup }) => warmup).map(({ name }) => name))
  const axis: TimeAxis = { rows, x, endMs, behind: shades(spans, x, warm) }
  const charts = [
    loadChart(axis),
    usersChart(axis),
    ...latencyCharts(axis),
    heat(axis),
    ...serverCharts(axis, result),
    ...machineCharts(axis, result),
    ...healthCharts(axis, result),
    tokenChart(axis),
    lagChart(axis),
  ]
  return markup`<div class="over-time">
${phaseStrip(spans, x, warm, endMs)}${charts.flatMap((chart) => (chart === undefined ? [] : [chartOf(chart)]))}</div>
`
}

function shades(spans: readonly PhaseSpan[], x: Scale, warm: ReadonlySet<string>): Markup {
  return markup`${spans.map(({ name, fromMs, toMs }) => {
    const [from, to] = [x.place(fromMs), x.place(toMs)]
    const shade = warm.has(name) && markup`<rect class="warm" x="${percent(from)}" width="${percent(to - from)}" height="100%"/>`
    return markup`${shade}${from > 0 && markup`<line class="border" x1="${percent(from)}" x2="${percent(from)}" y2="100%"/>`}`
  })}`
}

/** Returns a strip with the names of the phases; the width of each is its duration. */
function phaseStrip(spans: readonly PhaseSpan[], x: Scale, warm: ReadonlySet<string>, endMs: number): Markup {
  const says = spans.map(({ name, fromMs, toMs }) => `${name} from ${formatMs(fromMs)} to ${formatMs(toMs)}`).join(', ')
  const parts = spans.map(({ name, fromMs, toMs }, at) => {
    const [from, to] = [x.place(fromMs), x.place(toMs)]
    const shade = warm.has(name) ? 'warm' : at % 2 === 0 ? 'even' : 'odd'
    return markup`<svg x="${percent(from)}" width="${percent(to - from)}" height="100%"><rect class="phase ${shade}" width="100%" height="100%"/><text x="6" y="50%">${name}${warm.has(name) && ' (warm-up)'}</text></svg>`
  })
  return markup`<div class="frame strip" data-end="${Math.ceil(endMs)}"><span class="y dim">phases</span><svg class="area" role="img" aria-label="Phases: ${says}"><svg class="inner" width="100%" height="100%">${parts}</svg></svg></div>
`
}

const middle = ({ atMs, lengthMs }: TimelineRow) => atMs + lengthMs / 2
const perSecond = (count: number, { lengthMs }: TimelineRow) => (lengthMs > 0 ? (count * 1000) / lengthMs : 0)

function pointsOf({ rows, x }: TimeAxis, y: Scale, pick: (row: ChartRow) => number | undefined): Point[] {
  return rows.map((row) => {
    const value = pick(row)
    return [x.place(middle(row)), value === undefined ? undefined : y.place(value)]
  })
}

interface ChartSeries extends LegendItem {
  readonly pick: (row: ChartRow) => number | undefined
}

/** Returns a chart of lines on a linear axis. A line whose values are all 0 is left out, unless it is the first. */
function linesChart(axis: TimeAxis, title: string, unit: string, all: readonly ChartSeries[]): Chart {
  const highest = ({ pick }: ChartSeries) => Math.max(0, ...axis.rows.map((row) => pick(row) ?? 0))
  const series = all.filter((one, at) => at === 0 || highest(one) > 0)
  const y = linearScale(Math.max(...series.map(highest)), formatNumber)
  const says = series.map((one) => `${one.label} up to ${formatNumber(highest(one))}${unit}`).join(', ')
  const lines = series.map(({ color, pick }) => lineOf(pointsOf(axis, y, pick), color)).reverse()
  return {
    title,
    says: `${title}: ${says}`,
    legend: series,
    x: axis.x,
    y,
    endMs: axis.endMs,
    body: markup`${axis.behind}${lines}`,
  }
}

function loadChart(axis: TimeAxis): Chart {
  const rate = (key: 'started' | 'ok' | 'failed' | 'cut' | 'dropped', color: string): ChartSeries => ({
    color,
    label: key,
    of: key,
    unit: 'rate',
    pick: (row) => perSecond(row[key], row),
  })
  const series = [rate('started', 'c1'), rate('ok', 'c3'), rate('failed', 'c4'), rate('dropped', 'c2'), rate('cut', 'c6')]
  return linesChart(axis, 'Attempts per second', '/s', series)
}

function usersChart(axis: TimeAxis): Chart {
  return linesChart(axis, 'Users and attempts in flight', '', [
    { color: 'c1', label: 'in flight, mean', of: 'inFlight', pick: ({ inFlight }) => inFlight },
    { color: 'c2', label: 'in flight, peak', of: 'peakInFlight', pick: ({ peakInFlight }) => peakInFlight },
    { color: 'c5', label: 'busy users', of: 'users', pick: ({ users }) => users },
  ])
}

/** Returns two charts for each observed server: its waiting and running requests, and the use of its KV cache and GPUs. */
function serverCharts(axis: TimeAxis, { server = [] }: Pick<Result, 'server'>): Chart[] {
  return server.flatMap(({ url, gauges }, at) => {
    const drawn = (name: string, color: string): ChartSeries[] =>
      gauges[name] === undefined
        ? []
        : [{ color, label: serverLabel(name), of: `server.${at}.${name}`, pick: (row) => row.server?.[at]?.[name] }]
    const { host } = new URL(url)
    const requests = [...drawn('queue', 'c2'), ...drawn('running', 'c1')]
    const shares = [...drawn('kv_usage', 'c5'), ...drawn('gpu_usage', 'c3')]
    return [
      ...(requests.length === 0 ? [] : [linesChart(axis, `Requests in the server ${host}`, '', requests)]),
      ...(shares.length === 0 ? [] : [linesChart(axis, `Use of the server ${host}, in percent`, ' %', shares)]),
    ]
  })
}

/** Returns two charts for each watched machine: its use of CPU, memory and swap, and its network traffic. */
function machineCharts(axis: TimeAxis, { machine = [] }: Pick<Result, 'machine'>): Chart[] {
  return machine.flatMap(({ host, from, gauges, counters }, at) => {
    const who = host ?? (from === null ? 'of burn' : new URL(from).host)
    const drawn = (name: string, color: string): ChartSeries[] =>
      (gauges[name] ?? counters[name] ?? null) === null
        ? []
        : [{ color, label: machineLabel(name), of: `machine.${at}.${name}`, pick: (row) => row.machine?.[at]?.[name] }]
    const shares = [...drawn('cpu', 'c1'), ...drawn('memory', 'c5'), ...drawn('swap', 'c2')]
    const bytes = [...drawn('net_received_bytes', 'c3'), ...drawn('net_sent_bytes', 'c1'), ...drawn('loopback_bytes', 'c5')]
    return [
      ...(shares.length === 0 ? [] : [linesChart(axis, `Use of the machine ${who}, in percent`, ' %', shares)]),
      ...(bytes.length === 0 ? [] : [linesChart(axis, `Network of the machine ${who}, in bytes per second`, ' B/s', bytes)]),
    ]
  })
}

/** Returns a chart for each health check: the percentage of its checks that succeeded. */
function healthCharts(axis: TimeAxis, { health = [] }: Pick<Result, 'health'>): Chart[] {
  return health.map(({ name }, at) =>
    linesChart(axis, `Health check ${name}, in percent of its checks`, ' %', [
      { color: 'c3', label: 'up', of: `health.${at}.up`, pick: (row) => row.health?.[at]?.up },
    ]),
  )
}

function tokenChart(axis: TimeAxis): Chart | undefined {
  if (axis.rows.every(({ outputTokens }) => outputTokens === 0)) return undefined
  return linesChart(axis, 'Output tokens per second', '/s', [
    { color: 'c3', label: 'output tokens', of: 'outputTokens', unit: 'rate', pick: (row) => perSecond(row.outputTokens, row) },
  ])
}

/** Returns the chart of burn's own lateness (lag). Where it is high, the latencies in the charts above may be too high. */
function lagChart(axis: TimeAxis): Chart | undefined {
  const known = axis.rows.flatMap(({ lagMs }) => lagMs ?? [])
  if (known.length === 0) return undefined
  const y = linearScale(Math.max(...known), formatMs)
  return {
    title: 'Lateness of burn itself',
    says: `Lateness of burn itself: up to ${formatMs(Math.max(...known))}`,
    note: 'The latest start of each moment. Where it is high, latencies may be too: of the generator, not of the target.',
    legend: [{ color: 'c6', label: 'lag, max', of: 'lagMs', unit: 'ms' }],
    x: axis.x,
    y,
    endMs: axis.endMs,
    body: markup`${axis.behind}${lineOf(
      pointsOf(axis, y, ({ lagMs }) => lagMs),
      'c6',
    )}`,
  }
}

function latencyCharts(axis: TimeAxis): (Chart | undefined)[] {
  const isAlike = axis.rows.every(({ latencies: { response_time: response, service_time: service } }) => {
    if (response === undefined || service === undefined) return true
    return response.p95 - service.p95 <= NOTABLE_DIFFERENCE * response.p95
  })
  return LATENCIES.filter(([name]) => name !== 'service_time' || !isAlike).map(([name, title]) => latencyChart(axis, name, title))
}

/**
 * Returns the chart of one latency metric: p50, p95 and the slowest attempt of each row, with the area between p50 and p95 filled. Undefined without
 * values.
 */
function latencyChart(axis: TimeAxis, name: string, title: string): Chart | undefined {
  const known = axis.rows.flatMap(({ latencies }) => latencies[name] ?? [])
  if (known.length === 0) return undefined
  const y = latencyScale(known.flatMap(({ p50, max }) => [p50, max]))
  const points = (key: 'p50' | 'p95' | 'max') => pointsOf(axis, y, ({ latencies }) => latencies[name]?.[key])
  const p95s = known.map(({ p95 }) => p95)
  const item = (key: string, color: string): LegendItem => ({ color, label: key, of: `latencies.${name}.${key}`, unit: 'ms' })
  return {
    title,
    says: `${title}: p95 between ${formatMs(Math.min(...p95s))} and ${formatMs(Math.max(...p95s))}, slowest ${formatMs(Math.max(...known.map(({ max }) => max)))}`,
    legend: [item('max', 'c6'), item('p95', 'c2'), item('p50', 'c1')],
    x: axis.x,
    y,
    endMs: axis.endMs,
    body: markup`${axis.behind}${bandOf(points('p95'), points('p50'), 'c1')}${lineOf(points('max'), 'c6 thin')}${lineOf(points('p95'), 'c2')}${lineOf(points('p50'), 'c1')}`,
  }
}
