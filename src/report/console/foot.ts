/** The bottom of the summary: connections, the generator itself, what was kept out, notes and files. */
import type { Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatPercentile, UNKNOWN } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { wrapWhole } from '../text/width.ts'
import { connectionsMatter, connectionsText } from './connections.ts'
import { LABEL_COLUMNS, labelled, underLabel } from './labelled.ts'

/** When connections last, or something went wrong with them. */
export function connectionLines(result: Result, pen: Pen): string[] {
  return connectionsMatter(result) ? labelled('connections', connectionsText(result.connectionMetrics), pen) : []
}

/** How the load generator itself fared. */
export function generatorLines(result: Result, pen: Pen): string[] {
  const { lag, loopUtilization, cpuShare, stalledMs } = result.generator
  const parts = [
    `lag p99 ${formatPercentile(lag, 'p99')}`,
    `event loop ${wholePercent(loopUtilization)} busy`,
    `CPU ${wholePercent(cpuShare / result.environment.cpus)}`,
  ]
  if (stalledMs > 0) parts.push(`stood still ${formatMs(stalledMs)}`)
  return labelled('generator', parts.join(' · '), pen)
}

/** How busy something is: a figure behind the point would pretend to a precision that it has not. */
function wholePercent(share: number): string {
  if (!Number.isFinite(share)) return UNKNOWN
  return share > 0 && share < 0.005 ? '<1%' : `${Math.round(share * 100)}%`
}

/** What was measured and kept out of the totals. */
export function warmupLines(result: Result, pen: Pen): string[] {
  if (result.warmup === null) return []
  const { started, failed } = result.warmup.counts
  const text = `${formatCount(started)} attempts${failed > 0 ? ` (${formatCount(failed)} failed)` : ''} in ${formatMs(result.warmup.windowMs)}, kept out of the totals`
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

const WORDS: readonly (readonly [shown: RegExp, text: string])[] = [
  [/\bresponse\b/, 'response since due'],
  [/\bservice\b/, 'service since sent'],
  [/\bttft\b/, 'ttft first token'],
  [/\btpot\b/, 'tpot per token'],
  [/\bitl\b/, 'itl gaps'],
  [/~[\d<]/, '~ few samples'],
]

/** What the heads of the columns and the sign `~` mean, as far as the lines show them. */
export function legend(lines: readonly string[], pen: Pen): string[] {
  const shown = WORDS.filter(([pattern]) => lines.some((line) => pattern.test(line))).map(([, text]) => text)
  return shown.length === 0 ? [] : pen.wrap('  ', shown.join(', ')).map(pen.dim)
}
