/** Formats a recorded conversation up to a moment of the replay as lines for the screen. */
import type { Pen } from '../../../report/text/pen.ts'
import { cutToWidth } from '../../../report/text/width.ts'
import { formatMs } from '../../../text/units.ts'
import { clockText } from '../../tail/entry-text.ts'
import type { PlayState } from './player.ts'
import { beginning, textLines } from './text-lines.ts'
import type { TimedTurn } from './timeline.ts'

/** How many of its last characters a reply shows while it is still arriving, because it is wrapped again for each frame. */
const MAX_GROWING = 8000
/** The shortest pause between two messages that is shown as a line, in ms. */
const PAUSE_MS = 100

/**
 * Formats a recorded conversation for the screen of the `burn replay` player. Lines of finished exchanges are cached as long as the window keeps its
 * width.
 */
export class ConversationLines {
  private readonly pen: Pen
  private readonly over = new WeakMap<TimedTurn, { readonly columns: number; readonly lines: readonly string[] }>()

  constructor(pen: Pen) {
    this.pen = pen
  }

  /** Returns the lines to show at one moment of the replay, none wider than `columns`. */
  at({ timeline, at }: Pick<PlayState, 'timeline' | 'at'>, columns: number): string[] {
    const now = timeline.recordedAt(at)
    const shortened = timeline.shortenedAt(at)
    const lines: string[] = []
    let free = 0
    for (const [index, turn] of timeline.turns.entries()) {
      if (now < turn.sentAt && now < free) return lines
      if (index > 0)
        lines.push(...this.pause(free, Math.min(now, turn.sentAt), now < turn.sentAt ? shortened : undefined, columns))
      if (now < turn.sentAt) return lines
      lines.push(...(now >= turn.endAt ? this.whole(turn, columns) : this.growing(turn, now, shortened, columns)))
      free = Math.max(free, turn.endAt)
    }
    return now < free ? lines : [...lines, '', this.pen.dim(this.cut('end of the session', columns))]
  }

  private pause(from: number, to: number, shortened: number | undefined, columns: number): string[] {
    if (to - from < PAUSE_MS && shortened === undefined) return ['']
    return ['', this.pen.dim(this.cut(`      pause ${formatMs(Math.max(0, to - from))}${this.skipped(shortened)}`, columns)), '']
  }

  /** Returns the text about a wait that the replay shortens, with its recorded length; '' when it is not shortened. */
  private skipped(shortened: number | undefined): string {
    return shortened === undefined ? '' : `  ${this.pen.unicode ? '⏩' : '>>'} ${formatMs(shortened)}`
  }

  private whole(turn: TimedTurn, columns: number): readonly string[] {
    const kept = this.over.get(turn)
    if (kept?.columns === columns) return kept.lines
    const { pen } = this
    const { entry, marks } = turn
    const isSilent = entry.reply === '' && entry.outcome !== 'ok'
    const lines = [
      ...this.sent(turn, columns),
      ...(entry.reasoning === undefined ? [] : this.block('~', entry.reasoning, columns, pen.dim)),
      ...(isSilent ? [] : this.block('<', entry.reply === '' ? '(empty)' : entry.reply, columns)),
      ...(entry.failure ? this.block('!', `${entry.failure.class}: ${entry.failure.message}`, columns, pen.bad) : []),
      ...marks.filter(({ kind }) => kind !== 'failed').flatMap(({ words }) => this.block('!', words, columns, pen.bad)),
    ]
    this.over.set(turn, { columns, lines })
    return lines
  }

  /**
   * Returns the lines of an exchange whose reply is still arriving. The journal has no times of single pieces, so the text grows evenly between the
   * first and the last one.
   */
  private growing(turn: TimedTurn, now: number, shortened: number | undefined, columns: number): string[] {
    const { entry, sentAt, firstAt, lastAt } = turn
    const { pen } = this
    if (now < firstAt)
      return [
        ...this.sent(turn, columns),
        pen.dim(this.cut(`${pen.marks.dot} waiting ${formatMs(now - sentAt)}${this.skipped(shortened)}`, columns)),
      ]
    const reasoning = entry.reasoning ?? ''
    const share = lastAt === firstAt ? 1 : (now - firstAt) / (lastAt - firstAt)
    const come = beginning(reasoning + entry.reply, share)
    const [thought, said] = [come.slice(0, reasoning.length), come.slice(reasoning.length)]
    return [
      ...this.sent(turn, columns),
      ...(thought === '' ? [] : this.block('~', thought.slice(-MAX_GROWING), columns, pen.dim)),
      ...(said === '' && thought !== '' ? [] : this.block('<', said.slice(-MAX_GROWING), columns)),
    ]
  }

  private sent({ entry, sentAt }: TimedTurn, columns: number): string[] {
    const { pen } = this
    const again = entry.attempt > 1 ? `  try ${entry.attempt}` : ''
    const head = `${clockText(sentAt)}  ${pen.safe(entry.step, 60)}${again}`
    return [
      pen.dim(this.cut(head, columns)),
      ...this.block('>', entry.prompt === '' ? '(empty)' : entry.prompt, columns, pen.bold),
    ]
  }

  private block(mark: string, text: string, columns: number, paint: (text: string) => string = (plain) => plain): string[] {
    return textLines(text, columns - 2, this.pen).map((line, i) => `${i === 0 ? this.pen.dim(mark) : ' '} ${paint(line)}`)
  }

  private cut(text: string, columns: number): string {
    return cutToWidth(this.pen.ink(text), columns, this.pen.marks.cut)
  }
}
