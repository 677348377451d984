/** The progress display of a run: a small block on a terminal, one plain line elsewhere. */

import { displayWidth } from '../text/display-width.ts'
import { formatBytes, formatMs } from '../text/units.ts'
import { formatCount, formatNumber, formatRate, formatShare } from './text/format.ts'
import { makePen, type Pen } from './text/pen.ts'

/** How much of a run or phase is done, as a part of its length in ms, or as a number of finished iterations. */
export type Progress =
  | { readonly kind: 'time'; readonly elapsedMs: number; readonly lengthMs: number }
  | { readonly kind: 'iterations'; readonly elapsedMs: number; readonly done: number; readonly total: number }

/** What the progress display shows of a run at one moment. Rates (per second) and percentiles cover the last few seconds; counts cover the run so far. */
export interface LiveView {
  readonly name: string
  readonly phase: {
    readonly name: string
    readonly index: number
    readonly count: number
    readonly warmup: boolean
    readonly progress: Progress
  }
  readonly total: Progress
  /** True when no more iterations start, while attempts in flight may still finish. */
  readonly draining: boolean
  readonly users: number
  readonly inFlight: number
  /** Planned iterations per second; null in a phase whose load is a number of users. */
  readonly plannedRate: number | null
  readonly achievedRate: number
  readonly ok: number
  readonly failed: number
  readonly dropped: number
  readonly cut: number
  /** Share of failed attempts, 0 to 1; null before the first attempt has ended. */
  readonly errorRate: number | null
  /** The two or three most important latencies in ms; p50 and p95 are null without a sample. */
  readonly latencies: readonly { readonly name: string; readonly p50: number | null; readonly p95: number | null }[]
  readonly tokens: { readonly perSecond: number; readonly total: number } | null
  /** The number of open connections, and bytes received and sent per second; null before the first connection. */
  readonly connections: { readonly open: number; readonly inPerSecond: number; readonly outPerSecond: number } | null
  readonly topError: { readonly class: string; readonly count: number } | null
  readonly warnings: readonly string[]
}

const BAR_COLUMNS = 20
/** Terminal width below which the bar is half as long, so that the rest of its line fits. */
const NARROW = 60

/** The largest number of lines of the block: one taller than the terminal could not be repainted in place. */
const MAX_LINES = 16

/** Returns the lines of the progress display on a terminal: at most 16, none wider than `look.width`. On small terminals names are shortened. */
export function renderLive(
  view: LiveView,
  look: { readonly width: number; readonly color: boolean; readonly unicode: boolean },
): string[] {
  const pen = makePen(look)
  const lines = [
    headLine(view, pen),
    ...phaseLines(view, pen),
    ...pen.facts('  ', loadText(view)),
    ...pen.facts('  ', countText(view)),
  ]
  const latency = latencyText(view, pen)
  if (latency !== '') lines.push(...pen.facts('  ', latency))
  if (view.tokens) lines.push(...pen.facts('  ', `tokens ${tokensText(view.tokens)}`))
  if (view.connections) lines.push(...pen.facts('  ', connectionsText(view.connections)))
  if (view.topError) lines.push(...pen.wrap(`  ${pen.marks.fail} `, errorText(view.topError, pen)).map(pen.bad))
  const [warning, ...others] = view.warnings
  const more = others.length > 0 ? ` (+${others.length})` : ''
  if (warning !== undefined) lines.push(...pen.wrap(`  ${pen.marks.warn} `, pen.safe(warning, 120) + more).map(pen.warn))
  return lines.slice(0, MAX_LINES)
}

/** Longest progress line in a log, in columns. */
const LOG_COLUMNS = 120

/** Returns the progress of a run as one line for logs, without colour, at most 120 columns wide: the time of day `at`, then the most important facts. */
export function renderLiveLine(view: LiveView, at: Date): string {
  const pen = makePen({ color: false, width: 1000, unicode: true })
  const [response] = view.latencies.filter(({ p50 }) => p50 !== null)
  const bad = [
    ...(view.failed > 0 ? [`${formatCount(view.failed)} failed (${formatShare(view.errorRate)})`] : []),
    ...(view.dropped > 0 ? [`${formatCount(view.dropped)} dropped`] : []),
  ]
  const parts = [
    `${at.toTimeString().slice(0, 8)} ${wholePercent(view.total)}%`,
    `${formatCount(view.ok)} ok`,
    ...bad,
    rateText(view),
    ...(response ? [`p95 ${formatMs(response.p95 ?? Number.NaN)}`] : []),
    ...(view.topError ? [errorText(view.topError, pen)] : []),
    `in flight ${formatCount(view.inFlight)}`,
    ...view.warnings.slice(0, 1).map((warning) => `! ${pen.safe(warning)}`),
    ...(view.phase.count > 1 ? [`phase ${view.phase.index + 1}/${view.phase.count} ${pen.safe(view.phase.name, 20)}`] : []),
  ]
  let line = ''
  for (const part of parts) {
    const longer = line === '' ? part : `${line} | ${part}`
    if (displayWidth(longer) <= LOG_COLUMNS) line = longer
  }
  return line
}

