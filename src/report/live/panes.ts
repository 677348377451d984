/** Makes the panes of the live view: load, latency, errors, tokens and cost, server, and burn itself. Each has a title and some lines. */
import type { TimelineRow } from '../../result/schema.ts'
import { displayWidth } from '../../text/display-width.ts'
import { formatBytes, formatMs } from '../../text/units.ts'
import { formatCount, formatNumber, formatRate, formatShare, formatValue } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { chartOf } from './sparkline.ts'
import type { LiveView } from './view.ts'
import { errorText, rateText, underWayText } from './words.ts'

/** The names of the live view's panes (boxes of figures), the most important first. */
export const PANES = ['load', 'latency', 'errors', 'tokens', 'server', 'generator'] as const
/** The name of one of the live view's panes, such as `latency`. */
export type PaneName = (typeof PANES)[number]

/** A figure that a pane shows over time: its label, its value in a timeline row, and how the value is formatted. */
interface PaneSeries {
  readonly label: string
  readonly value: (row: TimelineRow) => number | null
  readonly format: (value: number) => string
}

interface Pane {
  readonly title: string
  readonly lines: (view: LiveView, pen: Pen) => string[]
  readonly series: (view: LiveView, pen: Pen) => readonly PaneSeries[]
}

const perSecond = (count: number, { lengthMs }: TimelineRow) => (lengthMs > 0 ? (count * 1000) / lengthMs : 0)

const CONTENT: Readonly<Record<PaneName, Pane>> = {
  load: {
    title: 'load',
    lines: (view, pen) => [
      ...pen.facts('  ', `users ${formatCount(view.users)} · ${underWayText(view).join(' · ')} · ${rateText(view)}`),
      ...pen.facts('  ', countText(view)),
      ...(view.connections ? pen.facts('  ', connectionsText(view.connections)) : []),
    ],
    series: () => [
      { label: 'started/s', value: (row) => perSecond(row.started, row), format: formatRate },
      { label: 'in flight', value: (row) => row.peakInFlight, format: formatCount },
    ],
  },
  latency: {
    title: 'latency',
    lines: () => [],
    series: ({ latencies }, pen) =>
      latencies.map(({ name, p50, p95 }) => ({
        label: `${pen.safe(name, 20)}  p50 ${msText(p50).padEnd(7)} p95 ${msText(p95).padEnd(7)}`,
        value: (row) => row.latencies[name]?.p95 ?? null,
        format: formatMs,
      })),
  },
  errors: {
    title: 'errors',
    lines: ({ errors }, pen) =>
      errors.length === 0
        ? [pen.dim('  none')]
        : errors.map((error) => pen.bad(pen.cut(`  ${errorText(error, pen)}  ${pen.safe(error.message, 300)}`, pen.width))),
    series: ({ failed }) =>
      failed === 0 ? [] : [{ label: 'failed/s', value: (row) => perSecond(row.failed, row), format: formatRate }],
  },
  tokens: {
    title: 'tokens and cost',
    lines: ({ tokens, cost }, pen) => [
      ...(tokens ? pen.facts('  ', `tokens ${formatNumber(tokens.perSecond)}/s · ${formatCount(tokens.total)} out`) : []),
      ...(cost ? pen.facts('  ', costText(cost, pen)) : []),
    ],
    series: ({ tokens }) =>
      tokens ? [{ label: 'tokens/s', value: (row) => perSecond(row.outputTokens, row), format: formatRate }] : [],
  },
  server: {
    title: 'servers, machines, health',
    lines: ({ servers }, pen) =>
      servers.flatMap(({ host, facts, failed }) => {
        const state = failed === null ? facts.join(' · ') : `no answer: ${failed}`
        return pen.facts('  ', `${pen.safe(host, 40)} · ${pen.safe(state, 200)}`)
      }),
    series: () => [],
  },
  generator: {
    title: 'burn itself',
    lines: ({ generator }, pen) => (generator ? pen.facts('  ', generatorText(generator)) : []),
    series: () => [{ label: 'late by', value: (row) => row.lagMs ?? null, format: formatMs }],
  },
}

/**
 * Returns the lines of one pane of the live view: a title, the pane's figures, and charts of some figures over time, each one line high. Empty when
 * there is nothing to show.
 */
export function paneLines(name: PaneName, view: LiveView, pen: Pen): string[] {
  const { title, lines, series } = CONTENT[name]
  const shown = series(view, pen)
  const labelColumns = Math.max(0, ...shown.map(({ label }) => displayWidth(label)))
  const figures = lines(view, pen)
  const charts = shown.flatMap((one) => {
    const label = `  ${alignedLabel(one.label, labelColumns)}`
    const room = pen.width - displayWidth(label) - 2
    const chart = room < MIN_CHART || maxText(one, view) === '' ? '' : `  ${chartWithMax(one, view, room, pen)}`
    return chart === '' && name !== 'latency' ? [] : [pen.cut(label, pen.width) + pen.dim(chart)]
  })
  const shownCharts = name === 'load' || name === 'generator' ? charts.slice(0, 1) : charts
  return figures.length + charts.length === 0 ? [] : [titleLine(title, pen), ...figures, ...shownCharts]
}

