/** The bottom of the summary: connections, the generator itself, what was kept out, notes and files. */
import type { Result } from '../../metrics/result.ts'
import { formatMs } from '../../units.ts'
import { formatCount, formatNumber, formatPercentile, formatShare } from '../format.ts'
import type { Pen } from '../pen.ts'
import { wrapToWidth } from '../width.ts'
import { LABEL_COLUMNS, labelled } from './totals.ts'

/** Only when connections failed, were lost or were told to go. */
export function connectionLines(result: Result, pen: Pen): string[] {
  const c = result.connectionMetrics
  const goaways = c.goaways ?? 0
  if (c.failedConnections + c.reconnectionCount + c.lostInFlight + goaways === 0) return []
  const parts = [`${formatCount(c.totalConnections)} tried`, `${formatCount(c.failedConnections)} failed`]
  if (c.reconnectionCount > 0) parts.push(`${formatCount(c.reconnectionCount)} made again`)
  if (c.lostInFlight > 0) parts.push(`${formatCount(c.lostInFlight)} lost in flight`)
  if (goaways > 0) parts.push(`${formatCount(goaways)} ended by GOAWAY`)
  if (c.averageConnectionTime !== null) parts.push(`${formatMs(c.averageConnectionTime)} mean`)
  return [labelled('connections', parts.join(' · '), pen)]
}

/** How the load generator itself fared. */
export function generatorLine(result: Result, pen: Pen): string {
  const { lag, loopUtilization, cpuShare, stalledMs } = result.generator
  const parts = [
    `lag p99 ${formatPercentile(lag, 'p99')}`,
    `event loop ${formatShare(loopUtilization)} busy`,
    `CPU ${formatNumber(cpuShare)} of ${result.environment.cpus}`,
  ]
  if (stalledMs > 0) parts.push(`stood still ${formatMs(stalledMs)}`)
  return labelled('generator', parts.join(' · '), pen)
}

/** What was measured and kept out of the totals. */
export function warmupLines(result: Result, pen: Pen): string[] {
  if (result.warmup === null) return []
  const { started, failed } = result.warmup.counts
  const text = `${formatCount(started)} attempts (${formatCount(failed)} failed) in ${formatMs(result.warmup.windowMs)}, kept out of the totals`
  return [labelled('warm-up', text, pen)]
}

/** Things a reader should know, one line each. */
export function noteLines(result: Result, pen: Pen, limit: number): string[] {
  return result.notes.slice(0, limit).map((note) => labelled('note', pen.safe(note), pen))
}

/** The folder of the run and, in up to two lines, what lies in it. */
export function fileLines(result: Result, pen: Pen, directory: string | undefined): string[] {
  const names = result.files.map((file) => pen.safe(file.path)).join(', ')
  const listed = wrapToWidth(pen.ink(names), pen.width - LABEL_COLUMNS - 2, 2, pen.marks.cut)
  const lines = [...(directory === undefined ? [] : [pen.safe(directory)]), ...listed]
  return lines.map((line, i) => labelled(i === 0 ? 'files' : '', line, pen))
}

/** What `~` means, when one of the lines shows it before a number. */
export function fewSamplesLegend(lines: readonly string[], pen: Pen): string[] {
  const shown = lines.some((line) => /~[\d<]/.test(line))
  return shown ? [pen.dim(pen.cut('  ~ few samples: fewer than 10 lie above this percentile', pen.width))] : []
}
