/** The whole terminal as a screen for a program with keys: taken over, painted, and given back on every way out. */
import { emitKeypressEvents, type Key } from 'node:readline'
import { EXIT, type ExitCode } from '../../../errors.ts'

/** The other screen of the terminal, no cursor, no wrapping of lines. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
/** Before a line, not behind it: there it would clear the last column of a full one. */
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

interface ScreenEvents {
  /** A key was pressed: its character, or its name (`space`, `left`). */
  key(name: string): void
  /** The window has another size, or came back from the background: paint again. */
  repaint(): void
  /** The user or the system ends the program. */
  end(code: ExitCode): void
}

/** What the screen needs of the terminal: its two streams. */
interface ScreenStreams {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  /** Stops the process and those it shares the terminal with, as Ctrl-Z does. */
  readonly suspend: () => void
}

/** The process's own stdin and stdout, as the player's screen uses them. */
export const OWN_STREAMS: ScreenStreams = {
  input: process.stdin,
  output: process.stdout,
  // All of the foreground: what started burn, such as npx, must stop with it, or the shell does not come back.
  suspend: () => void process.kill(0, 'SIGTSTP'),
}

/**
 * Takes over the terminal for the player: raw keys, the alternate screen, a hidden cursor. `leave` restores it; signals and the exit of the
 * process do so too.
 */
export class TerminalScreen {
  private readonly streams: ScreenStreams
  private readonly events: ScreenEvents
  private isEntered = false
  private painted = ''

  constructor(streams: ScreenStreams, events: ScreenEvents) {
    this.streams = streams
    this.events = events
  }

  /** Columns and rows of the window. */
  get size(): { readonly columns: number; readonly rows: number } {
    const { columns = 80, rows = 24 } = this.streams.output
    return { columns, rows }
  }

  /** Takes over the terminal: keys arrive one by one, and the text that was there is kept for later. */
  enter(): void {
    const { input, output } = this.streams
    emitKeypressEvents(input)
    input.on('keypress', this.onKey)
    input.on('end', this.onGone)
    input.on('error', this.onGone)
    output.on('resize', this.onResize)
    process.on('SIGINT', this.onInterrupt)
    process.on('SIGTERM', this.onTerminate)
    process.on('SIGHUP', this.onGone)
    process.on('SIGCONT', this.onContinue)
    process.on('SIGTSTP', this.onSuspend)
    process.on('exit', this.onExit)
    this.takeOver()
  }

  /** Gives the terminal back as it was. Safe to call twice. */
  leave(): void {
    const { input, output } = this.streams
    input.off('keypress', this.onKey)
    input.off('end', this.onGone)
    input.off('error', this.onGone)
    output.off('resize', this.onResize)
    process.off('SIGINT', this.onInterrupt)
    process.off('SIGTERM', this.onTerminate)
    process.off('SIGHUP', this.onGone)
    process.off('SIGCONT', this.onContinue)
    process.off('SIGTSTP', this.onSuspend)
    process.off('exit', this.onExit)
    this.giveBack()
  }

  /** Paints the lines, the first one at the top; a frame is skipped while the terminal has not taken earlier ones. */
  paint(lines: readonly string[]): void {
    const { output } = this.streams
    const text = lines.map((line) => CLEAR_LINE + line).join('\r\n')
    if (!this.isEntered || text === this.painted || output.writableNeedDrain) return
    output.write(`${HOME}${text}${CLEAR_BELOW}`)
    this.painted = text
  }

  private takeOver(): void {
    if (this.isEntered) return
    const { input, output } = this.streams
    this.isEntered = true
    this.painted = ''
    input.setRawMode(true)
    input.resume()
    output.write(ENTER)
  }

  private giveBack(): void {
    if (!this.isEntered) return
    const { input, output } = this.streams
    this.isEntered = false
    output.write(LEAVE)
    try {
      input.setRawMode(false)
    } catch {
      // The terminal is gone, and with it its mode.
    }
    input.pause()
  }

  private readonly onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl && key.name === 'c') this.onInterrupt()
    else if (key.ctrl && key.name === 'z') this.streams.suspend()
    else if (!key.ctrl && !key.meta) this.events.key(text?.trim() || (key.name ?? ''))
  }

  private readonly onResize = (): void => {
    this.painted = ''
    this.events.repaint()
  }

  private readonly onInterrupt = (): void => this.events.end(EXIT.sigint)
  private readonly onTerminate = (): void => this.events.end(EXIT.sigterm)
  private readonly onGone = (): void => this.events.end(EXIT.sigterm)
  private readonly onExit = (): void => this.giveBack()

  /** Gives the terminal back first; without this handler the repeated signal stops the process. */
  private readonly onSuspend = (): void => {
    this.giveBack()
    process.off('SIGTSTP', this.onSuspend)
    process.kill(process.pid, 'SIGTSTP')
  }

  private readonly onContinue = (): void => {
    process.off('SIGTSTP', this.onSuspend)
    process.on('SIGTSTP', this.onSuspend)
    this.takeOver()
    this.events.repaint()
  }
}