function headLine(view: LiveView, pen: Pen): string {
  const share = shareOf(view.total)
  const left = view.draining ? 'draining' : leftText(view.total)
  const tail = ` ${String(wholePercent(view.total)).padStart(3)}%  ${formatMs(Math.floor(view.total.elapsedMs / 1000) * 1000)}${left === '' ? '' : `  ${left}`}`
  const columns = pen.width < NARROW ? BAR_COLUMNS / 2 : BAR_COLUMNS
  const room = pen.width - columns - 4 - displayWidth(tail)
  const name = pen.cut(pen.safe(view.name), Math.max(0, room))
  return `${pen.bold(name)}  ${bar(share, columns, pen)}${pen.cut(tail, pen.width - columns - 2 - displayWidth(name))}`
}

function bar(share: number, columns: number, pen: Pen): string {
  const full = Math.floor(share * columns)
  return pen.good(pen.marks.full.repeat(full)) + pen.dim(pen.marks.empty.repeat(columns - full))
}

/** The line on the current phase; empty for a run of one phase. */
function phaseLines({ phase }: LiveView, pen: Pen): string[] {
  if (phase.count < 2) return []
  const left = leftText(phase.progress)
  const parts = [
    `phase ${phase.index + 1}/${phase.count} ${pen.safe(phase.name, 40)}`,
    ...(phase.warmup ? ['warm-up'] : []),
    ...(left === '' ? [] : [left]),
  ]
  return pen.facts('  ', parts.join(' · '))
}

function loadText(view: LiveView): string {
  return `users ${formatCount(view.users)} · in flight ${formatCount(view.inFlight)} · ${rateText(view)}`
}

function countText(view: LiveView): string {
  const counts = `ok ${formatCount(view.ok)} · failed ${formatCount(view.failed)} · dropped ${formatCount(view.dropped)} · cut ${formatCount(view.cut)}`
  return `${counts} · errors ${formatShare(view.errorRate)}`
}

function rateText(view: LiveView): string {
  return formatRate(view.achievedRate) + (view.plannedRate === null ? '' : ` of ${formatRate(view.plannedRate)} planned`)
}

function latencyText(view: LiveView, pen: Pen): string {
  const shown = view.latencies.filter((latency) => latency.p50 !== null)
  return shown
    .map(({ name, p50, p95 }) => `${pen.safe(name, 40)} p50 ${formatMs(p50 ?? Number.NaN)} p95 ${formatMs(p95 ?? Number.NaN)}`)
    .join(' · ')
}

function tokensText(tokens: { readonly perSecond: number; readonly total: number }): string {
  return `${formatNumber(tokens.perSecond)}/s · ${formatCount(tokens.total)} out`
}

function connectionsText({ open, inPerSecond, outPerSecond }: NonNullable<LiveView['connections']>): string {
  const bytes = (perSecond: number) => `${formatBytes(Math.round(perSecond))}/s`
  return `connections ${formatCount(open)} open · ${bytes(inPerSecond)} in · ${bytes(outPerSecond)} out`
}

function errorText(error: { readonly class: string; readonly count: number }, pen: Pen): string {
  return `${formatCount(error.count)}x ${pen.safe(error.class, 60)}`
}

/** Finished share of a run or phase, 0 to 1; 1 when its length is zero. */
function shareOf(progress: Progress): number {
  const share = progress.kind === 'time' ? progress.elapsedMs / progress.lengthMs : progress.done / progress.total
  return Number.isNaN(share) ? 1 : Math.min(1, Math.max(0, share))
}

/** Finished per cent, rounded down, so that 100 appears only at the end. */
function wholePercent(progress: Progress): number {
  return Math.floor(shareOf(progress) * 100)
}

/** The time left: "1m05s left" or "about 2m left"; "100 to do" before the first iteration has finished. */
function leftText(progress: Progress): string {
  if (progress.kind === 'time') return `${wholeSeconds(progress.lengthMs - progress.elapsedMs)} left`
  if (progress.done === 0) return `${formatCount(progress.total)} to do`
  return `about ${wholeSeconds((progress.elapsedMs / progress.done) * (progress.total - progress.done))} left`
}

/** A duration in whole seconds, rounded up, so that "0s" appears only at the end. */
function wholeSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return seconds === 0 ? '0s' : formatMs(seconds * 1000)
}
