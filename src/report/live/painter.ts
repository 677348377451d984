const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const NO_WRAP = '\x1b[?7l'
const WRAP = '\x1b[?7h'
const SAVE_CURSOR = '\x1b7'
const RESTORE_CURSOR = '\x1b8'
const CLEAR_BELOW = '\x1b[J'

/** The parts of a terminal's output stream that the live view uses. */
interface PaintTarget {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  readonly writableNeedDrain?: boolean
}

/**
 * Shows the progress of a run by repainting the last lines of the terminal. Call `stop` on every exit path, or the cursor stays hidden. Between
 * frames the cursor waits on the first painted row, so that the next frame overwrites what the user types meanwhile. The settings of the terminal are
 * not changed.
 */
export class LivePainter {
  private readonly stream: PaintTarget
  /** The window size ("80x24") for which the lines on screen were painted; undefined while no lines are on screen. */
  private paintedAt: string | undefined
  private cursorHidden = false

  constructor(stream: PaintTarget) {
    this.stream = stream
  }

  /** True while painted lines are on screen. */
  get isPainted(): boolean {
    return this.paintedAt !== undefined
  }

  /** Replaces the painted lines in one write. A frame is skipped while the terminal has not yet taken earlier output. */
  paint(lines: readonly string[]): void {
    if (this.stream.writableNeedDrain === true) return
    const below = lines.length - 1
    // At the bottom of the screen, these line breaks scroll the screen first, so that the saved cursor position stays right.
    const room = below > 0 ? `${'\n'.repeat(below)}\x1b[${below}A` : ''
    const block = `${room}${SAVE_CURSOR}${lines.join('\n')}${RESTORE_CURSOR}`
    this.stream.write(`${this.cursorHidden ? '' : HIDE_CURSOR}${this.home()}${NO_WRAP}${CLEAR_BELOW}${block}${WRAP}`)
    this.cursorHidden = true
    this.paintedAt = this.size()
  }

  /** Clears the painted lines, so that other text can be printed; the next `paint` draws them below that text. */
  erase(): void {
    if (this.paintedAt === undefined) return
    this.stream.write(`${this.home()}${WRAP}${CLEAR_BELOW}`)
    this.paintedAt = undefined
  }

  /** Clears the painted lines and shows the cursor again. Safe to call twice, or before the first frame. */
  stop(): void {
    this.erase()
    if (this.cursorHidden) this.stream.write(SHOW_CURSOR)
    this.cursorHidden = false
  }

  /** Moves the cursor to the first painted row. After a resize the saved position is wrong, but the cursor is still in that row. */
  private home(): string {
    return this.paintedAt === this.size() ? `${RESTORE_CURSOR}\r` : '\r'
  }

  private size(): string {
    return `${this.stream.columns}x${this.stream.rows}`
  }
}
