/** Formats a journal entry as lines for a terminal. Its texts are untrusted and therefore escaped. */

import { makePen, type Pen } from '../../report/text/pen.ts'
import type { JournalEntry } from '../../store/journal/entry.ts'
import { displayWidth } from '../../text/display-width.ts'
import { safeJsonText, terminalSafe } from '../../text/escape.ts'
import { formatMs } from '../../text/units.ts'
import { renderOptionsFor } from '../output/console.ts'
import type { TailFlags } from './flags.ts'

interface EntryLook {
  readonly color: boolean
  readonly unicode: boolean
  /** True to print texts in full with their line breaks; false to cut them to one line. */
  readonly full: boolean
}

interface TextPart {
  readonly text: string
  readonly paint?: (text: string) => string
}

const GAP = '  '
const INDENT = '    '
/** The start delay in ms from which the response time is shown as well as the service time. */
const NOTEWORTHY_MS = 10
/** The smallest width in columns in which a text is shown. */
const MIN_WIDTH = 20

/**
 * Returns the function with which `burn tail` formats a line of a run's journal (one attempt) for people. The function's argument `width` is the
 * largest width of a line in columns; Infinity for no limit.
 */
export function entryRenderer(look: EntryLook): (entry: JournalEntry, width: number) => string {
  const pen = makePen({ ...look, width: MIN_WIDTH })
  return (entry, width) => {
    const columns = Math.max(MIN_WIDTH, width)
    const head = flow(headParts(entry, pen), columns, pen)
    const texts = look.full ? fullTexts(entry, pen) : shortTexts(entry, columns, pen)
    return [...head, ...texts].map((line) => `${line}\n`).join('')
  }
}

function headParts(entry: JournalEntry, pen: Pen): TextPart[] {
  const { user, iteration, step, attempt } = entry
  return [
    { text: clockText(entry.endedAtMs).padStart(9), paint: pen.dim },
    { text: `user ${user} #${iteration}` },
    { text: pen.safe(step, 60), paint: pen.bold },
    ...(attempt > 1 ? [{ text: `try ${attempt}`, paint: pen.warn }] : []),
    outcomePart(entry, pen),
    ...latencies(entry).map((text) => ({ text })),
  ]
}

function outcomePart({ outcome, failure, status }: JournalEntry, pen: Pen): TextPart {
  const code = status === null ? '' : ` ${status}`
  if (outcome === 'ok') return { text: `ok${code}`, paint: pen.good }
  const why = failure ? ` ${pen.safe(failure.class, 60)} in ${pen.safe(failure.phase, 20)}` : ''
  return { text: `${outcome}${why}${code}`, paint: outcome === 'failed' ? pen.bad : pen.warn }
}

/**
 * Returns the latencies of an entry as texts. The response time, which counts from when the attempt was due, is shown only when it differs from the
 * service time by at least 10 ms.
 */
function latencies({ ttftMs, sentAtMs, intendedAtMs, endedAtMs }: JournalEntry): string[] {
  return [
    ...(ttftMs === null ? [] : [`ttft ${formatMs(ttftMs)}`]),
    ...(sentAtMs === null ? [] : [`service ${formatMs(endedAtMs - sentAtMs)}`]),
    ...(sentAtMs !== null && sentAtMs - intendedAtMs < NOTEWORTHY_MS ? [] : [`response ${formatMs(endedAtMs - intendedAtMs)}`]),
  ]
}

