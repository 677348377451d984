/** Makes the table of the conversations on the page: when each took place during the run, and how its turns ended. */
import { formatMs } from '../../../text/units.ts'
import type { ReportedConversation, ReportedTurn } from '../../text/conversations.ts'
import { formatCount } from '../../text/format.ts'
import { percent } from '../charts/frame.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type TableCell, type TableColumn, tableOf } from '../page/table.ts'

/** The largest number of parts of a strip. In a longer conversation, neighbouring turns share a part, which shows the worst of them. */
const MAX_PIECES = 40
/** The smallest width of a part of a strip, as a share of the strip, so that a short turn in a long run is still visible. */
const LEAST = 0.006

/** How a turn ended, from good to bad; `odd` is an ok turn with an anomaly. */
const STATES = ['ok', 'odd', 'cut', 'failed'] as const
type TurnState = (typeof STATES)[number]
const COLORS: Readonly<Record<TurnState, string>> = { ok: 'c3', odd: 'c2', cut: 'c6', failed: 'c4' }
const LABELS: Readonly<Record<TurnState, string>> = {
  ok: 'ok',
  odd: 'stands out',
  cut: 'cut off by the end of the run',
  failed: 'failed',
}

const COLUMNS: readonly TableColumn[] = [
  { head: 'Conversation' },
  { head: 'Why it is here', width: 'mid' },
  { head: 'turns', numeric: true },
  { head: 'began', numeric: true },
  { head: 'took', numeric: true },
  { head: 'When, and how its turns ended', width: 'wide' },
]

const stateOf = ({ outcome, marks }: ReportedTurn): TurnState => (outcome === 'ok' && marks.length > 0 ? 'odd' : outcome)

/**
 * Returns the words for which the HTML report's filter finds a conversation: `failed` if an attempt in it failed, the kinds of its anomalies, such
 * as `slow`, and the names of warnings about its replies. Each word occurs once.
 */
export function kindsOf({ turns }: Pick<ReportedConversation, 'turns'>): string[] {
  const kinds = turns.flatMap(({ outcome, marks }) => (outcome === 'failed' ? ['failed', ...marks] : marks))
  return [...new Set(kinds)].sort()
}

/**
 * Returns, for the HTML report, the table of conversations, each with a link to its transcript (`idOf` makes the id) and a strip that shows when in
 * the run (`durationMs`) its turns took place.
 */
export function courseTable(
  conversations: readonly ReportedConversation[],
  durationMs: number,
  idOf: (conversation: ReportedConversation) => string,
): Markup {
  const endMs = Math.max(1, durationMs, ...conversations.flatMap(({ turns }) => turns.map(({ endedAtMs }) => endedAtMs)))
  const rows = conversations.map((conversation): TableCell[] => {
    const { user, iteration, why, turns, turnsLeftOut } = conversation
    const count = turns.length + turnsLeftOut
    const [from, to] = [beginOf(turns), Math.max(...turns.map(({ endedAtMs }) => endedAtMs))]
    return [
      markup`<a class="nowrap" href="#${idOf(conversation)}">user ${user} #${iteration}</a>`,
      oneLine(why, 80),
      { cell: formatCount(count), value: count },
      { cell: formatMs(from), value: from },
      { cell: formatMs(to - from), value: to - from },
      markup`<svg class="bar course" aria-hidden="true"><rect class="track" width="100%" height="100%"/>${piecesOf(turns, endMs)}</svg> ${endingText(turns)}`,
    ]
  })
  const keys = STATES.map(
    (state) =>
      markup`<li><svg class="key ${COLORS[state]}" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10"/></svg> ${LABELS[state]}</li>`,
  )
  return markup`<ul class="legend">${keys}</ul>
${tableOf(COLUMNS, rows, { caption: 'Conversations on this page within the time of the run', sortable: true })}`
}

const beginOf = (turns: readonly ReportedTurn[]) => Math.max(0, Math.min(...turns.map(({ intendedAtMs }) => intendedAtMs)))

/** Returns the parts of a conversation's strip: its turns, placed by the time at which they ran. `endMs` is the duration of the run in ms. */
function piecesOf(turns: readonly ReportedTurn[], endMs: number): Markup[] {
  const each = Math.ceil(turns.length / MAX_PIECES)
  const groups = Array.from({ length: Math.ceil(turns.length / each) }, (_, i) => turns.slice(i * each, (i + 1) * each))
  return groups.map((group) => {
    const from = beginOf(group) / endMs
    const to = Math.max(...group.map(({ endedAtMs }) => endedAtMs)) / endMs
    const worst = STATES[Math.max(...group.map((turn) => STATES.indexOf(stateOf(turn))))] ?? 'ok'
    return markup`<rect class="part ${COLORS[worst]}" x="${percent(Math.min(from, 1 - LEAST))}" width="${percent(Math.max(LEAST, to - from))}" height="100%"/>`
  })
}

/** Describes how the turns of a conversation ended: "2 ok, 1 failed". */
function endingText(turns: readonly ReportedTurn[]): string {
  const counts = STATES.map((state) => [state, turns.filter((turn) => stateOf(turn) === state).length] as const)
  return counts.flatMap(([state, count]) => (count > 0 ? [`${formatCount(count)} ${state}`] : [])).join(', ')
}
