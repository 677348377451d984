/** Draws one frame of the player: the conversation so far, the figures of the last message, the progress bar, and the keys. */
import { formatValue } from '../../../report/text/format.ts'
import type { Paint, Pen } from '../../../report/text/pen.ts'
import { cutToWidth } from '../../../report/text/width.ts'
import { displayWidth } from '../../../text/display-width.ts'
import { formatMs } from '../../../text/units.ts'
import { clockText } from '../../tail/entry-text.ts'
import { sessionId } from '../recorded/sessions.ts'
import { ConversationLines } from './conversation-lines.ts'
import type { PlayState } from './player.ts'
import type { TimedTurn } from './timeline.ts'

interface ViewPart {
  readonly text: string
  readonly paint?: Paint
}

/** The number of rows below the conversation: the progress bar, two rows of figures, and the keys. */
const FOOT_ROWS = 4
/** The response time in ms from which it is printed in yellow. */
const LATE_MS = 1000
/** The response time in ms from which it is printed in red. */
const VERY_LATE_MS = 2000
const KEYS = 'space pause  . step  [ ] anomaly  ←→ 5s  +- speed  0-9  n p session  q quit'

/** Draws the screen of the `burn replay` player, frame by frame; it caches the wrapped lines of finished exchanges. */
export class PlayerView {
  private readonly pen: Pen
  private readonly conversation: ConversationLines
  /** How many lines the text of the last frame can be scrolled back. */
  mostScroll = 0

  constructor(pen: Pen) {
    this.pen = pen
    this.conversation = new ConversationLines(pen)
  }

  /** Returns the rows of the window, none wider than the window. */
  frame(state: PlayState, { columns, rows }: { readonly columns: number; readonly rows: number }): string[] {
    const foot = [this.progress(state, columns), ...this.figures(state, columns), this.pen.dim(this.cut(KEYS, columns))]
    if (rows <= FOOT_ROWS) return foot.slice(0, Math.max(1, rows))
    const room = rows - FOOT_ROWS
    const lines = this.conversation.at(state, columns)
    this.mostScroll = Math.max(0, lines.length - room)
    const end = lines.length - Math.min(this.mostScroll, state.scroll)
    const shown = lines.slice(Math.max(0, end - room), end)
    return [...shown, ...new Array<string>(room - shown.length).fill(''), ...foot]
  }

  private progress({ session, timeline, at, speed, state, index, count }: PlayState, columns: number): string {
    const { pen } = this
    const sign = { playing: pen.unicode ? '▶' : '>', paused: pen.unicode ? '⏸' : '=', over: pen.unicode ? '■' : '#' }[state]
    const pace = state === 'playing' ? (speed === Number.POSITIVE_INFINITY ? 'max' : `${speed}x`) : state
    const clock = `${sign} ${clockText(timeline.recordedAt(at))} / ${clockText(timeline.recordedMs)} `
    const where = ` ${pace}  session ${sessionId(session)}${count > 1 ? `  ${index + 1} of ${count}` : ''}`
    const room = columns - displayWidth(clock) - displayWidth(where)
    if (room < 5) return this.cut(clock + where, columns)
    return pen.bold(clock) + this.bar(timeline, at, room) + pen.bold(where)
  }

  /** Returns the progress bar of the session, with a mark for each anomaly. */
  private bar({ playMs, marks }: PlayState['timeline'], at: number, room: number): string {
    const { pen } = this
    const place = (moment: number) => (playMs === 0 ? 0 : Math.min(room - 1, Math.floor((moment / playMs) * room)))
    const marked = new Set(marks.map(place))
    const done = at >= playMs ? room : place(at)
    const cells = Array.from({ length: room }, (_, i) => (marked.has(i) ? pen.bad('!') : i < done ? '=' : pen.dim('-')))
    return cells.join('')
  }