/** Formats for `burn tail` the time of an attempt since its run began, given in ms: `0:07.250` or `1:02:03.004`. */
export function clockText(ms: number): string {
  const whole = Math.max(0, Math.round(ms))
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60]
  const seconds = ((whole % 60_000) / 1000).toFixed(3).padStart(6, '0')
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`
}

/** Joins short texts into lines of `columns` columns; all lines but the first are indented. */
function flow(parts: readonly TextPart[], columns: number, pen: Pen): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const { text, paint = plain } of parts) {
    const room = columns - INDENT.length
    const shown = columns === Number.POSITIVE_INFINITY ? pen.ink(text) : pen.cut(text, room)
    const width = displayWidth(shown)
    if (used > 0 && used + GAP.length + width > columns) {
      lines.push(line)
      line = INDENT + paint(shown)
      used = INDENT.length + width
    } else {
      line += (used > 0 ? GAP : '') + paint(shown)
      used += (used > 0 ? GAP.length : 0) + width
    }
  }
  return [...lines, line]
}

const plain = (text: string) => text

function textsOf({ prompt, reply, outcome, failure }: JournalEntry): [mark: string, text: string][] {
  return [
    ['>', prompt],
    ...(reply === '' && outcome !== 'ok' ? [] : [['<', reply] as [string, string]]),
    ...(failure ? [['!', failure.message] as [string, string]] : []),
  ]
}

function shortTexts(entry: JournalEntry, columns: number, pen: Pen): string[] {
  const room = columns - INDENT.length
  return textsOf(entry).map(([mark, text]) => {
    const safe = pen.safe(text, Math.min(room * 4, Number.MAX_SAFE_INTEGER / 8))
    const shown = room === Number.POSITIVE_INFINITY ? pen.ink(safe) : pen.cut(safe, room)
    return `  ${pen.dim(mark)} ${text === '' ? pen.dim('(empty)') : painted(mark, shown, pen)}`
  })
}

function fullTexts(entry: JournalEntry, pen: Pen): string[] {
  const { reasoning } = entry
  const texts = textsOf(entry)
  if (reasoning !== undefined) texts.splice(1, 0, ['~', reasoning])
  return [...texts, ['·', detailsOf(entry)] as const].flatMap(([mark, text]) => {
    const [first = '', ...others] = pen.unicode ? terminalSafe(text).split('\n') : terminalSafe(text).split('\n').map(pen.ink)
    const begin = `  ${pen.dim(pen.ink(mark))} ${text === '' ? pen.dim('(empty)') : painted(mark, first, pen)}`
    return [begin, ...others.map((line) => INDENT + painted(mark, line, pen))]
  })
}

function painted(mark: string, text: string, pen: Pen): string {
  return mark === '!' ? pen.bad(text) : mark === '·' ? pen.dim(text) : text
}

/** Returns the details that `--full` adds below the texts: phase, target, tokens, bytes, failed checks. */
function detailsOf(entry: JournalEntry): string {
  const { phase, target, usage, finishReason, ttfbMs, bytesSent, bytesReceived, warnings, checks = [] } = entry
  const failed = checks.filter(({ passed }) => !passed).map(({ check, observed = '' }) => `${check} (${observed})`)
  return [
    `phase ${phase}`,
    `target ${target}`,
    ...(ttfbMs === null ? [] : [`ttfb ${formatMs(ttfbMs)}`]),
    `${bytesSent} bytes sent`,
    `${bytesReceived} received`,
    ...(usage ? [`tokens ${usage.inputTokens ?? '?'} in ${usage.outputTokens ?? '?'} out (${usage.source})`] : []),
    ...(finishReason === null ? [] : [`finish ${finishReason}`]),
    ...(warnings.length === 0 ? [] : [`warnings ${warnings.join(' ')}`]),
    ...(failed.length === 0 ? [] : [`checks failed: ${failed.join('; ')}`]),
  ]
    .join(', ')
    .replace(/\s+/g, ' ')
}

/**
 * Returns the function with which `burn tail` prints one line of a run's journal (an attempt): as text for people or, with --json, as the JSON of
 * the line.
 */
export function textOf({ json, full, color }: TailFlags): (entry: JournalEntry, line: string) => string {
  if (json) return (_, line) => `${safeJsonText(line)}\n`
  const look = renderOptionsFor(process.stdout, color)
  const render = entryRenderer({ color: look.color, unicode: look.unicode, full: full === true })
  // The width is read each time, because a terminal may be resized. Files and pipes take lines of any length.
  return (entry) => render(entry, process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY)
}
