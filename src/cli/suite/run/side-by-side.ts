/** Prints the progress of a suite whose tests run at the same time: one line for each test. */
import { now } from '../../../clock.ts'
import type { RunState } from '../../../engine/outcome/run-state.ts'
import { LivePainter } from '../../../report/live/painter.ts'
import { renderTestLine } from '../../../report/live/test-line.ts'
import type { Pen } from '../../../report/text/pen.ts'
import type { SuiteTest } from '../../../result/suite.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { type ConsoleOutput, lineIsDue } from '../../output/console.ts'
import { LiveWatch } from '../../output/live-view.ts'
import type { Log } from '../../output/log.ts'
import type { RunOutput } from '../../run/recorded/settings.ts'
import { linePen, printEnd, type SuiteProgress } from './progress.ts'

/** The shortest time between two paintings of the lines, in ms. */
const FRAME_MS = 250
/** The number of rows of the screen that lines of tests cannot use. */
const OTHER_LINES = 2

/**
 * Shows the progress of a suite whose tests run at the same time. On a terminal, a line for each test is repainted; elsewhere a line is printed now
 * and then.
 */
export class SideBySide implements SuiteProgress {
  private readonly output: ConsoleOutput
  private readonly flags: Pick<RunFlags, 'color' | 'quiet' | 'logFormat'>
  private readonly painter: LivePainter | undefined
  /** The current line of each test that is running, by the test's number. */
  private readonly lines = new Map<number, string>()
  private readonly count: number
  private over = 0
  private paintedAt = Number.NEGATIVE_INFINITY

  constructor(output: ConsoleOutput, count: number, flags: Pick<RunFlags, 'color' | 'quiet' | 'logFormat' | 'events'>) {
    this.output = output
    this.count = count
    this.flags = flags
    const lines = flags.logFormat === 'json' || (flags.events === '-' && process.stdout.isTTY)
    const isLive = !flags.quiet && !lines && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
    this.painter = isLive ? new LivePainter(process.stderr) : undefined
  }

  begin(test: SuiteTest): RunOutput {
    const { number, name } = test
    const watch = new LiveWatch()
    const log: Log = (level, message, fields = {}) => {
      this.painter?.erase()
      if (this.flags.logFormat === 'json') this.output.log(level, message, { ...fields, test: name })
      else this.output.log(level, `${name}: ${message}`, fields)
    }
    let seconds = 0
    log('info', `test ${number} of ${this.count} begins`)
    this.lines.set(number, renderTestLine(name, undefined, this.pen()))
    return {
      log,
      say: (text) => log('info', text),
      begin: () => {},
      end: () => {},
      tick: (state) => {
        seconds += 1
        this.tick(test, state, watch, seconds)
      },
    }
  }

  end(test: SuiteTest, count: number): void {
    this.over += 1
    this.lines.delete(test.number)
    this.painter?.erase()
    printEnd(this.output, test, count, this.flags.color)
    this.paintedAt = Number.NEGATIVE_INFINITY
    this.paint()
  }

  release(): void {
    this.painter?.stop()
    this.output.end()
  }

  private pen(): Pen {
    return linePen(this.flags.color)
  }

  private tick({ number, name }: SuiteTest, state: RunState, watch: LiveWatch, seconds: number): void {
    if (this.flags.quiet) return
    const view = watch.view(state)
    if (this.flags.logFormat === 'json') {
      const { ok, failed, cut, dropped, users, inFlight } = view
      if (seconds % 5 === 0) this.output.log('info', 'progress', { test: name, ok, failed, cut, dropped, users, inFlight })
      return
    }
    const line = renderTestLine(name, view, this.pen())
    this.lines.set(number, line)
    if (this.painter) this.paint()
    else if (lineIsDue(seconds)) process.stderr.write(`${line}\n`)
  }

  private paint(): void {
    if (!this.painter || now() - this.paintedAt < FRAME_MS || this.lines.size === 0) return
    this.paintedAt = now()
    const room = Math.max(1, (process.stderr.rows || 24) - OTHER_LINES - 1)
    const shown = [...this.lines.values()].slice(0, room)
    const hidden = this.lines.size - shown.length
    const waiting = this.count - this.over - this.lines.size
    const state = `${this.over} of ${this.count} over, ${this.lines.size} running${waiting > 0 ? `, ${waiting} to come` : ''}`
    const rest = hidden > 0 ? `, ${hidden} not shown` : ''
    this.painter.paint([...shown, this.pen().dim(`${state}${rest}`)])
  }
}
