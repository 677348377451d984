/** Paints a block of lines over the one before it, in place. */

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const NO_WRAP = '\x1b[?7l'
const WRAP = '\x1b[?7h'
const SAVE_CURSOR = '\x1b7'
const RESTORE_CURSOR = '\x1b8'
const CLEAR_BELOW = '\x1b[J'

/** The part of a terminal's write stream that is used. */
interface PaintTarget {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  readonly writableNeedDrain?: boolean
}

/**
 * Owns the last lines of a terminal while a run goes. Call `stop` whatever happens, or the cursor stays hidden.
 *
 * Between frames the cursor rests on the block's first row, and the terminal remembers that place: what somebody types is echoed into the
 * block and gone with the next frame, and Enter moves the cursor down the rows of the block before it could move the screen. So nothing
 * of the terminal's settings has to be changed, and put back.
 */
export class LivePainter {
  private readonly stream: PaintTarget
  /** Size of the window when the block on screen was painted; undefined while there is none. */
  private paintedAt: string | undefined
  private cursorHidden = false

  constructor(stream: PaintTarget) {
    this.stream = stream
  }

  /** Replaces the block in one write. A frame is left out, whole, while the terminal is still busy with earlier ones. */
  paint(lines: readonly string[]): void {
    if (this.stream.writableNeedDrain === true) return
    const below = lines.length - 1
    // At the foot of the screen this moves what is above, before the place is remembered.
    const room = below > 0 ? `${'\n'.repeat(below)}\x1b[${below}A` : ''
    const block = `${room}${SAVE_CURSOR}${lines.join('\n')}${RESTORE_CURSOR}`
    this.stream.write(`${this.cursorHidden ? '' : HIDE_CURSOR}${this.home()}${NO_WRAP}${CLEAR_BELOW}${block}${WRAP}`)
    this.cursorHidden = true
    this.paintedAt = this.size()
  }

  /** Takes the block away, so that other text can be printed; the next `paint` draws it below. */
  erase(): void {
    if (this.paintedAt === undefined) return
    this.stream.write(`${this.home()}${WRAP}${CLEAR_BELOW}`)
    this.paintedAt = undefined
  }

  /** Takes the block away and gives the cursor back. Harmless when called twice or before the first frame. */
  stop(): void {
    this.erase()
    if (this.cursorHidden) this.stream.write(SHOW_CURSOR)
    this.cursorHidden = false
  }

  /** Moves to the first column of the block's first row: in a window of another size that is where the cursor is, not where it was. */
  private home(): string {
    return this.paintedAt === this.size() ? `${RESTORE_CURSOR}\r` : '\r'
  }

  private size(): string {
    return `${this.stream.columns}x${this.stream.rows}`
  }
}
