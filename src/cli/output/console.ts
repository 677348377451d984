/** Prints messages, progress and the report on stderr for people. On a terminal, the live view stays below the messages. */

import type { RunState } from '../../engine/outcome/run-state.ts'
import { renderLiveLine } from '../../report/live/line.ts'
import { LivePainter } from '../../report/live/painter.ts'
import type { LiveView } from '../../report/live/view.ts'
import { makePen } from '../../report/text/pen.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import { type Keys, terminalKeys } from './live/keys.ts'
import { LiveScreen } from './live/screen.ts'
import { wholeView } from './live/whole-view.ts'
import { LiveWatch } from './live-view.ts'
import { jsonLog, type Log, type LogFields, type LogLevel, textLog } from './log.ts'

/**
 * After how many seconds of a run the first lines of progress are printed where there is no terminal. Later ones follow every 30 s, so that the log
 * of a long run stays readable.
 */
const FIRST_LINES_SECONDS: readonly number[] = [5, 15]
const PLAIN_EVERY_SECONDS = 30
/** The seconds between two progress messages when output is JSON lines. */
const JSON_EVERY_SECONDS = 5

/**
 * Decides, for output that does not go to a terminal, whether a line of progress is due after this many seconds of a run: after 5 s, 15 s, and every
 * 30 s.
 */
export const lineIsDue = (seconds: number) => FIRST_LINES_SECONDS.includes(seconds) || seconds % PLAIN_EVERY_SECONDS === 0
/** The events that end or suspend the process at once. Before that, the live view is erased and the cursor shown again. */
const LEAVING = ['SIGTSTP', 'SIGQUIT', 'exit'] as const
const MIN_WIDTH = 40
const MAX_WIDTH = 120
/** The largest width of the live view, in columns. It is wider than a report, because it may show panes in two columns. */
const MAX_LIVE_WIDTH = 200

interface Look {
  /** True when neither progress nor the report is printed (`--quiet`). */
  readonly quiet: boolean
  readonly color: boolean
  /** True when progress is printed as lines even on a terminal. */
  readonly plain?: boolean
  /** The least severe level of messages that are printed; by default `info`, or `error` when quiet. */
  readonly level?: LogLevel
}

/** True when output to a stream is coloured. NO_COLOR and --no-color forbid it, FORCE_COLOR demands it; otherwise only terminals get colour. */
export function wantsColor(stream: { readonly isTTY?: boolean }, flag: boolean): boolean {
  if (!flag || process.env.NO_COLOR) return false
  if (process.env.FORCE_COLOR && process.env.FORCE_COLOR !== '0') return true
  return stream.isTTY === true && process.env.TERM !== 'dumb'
}

/** Returns how a report is printed on a stream: colour, width (40 to 120 columns), and whether the locale supports Unicode. */
export function renderOptionsFor(stream: { readonly isTTY?: boolean; readonly columns?: number }, color: boolean): RenderOptions {
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, stream.columns ?? 80))
  const unicode = !/^(C|POSIX)$/.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? 'utf8')
  return { color: wantsColor(stream, color), width, unicode }
}

/** Prints a run's messages, progress and report on stderr, as text or as lines of JSON. */
export class ConsoleOutput {
  private readonly look: Look
  private readonly painter: LivePainter | undefined
  private readonly level: LogLevel
  /** Logs a message of a given level. */
  log: Log
  private machine = false
  private watch = new LiveWatch()
  private seconds = 0
  private screen = new LiveScreen(stopRun)
  /** Reads keys from the terminal; undefined when no keys can be read. */
  private readonly keys: Keys | undefined
  /** The view that is on screen: that of the last second or, while the view is paused, that of the moment of the pause. */
  private shown: LiveView | undefined

  constructor(look: Look) {
    this.look = look
    const live = !look.quiet && !look.plain && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
    this.painter = live ? new LivePainter(process.stderr) : undefined
    this.keys = live ? terminalKeys((key) => this.press(key)) : undefined
    this.level = look.level ?? (look.quiet ? 'error' : 'info')
    this.log = textLog(this.level, (line) => this.line(line))
  }

