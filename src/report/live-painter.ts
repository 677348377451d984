/** Paints a block of lines over the one before it, in place. */
import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from './width.ts'

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const NO_WRAP = '\x1b[?7l'
const WRAP = '\x1b[?7h'
const CLEAR_LINE_END = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/** The part of a terminal's write stream that is used. */
interface PaintTarget {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly writableNeedDrain?: boolean
}

/** Owns the last lines of a terminal while a run goes. Call `stop` whatever happens, or the cursor stays hidden. */
export class LivePainter {
  private readonly stream: PaintTarget
  private painted: readonly string[] = []
  private cursorHidden = false

  constructor(stream: PaintTarget) {
    this.stream = stream
  }

  /** Replaces the block in one write. A frame is left out, whole, while the terminal is still busy with earlier ones. */
  paint(lines: readonly string[]): void {
    if (this.stream.writableNeedDrain === true) return
    const body = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')
    this.stream.write(`${this.cursorHidden ? '' : HIDE_CURSOR}${NO_WRAP}${this.home()}${body}${CLEAR_BELOW}${WRAP}`)
    this.cursorHidden = true
    this.painted = lines
  }

  /** Takes the block away, so that other text can be printed; the next `paint` draws it below. */
  erase(): void {
    if (this.painted.length === 0) return
    this.stream.write(`${this.home()}${CLEAR_BELOW}`)
    this.painted = []
  }

  /** Takes the block away and gives the cursor back. Harmless when called twice or before the first frame. */
  stop(): void {
    this.erase()
    if (this.cursorHidden) this.stream.write(SHOW_CURSOR)
    this.cursorHidden = false
  }

  /** Moves to the first column of the block's first row. After the window was made narrower, old lines take several rows. */
  private home(): string {
    const columns = this.stream.columns ?? Number.POSITIVE_INFINITY
    let rows = 0
    for (const line of this.painted) rows += Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns))
    return rows === 0 ? '\r' : `\r\x1b[${rows}A`
  }
}