/**
 * Returns the live view for a window with few lines: the figures of all panes but `server`, without titles and charts, and only the most frequent
 * error.
 */
export function compactLines(view: LiveView, pen: Pen): string[] {
  const { load, latency, errors, tokens, generator } = CONTENT
  const times = latency.series(view, pen).map(({ label }) => pen.cut(`  ${label.trimEnd()}`, pen.width))
  const worst = view.errors.length === 0 ? [] : errors.lines(view, pen).slice(0, 1)
  return [...load.lines(view, pen), ...times, ...worst, ...tokens.lines(view, pen), ...generator.lines(view, pen)]
}

/** The width in columns below which a pane shows no charts. */
const MIN_CHART = 16
/** The largest height of a chart in an enlarged pane, in lines. */
const MAX_CHART = 8

/**
 * Returns the lines of the live view when it shows only one pane: its figures, and charts over time that are up to eight lines high, as `rows`
 * allows. At most `rows` lines.
 */
export function enlargedPane(name: PaneName, view: LiveView, pen: Pen, rows: number): string[] {
  const { title, lines, series } = CONTENT[name]
  const figures = lines(view, pen)
  const shown = series(view, pen)
  const each = Math.floor((rows - 1 - figures.length) / Math.max(1, shown.length)) - 1
  const height = Math.min(MAX_CHART, each)
  const charts = shown.flatMap((one) => {
    const label = pen.cut(`  ${one.label.trimEnd()}  ${maxText(one, view)}`, pen.width)
    if (height < 1) return [label]
    return [label, ...chartOf(pointsOf(one, view), pen.width - 4, height, pen.unicode).map((line) => pen.dim(`  ${line}`))]
  })
  const nothing = figures.length + charts.length === 0 ? ['  nothing yet'] : []
  return [titleLine(title, pen), ...figures, ...charts, ...nothing].slice(0, rows)
}

const pointsOf = ({ value }: PaneSeries, { history }: LiveView) => history.map((row) => ({ atMs: row.atMs, value: value(row) }))

/** Pads a label to `columns` columns, with its name on the left and its figures on the right, so that the figures of several lines are aligned. */
function alignedLabel(label: string, columns: number): string {
  const [name = '', ...figures] = label.split('  p50 ')
  const tail = figures.length === 0 ? '' : `  p50 ${figures.join('')}`
  return `${name.padEnd(Math.max(0, columns - displayWidth(tail)))}${tail}`
}

function chartWithMax(series: PaneSeries, view: LiveView, columns: number, pen: Pen): string {
  const max = maxText(series, view)
  const [line = ''] = chartOf(pointsOf(series, view), Math.min(60, columns - displayWidth(max) - 2), 1, pen.unicode)
  return `${line}  ${pen.ink(max)}`
}

function maxText(series: PaneSeries, view: LiveView): string {
  const values = view.history.map(series.value).filter((value) => value !== null)
  return values.length === 0 ? '' : `max ${series.format(Math.max(...values))}`
}

function titleLine(title: string, pen: Pen): string {
  const rule = pen.unicode ? '─' : '-'
  return pen.dim(`${rule} `) + pen.bold(title) + pen.dim(` ${rule.repeat(Math.max(0, pen.width - title.length - 3))}`)
}

const msText = (ms: number | null) => formatMs(ms ?? Number.NaN)

function countText(view: LiveView): string {
  const counts = `ok ${formatCount(view.ok)} · failed ${formatCount(view.failed)} · dropped ${formatCount(view.dropped)} · cut ${formatCount(view.cut)}`
  return `${counts} · errors ${formatShare(view.errorRate)}`
}

function connectionsText({ open, inPerSecond, outPerSecond }: NonNullable<LiveView['connections']>): string {
  const bytes = (rate: number) => `${formatBytes(Math.round(rate))}/s`
  return `connections ${formatCount(open)} open · ${bytes(inPerSecond)} in · ${bytes(outPerSecond)} out`
}

function costText({ spent, perSecond: rate, limit, currency }: NonNullable<LiveView['cost']>, pen: Pen): string {
  const unit = currency === null ? '' : ` ${pen.safe(currency, 12)}`
  const money = (value: number) => formatValue(value, 'currency') + unit
  const budget = limit === null ? '' : ` of ${money(limit)} (${formatShare(limit > 0 ? spent / limit : 1)})`
  return `cost ${money(spent)}${budget} · ${money(rate * 60)} per minute`
}

function generatorText({ lagP99Ms, loopShare, loopP99Ms, cpuShare, peakBytes }: NonNullable<LiveView['generator']>): string {
  const loop = `event loop ${formatShare(loopShare)} busy, late by ${msText(loopP99Ms)} at p99`
  return `lag p99 ${msText(lagP99Ms)} · ${loop} · CPU ${formatShare(cpuShare)} · memory ${formatBytes(peakBytes)} at most`
}