  private readonly line = (text: string): void => {
    this.painter?.erase()
    process.stderr.write(`${text}\n`)
  }

  /** Switches to JSON lines: messages, progress, and the verdict instead of the report. */
  async speakJson(): Promise<void> {
    this.log = await jsonLog(this.level, (line) => process.stderr.write(`${line}\n`))
    this.machine = true
  }

  /** Prints a message at level `info`. */
  say(text: string): void {
    this.log('info', text)
  }

  /** Prints the report at the end of a run; with JSON lines, one message with the fields of `essence` instead. */
  report(text: () => string, essence: LogFields): void {
    if (this.machine) this.log('info', 'finished', essence)
    else if (!this.look.quiet) process.stderr.write(`${text()}\n`)
  }

  begin(): void {
    this.watch = new LiveWatch()
    this.seconds = 0
    this.screen = new LiveScreen(stopRun)
    this.shown = undefined
    // The library for colours is loaded now, not in the first second of the load.
    if (this.painter) makePen(renderOptionsFor(process.stderr, this.look.color))
    this.readKeys()
  }

  /**
   * Shows progress; called once a second. On a terminal it repaints the live view, elsewhere it prints a line now and then. `others` are the views of
   * the run's other processes, which are added.
   */
  tick(state: RunState, others: readonly LiveView[] = []): void {
    if (this.look.quiet) return
    const view = wholeView(this.watch.view(state), others)
    this.seconds += 1
    if (this.machine) {
      const { ok, failed, cut, dropped, users, inFlight, waiting } = view
      if (this.seconds % JSON_EVERY_SECONDS === 0)
        this.log('info', 'progress', { ok, failed, cut, dropped, users, inFlight, waiting })
    } else if (this.painter) this.show(this.painter, view)
    else if (lineIsDue(this.seconds)) process.stderr.write(`${renderLiveLine(view, new Date())}\n`)
  }

  end(): void {
    for (const event of LEAVING) process.off(event, this.leave)
    this.painter?.stop()
    this.keys?.release()
  }

  /** Shows the view of a second. A paused screen stays as it is, unless a message has erased it. */
  private show(painter: LivePainter, view: LiveView): void {
    // A process that comes back to the foreground gets no signal, so this checks each second. On other systems the check costs too much.
    if (process.platform === 'linux') this.readKeys()
    const { paused } = this.screen
    if (!paused || this.shown === undefined) this.shown = view
    if (!paused || !painter.isPainted) this.paint(painter, this.shown)
  }

  private readKeys(): void {
    this.keys?.attach()
    if (this.keys?.active) this.guard()
  }

  /** Makes sure that the terminal is restored before the process ends or is suspended. */
  private guard(): void {
    if (!process.listeners('exit').includes(this.leave)) for (const event of LEAVING) process.on(event, this.leave)
  }

  private press(key: string): void {
    this.screen.press(key)
    if (this.painter && this.shown) this.paint(this.painter, this.shown)
  }

  private paint(painter: LivePainter, view: LiveView): void {
    this.guard()
    const { columns, rows } = process.stderr
    // Some terminals report a size of 0.
    const size = { width: Math.min(MAX_LIVE_WIDTH, columns || 80), height: rows || 24 }
    const look = { ...renderOptionsFor(process.stderr, this.look.color), ...size }
    painter.paint(this.screen.lines(view, look, this.keys?.active === true))
  }

  /**
   * Erases the live view and releases the keys, then sends the signal again without this handler, so that it has its usual effect. A suspended
   * process continues here later and reads keys again; the next frame adds the handler again.
   */
  private readonly leave = (why: NodeJS.Signals | number): void => {
    this.end()
    if (typeof why !== 'string') return
    process.kill(process.pid, why)
    if (why === 'SIGTSTP') this.readKeys()
  }
}

const stopRun = (): void => {
  process.kill(process.pid, 'SIGINT')
}