  /** Returns two rows with figures about the message that was sent last. */
  private figures({ timeline, at }: PlayState, columns: number): string[] {
    const now = timeline.recordedAt(at)
    const turn = timeline.turns.findLast(({ sentAt }) => sentAt <= now)
    if (!turn) return ['', '']
    const index = timeline.turns.indexOf(turn)
    const isOver = now >= turn.endAt
    const before = timeline.turns[index - 1]
    const head = [
      { text: `message ${index + 1} of ${timeline.turns.length}` },
      { text: this.pen.safe(turn.entry.step, 40), paint: this.pen.bold },
      ...this.progressOf(turn, now),
      ...(before ? [{ text: `gap ${formatMs(Math.max(0, turn.sentAt - before.endAt))}` }] : []),
    ]
    return [this.fit(head, columns), this.fit(isOver ? this.amounts(turn) : [], columns)]
  }

  private progressOf(turn: TimedTurn, now: number): ViewPart[] {
    const { entry, firstAt, sentAt, endAt } = turn
    const { pen } = this
    const ttft = entry.ttftMs === null ? [] : [{ text: `ttft ${formatMs(entry.ttftMs)}`, paint: this.lateness(entry.ttftMs) }]
    if (now < firstAt) return [{ text: `waiting ${formatMs(now - sentAt)}`, paint: this.lateness(now - sentAt) }]
    if (now < endAt) return [{ text: 'replying' }, ...ttft]
    const took = endAt - sentAt
    const { outcome } = entry
    const words = `${outcome}${entry.status === null ? '' : ` ${entry.status}`}`
    const paint = outcome === 'ok' ? pen.good : outcome === 'failed' ? pen.bad : pen.warn
    return [{ text: words, paint }, ...ttft, { text: `took ${formatMs(took)}`, paint: this.lateness(took) }, ...inServer(entry)]
  }

  private amounts({ entry, marks }: TimedTurn): ViewPart[] {
    const { usage, cost, reply, finishReason, warnings, longestGapMs } = entry
    const { pen } = this
    return [
      ...marks.map(({ words }) => ({ text: `! ${pen.safe(words, 80)}`, paint: pen.bad })),
      ...(usage ? [{ text: `tokens ${usage.inputTokens ?? '?'} in ${usage.outputTokens ?? '?'} out` }] : []),
      ...(cost === undefined ? [] : [{ text: `cost ${formatValue(cost, 'currency')}` }]),
      { text: `${reply.length} characters` },
      ...(longestGapMs === undefined ? [] : [{ text: `longest silence ${formatMs(longestGapMs)}` }]),
      ...(finishReason === null ? [] : [{ text: `finish ${pen.safe(finishReason, 20)}` }]),
      ...warnings.map((warning) => ({ text: pen.safe(warning, 30), paint: pen.warn })),
    ]
  }

  private lateness(ms: number): Paint {
    return ms >= VERY_LATE_MS ? this.pen.bad : ms >= LATE_MS ? this.pen.warn : (text) => text
  }

  /** Joins as many parts as fit into a row of `columns` columns; the last one may be cut. */
  private fit(parts: readonly ViewPart[], columns: number): string {
    let row = ''
    let used = 0
    for (const { text, paint = (plain: string) => plain } of parts) {
      const gap = used === 0 ? 0 : 2
      const shown = this.cut(text, columns - used - gap)
      if (shown === '') break
      row += ' '.repeat(gap) + paint(shown)
      used += gap + displayWidth(shown)
    }
    return row
  }

  private cut(text: string, columns: number): string {
    return cutToWidth(this.pen.ink(text), Math.max(0, columns), this.pen.marks.cut)
  }
}

/** Returns how long the request took in the server, as the server states: "in server: queue 1.2s, prefill 300ms". */
function inServer({ server = { sources: [] } }: TimedTurn['entry']): ViewPart[] {
  const { queueMs, prefillMs, decodeMs } = server
  const facts = Object.entries({ queue: queueMs, prefill: prefillMs, decode: decodeMs }).flatMap(([name, ms]) =>
    ms === undefined ? [] : [`${name} ${formatMs(ms)}`],
  )
  return facts.length === 0 ? [] : [{ text: `in server: ${facts.join(', ')}` }]
}
