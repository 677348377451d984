/** Formats a recorded session as text, as a table row and as JSON. Texts of the target are untrusted and therefore escaped. */
import { formatValue } from '../../report/text/format.ts'
import type { Pen } from '../../report/text/pen.ts'
import { columnWidths } from '../../report/text/table.ts'
import { padLeft, padRight } from '../../report/text/width.ts'
import { safeJson } from '../../text/escape.ts'
import { formatMs } from '../../text/units.ts'
import { clockText, type entryRenderer } from '../tail/entry-text.ts'
import { type RecordedSession, type RecordedTurn, sentMs, sessionId } from './recorded/sessions.ts'

/** Shortest pause between two exchanges that is shown, in ms. */
const PAUSE_MS = 100
/** The columns of the table of sessions; `left` for texts, numbers are aligned at their right end. */
const COLUMNS: readonly { readonly name: string; readonly left?: true; of(session: RecordedSession, pen: Pen): string }[] = [
  { name: 'session', left: true, of: sessionId },
  { name: 'began', of: ({ startMs }) => clockText(startMs) },
  { name: 'length', of: ({ endMs, startMs }) => formatMs(endMs - startMs) },
  { name: 'exchanges', of: ({ turns }) => String(turns) },
  { name: 'worst ttft', of: ({ ttftMs }, { marks }) => (ttftMs === null ? marks.dash : formatMs(ttftMs)) },
  { name: 'tokens', of: ({ outputTokens }, { marks }) => (outputTokens === null ? marks.dash : String(outputTokens)) },
  { name: 'cost', of: ({ cost }, { marks }) => (cost === null ? marks.dash : formatValue(cost, 'currency')) },
  { name: 'phase', left: true, of: ({ phase }, pen) => pen.ink(pen.safe(phase, 30)) },
  { name: 'anomalies', left: true, of: kindsText },
]

/** Returns the heading of a session: user, phase, length, and its anomalies. */
function sessionTitle(session: RecordedSession, pen: Pen): string {
  const { phase, turns, startMs, endMs } = session
  const facts = `${pen.safe(phase, 40)} ${pen.marks.dot} began ${clockText(startMs)} ${pen.marks.dot} ${formatMs(endMs - startMs)} ${pen.marks.dot} ${turns} ${turns === 1 ? 'exchange' : 'exchanges'}`
  const oddities = kindsText(session)
  return `${pen.bold(`session ${sessionId(session)}`)}  ${pen.ink(facts)}${oddities === '' ? '' : `  ${pen.bad(`! ${oddities}`)}`}`
}

/** Describes the anomalies of a session with the number of each kind: "2 slow, 1 failed". */
function kindsText({ kinds }: RecordedSession): string {
  return [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')
}

/** Returns a recorded session as text: its exchanges in the form of `burn tail`, with the pauses between them and the anomalies of each. */
export function transcript(
  session: RecordedSession,
  turns: readonly RecordedTurn[],
  { pen, render, width }: { readonly pen: Pen; readonly render: ReturnType<typeof entryRenderer>; readonly width: number },
): string {
  const parts = [`${sessionTitle(session, pen)}\n`]
  let before: number | undefined
  for (const { entry, marks } of turns) {
    const pause = before === undefined ? 0 : sentMs(entry) - before
    if (pause >= PAUSE_MS) parts.push(pen.dim(pen.ink(`          ${pen.marks.dot} ${formatMs(pause)} later\n`)))
    before = Math.max(before ?? 0, entry.endedAtMs)
    // The lines of the exchange say why it failed.
    parts.push(
      render(entry, width),
      ...marks.filter(({ kind }) => kind !== 'failed').map(({ words }) => `  ${pen.bad(`! ${pen.safe(words)}`)}\n`),
    )
  }
  return `${parts.join('')}\n`
}

/** Returns the table of `burn replay --list` with a row for each recorded session; the column of costs is left out when no cost is known. */
export function sessionTable(sessions: readonly RecordedSession[], pen: Pen): string {
  const isPriced = sessions.some(({ cost }) => cost !== null)
  const columns = COLUMNS.filter(({ name }) => name !== 'cost' || isPriced)
  const rows = sessions.map((session) => columns.map(({ of }) => of(session, pen)))
  const head = columns.map(({ name }) => name)
  const widths = columnWidths([head, ...rows])
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (columns[i]?.left ? padRight : padLeft)(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [pen.bold(line(head)), ...rows.map(line)].map((text) => `${text}\n`).join('')
}

/**
 * Returns a line of JSON for each exchange of a recorded session that has anomalies: the session, the anomalies, and the exchange's line of the
 * journal.
 */
export function anomalyLines(session: RecordedSession, turns: readonly RecordedTurn[]): string {
  return turns
    .filter(({ marks }) => marks.length > 0)
    .map(({ entry, marks }) => `${safeJson({ session: sessionId(session), anomalies: marks, ...entry })}\n`)
    .join('')
}
