/** Uses the whole terminal as a screen for a program with keys: takes it over, paints it, and restores it however the program ends. */
import { emitKeypressEvents, type Key } from 'node:readline'
import { EXIT, type ExitCode } from '../../../errors.ts'

/** The sequence that switches to the alternate screen, hides the cursor and turns line wrapping off. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
/** The sequence that clears a line. It is written before the line's text: after it, it would erase the last column of a full line. */
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

interface ScreenEvents {
  /** Called when a key is pressed, with its character or its name (`space`, `left`). */
  key(name: string): void
  /** Called when the screen must be painted again: the window has changed its size, or the program came back from the background. */
  repaint(): void
  /** Called when the user or the system ends the program. */
  end(code: ExitCode): void
}

/** The terminal as the screen uses it: its two streams, and a way to suspend the process. */
interface ScreenStreams {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  /** Suspends this process and all others in the foreground of the terminal, as Ctrl-Z does. */
  readonly suspend: () => void
}

/** The process's own stdin and stdout, as the streams of the `burn replay` player's screen. */
export const OWN_STREAMS: ScreenStreams = {
  input: process.stdin,
  output: process.stdout,
  // All processes in the foreground are stopped: programs that started burn, such as npx, must stop too, or the shell does not return.
  suspend: () => void process.kill(0, 'SIGTSTP'),
}

/**
 * Takes over the terminal for the player of `burn replay`: raw keys, the alternate screen, a hidden cursor. `leave` restores the terminal; a signal
 * or the exit of the process does so too.
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

  /** The size of the window, in columns and rows. */
  get size(): { readonly columns: number; readonly rows: number } {
    const { columns = 80, rows = 24 } = this.streams.output
    return { columns, rows }
  }

  /** Takes over the terminal: keys arrive one by one, and its text is kept until `leave`. */
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

  /** Restores the terminal as it was. Safe to call twice. */
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
      // The terminal is closed, so that its mode no longer matters.
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

  /** Restores the terminal before the process is suspended, then sends the signal again without this handler, which stops the process. */
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
