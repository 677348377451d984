/** The bottom of the summary: connections, the generator itself, what was kept out, notes and files. */
import type { Result } from '../../metrics/result.ts'
import { formatMs } from '../../units.ts'
import { formatCount, formatNumber, formatPercentile, formatShare } from '../format.ts'
import type { Pen } from '../pen.ts'
import { wrapWhole } from '../width.ts'
import { connectionsMatter, connectionsText } from './connections.ts'
import { LABEL_COLUMNS, labelled, underLabel } from './totals.ts'

/** When connections last, or something went wrong with them. */
export function connectionLines(result: Result, pen: Pen): string[] {
  return connectionsMatter(result) ? labelled('connections', connectionsText(result.connectionMetrics), pen) : []
}

/** How the load generator itself fared. */
export function generatorLines(result: Result, pen: Pen): string[] {
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
  return labelled('warm-up', text, pen)
}

/** Things a reader should know, whole. */
export function noteLines(result: Result, pen: Pen, limit: number): string[] {
  const room = pen.width - LABEL_COLUMNS - 2
  return result.notes.slice(0, limit).flatMap((note) => underLabel('note', wrapWhole(pen.ink(pen.safe(note)), room), pen))
}

/** The folder of the run and what lies in it. */
export function fileLines(result: Result, pen: Pen, directory: string | undefined): string[] {
  const names = result.files.map((file) => pen.safe(file.path)).join(', ')
  const texts = [...(directory === undefined ? [] : [pen.safe(directory)]), names]
  const lines = texts.flatMap((text) => wrapWhole(pen.ink(text), pen.width - LABEL_COLUMNS - 2))
  return underLabel('files', lines, pen)
}

/** What `~` means, when one of the lines shows it before a number. */
export function fewSamplesLegend(lines: readonly string[], pen: Pen): string[] {
  const shown = lines.some((line) => /~[\d<]/.test(line))
  return shown ? pen.wrap('  ~ ', 'few samples: fewer than 10 lie above this percentile').map(pen.dim) : []
}
