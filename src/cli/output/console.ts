/** Where human text goes: stderr, in colour on a terminal, with the live block kept below it. */

import { type LiveView, renderLive, renderLiveLine } from '../../report/live.ts'
import { LivePainter } from '../../report/live-painter.ts'
import type { RenderOptions } from '../../report/text/reporter.ts'
import type { RunState } from '../../runner/run-state.ts'
import { LiveWatch } from './live-view.ts'
import { jsonLog, type Log, type LogFields, type LogLevel, textLog } from './log.ts'

/** Without a terminal a line comes after each of these, then every half minute: a log of hours has to stay readable. */
const FIRST_LINES_SECONDS: readonly number[] = [5, 15]
const PLAIN_EVERY_SECONDS = 30
/** JSON lines are for programs. */
const JSON_EVERY_SECONDS = 5

const lineIsDue = (seconds: number) => FIRST_LINES_SECONDS.includes(seconds) || seconds % PLAIN_EVERY_SECONDS === 0
/** What ends or suspends the process at once: before that the block goes, and the cursor comes back. */
const LEAVING = ['SIGTSTP', 'SIGQUIT', 'exit'] as const
const MIN_WIDTH = 40
const MAX_WIDTH = 120

interface Look {
  /** No progress and no report. */
  readonly quiet: boolean
  readonly color: boolean
  /** Messages up to this level; `info`, or `error` when quiet. */
  readonly level?: LogLevel
}

/** Whether colours are wanted: NO_COLOR and --no-color say no, FORCE_COLOR yes, else a terminal decides. */
export function wantsColor(stream: { readonly isTTY?: boolean }, flag: boolean): boolean {
  if (!flag || process.env.NO_COLOR) return false
  if (process.env.FORCE_COLOR && process.env.FORCE_COLOR !== '0') return true
  return stream.isTTY === true && process.env.TERM !== 'dumb'
}

/** How to render for a stream. */
export function renderOptionsFor(stream: { readonly isTTY?: boolean; readonly columns?: number }, color: boolean): RenderOptions {
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, stream.columns ?? 80))
  const unicode = !/^(C|POSIX)$/.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? 'utf8')
  return { color: wantsColor(stream, color), width, unicode }
}

export class ConsoleOutput {
  private readonly look: Look
  private readonly painter: LivePainter | undefined
  private readonly level: LogLevel
  /** Where messages go. */
  log: Log
  private machine = false
  private watch = new LiveWatch()
  private seconds = 0

  constructor(look: Look) {
    this.look = look
    const live = !look.quiet && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
    this.painter = live ? new LivePainter(process.stderr) : undefined
    this.level = look.level ?? (look.quiet ? 'error' : 'info')
    this.log = textLog(this.level, (line) => this.line(line))
  }

  private readonly line = (text: string): void => {
    this.painter?.erase()
    process.stderr.write(`${text}\n`)
  }

  /** From now on everything is JSON lines: messages, progress, and the verdict in place of the report. */
  async speakJson(): Promise<void> {
    this.log = await jsonLog(this.level, (line) => process.stderr.write(`${line}\n`))
    this.machine = true
  }

  /** A line for people. */
  say(text: string): void {
    this.log('info', text)
  }

  /** The report at the end of a run, or its essence for machines. */
  report(text: () => string, essence: LogFields): void {
    if (this.machine) this.log('info', 'finished', essence)
    else if (!this.look.quiet) process.stderr.write(`${text()}\n`)
  }

  begin(): void {
    this.watch = new LiveWatch()
    this.seconds = 0
  }

  /** Once a second: the block on a terminal, now and then a line elsewhere. */
  tick(state: RunState): void {
    if (this.look.quiet) return
    const view = this.watch.view(state)
    this.seconds += 1
    if (this.machine) {
      const { ok, failed, cut, dropped, users, inFlight } = view
      if (this.seconds % JSON_EVERY_SECONDS === 0) this.log('info', 'progress', { ok, failed, cut, dropped, users, inFlight })
    } else if (this.painter) this.paint(this.painter, view)
    else if (lineIsDue(this.seconds)) process.stderr.write(`${renderLiveLine(view, new Date())}\n`)
  }

  end(): void {
    for (const event of LEAVING) process.off(event, this.leave)
    this.painter?.stop()
  }

  private paint(painter: LivePainter, view: LiveView): void {
    if (!process.listeners('exit').includes(this.leave)) for (const event of LEAVING) process.on(event, this.leave)
    painter.paint(renderLive(view, renderOptionsFor(process.stderr, this.look.color)))
  }

  /** Without its handler the signal does what it always does; after a suspended process goes on, the next frame sets the handler anew. */
  private readonly leave = (why: NodeJS.Signals | number): void => {
    this.end()
    if (typeof why === 'string') process.kill(process.pid, why)
  }
}
