/** Prints the last lines of the summary: connections, load generator, warm-up, notes and files. */
import type { Result } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import { formatCount, formatPercentile, UNKNOWN } from '../text/format.ts'
import type { Pen } from '../text/pen.ts'
import { wrapWhole } from '../text/width.ts'
import { connectionsMatter, connectionsText } from './connections.ts'
import { LABEL_COLUMNS, labelled, underLabel } from './labelled.ts'

/** Returns, for the terminal summary of a run, the line about connections; empty when there is nothing to report (see `connectionsMatter`). */
export function connectionLines(result: Result, pen: Pen): string[] {
  return connectionsMatter(result) ? labelled('connections', connectionsText(result.connectionMetrics), pen) : []
}

/**
 * Returns, for the terminal summary of a run, the line about burn itself, the load generator: how late it sent requests (lag), how busy its event
 * loop and CPU were, and how long it was stalled. Empty when this is not known, because the run was killed early.
 */
export function generatorLines(result: Result, pen: Pen): string[] {
  // For a run that was killed before its first checkpoint, only the journal is known.
  if (result.environment.cpus === 0) return []
  const { lag, loopUtilization, cpuShare, stalledMs } = result.generator
  const parts = [
    `lag p99 ${formatPercentile(lag, 'p99')}`,
    `event loop ${wholePercent(loopUtilization)} busy`,
    `CPU ${wholePercent(cpuShare / result.environment.cpus)}`,
  ]
  if (stalledMs > 0) parts.push(`stalled ${formatMs(stalledMs)}`)
  return labelled('generator', parts.join(' · '), pen)
}

/** Formats a share from 0 to 1 as a whole percentage, because the measurement is not more precise. */
function wholePercent(share: number): string {
  if (!Number.isFinite(share)) return UNKNOWN
  return share > 0 && share < 0.005 ? '<1%' : `${Math.round(share * 100)}%`
}

/** Returns, for the terminal summary of a run, the lines about the metrics that were sent to other systems; empty when none were exported. */
export function exportLines({ exports = [] }: Result, pen: Pen): string[] {
  const texts = exports.map(({ kind, to, sent, lost, leftOut = 0, rejected = 0 }) => {
    const bad = [
      ...(lost > 0 ? [`${formatCount(lost)} lost`] : []),
      ...(leftOut > 0 ? [`${formatCount(leftOut)} values left out`] : []),
      ...(rejected > 0 ? [`${formatCount(rejected)} values refused`] : []),
    ]
    return `${kind} ${to} · ${formatCount(sent)} sent${bad.map((part) => ` · ${part}`).join('')}`
  })
  return texts.flatMap((text) => labelled('metrics to', text, pen))
}

/**
 * Returns, for the terminal summary of a run, the line about the warm-up, whose attempts are not part of the totals; empty for a run without warm-up.
 */
export function warmupLines(result: Result, pen: Pen): string[] {
  if (result.warmup === null) return []
  const { started, failed } = result.warmup.counts
  const text = `${formatCount(started)} attempts${failed > 0 ? ` (${formatCount(failed)} failed)` : ''} in ${formatMs(result.warmup.windowMs)}, kept out of the totals`
  return labelled('warm-up', text, pen)
}

/**
 * Returns, for the terminal summary, the lines with the notes of a result (remarks that a reader should know), at most `limit` notes. Long notes are
 * wrapped, and cut only after 400 characters.
 */
export function noteLines(result: Result, pen: Pen, limit: number): string[] {
  const room = pen.width - LABEL_COLUMNS - 2
  return result.notes.slice(0, limit).flatMap((note) => underLabel('note', wrapWhole(pen.ink(pen.safe(note)), room), pen))
}

/** Returns, for the terminal summary, the lines that name the run's folder `directory`, if it is given, and the files that the run wrote. */
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

/**
 * Returns, for the terminal summary, a line that explains its short words and signs, such as `ttft` (first token) and `~` (few samples). Only those
 * that occur in `lines` are explained; empty when none of them occurs.
 */
export function legend(lines: readonly string[], pen: Pen): string[] {
  const shown = WORDS.filter(([pattern]) => lines.some((line) => pattern.test(line))).map(([, text]) => text)
  return shown.length === 0 ? [] : pen.wrap('  ', shown.join(', ')).map(pen.dim)
}
