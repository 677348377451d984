/** Prints what `burn monitor` sees: a table on a terminal, otherwise a line for each reading, and a summary at the end; or JSON lines. */
import { now } from '../../clock.ts'
import { onTimetable } from '../../observe/asking/timetable.ts'
import { LivePainter } from '../../report/live/painter.ts'
import { makePen } from '../../report/text/pen.ts'
import { safeJson, terminalSafe } from '../../text/escape.ts'
import { renderOptionsFor } from '../output/console.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { momentJson, momentLine, momentTable } from './moment.ts'
import { type MonitorReport, summaryLines } from './report.ts'
import type { MonitorFlags, MonitorSettings } from './settings.ts'

/** How long after the time of a reading it is printed, in ms, so that the reading has likely arrived. */
const SETTLE_MS = 100

/**
 * Prints the values that `burn monitor` reads (CPU, memory, network, disk …) and, at the end, a summary. The values go to stderr and the summary to
 * stdout; with --json, both go to stdout as lines of JSON.
 */
export class MonitorOutput {
  private readonly flags: Pick<MonitorFlags, 'json' | 'quiet' | 'color'>
  private readonly painter: LivePainter | undefined
  private readonly gone = Promise.withResolvers<'unread'>()
  /** Resolves when the reader of the JSON lines has closed stdout, as `| head -1` does, so that the monitor can stop. */
  readonly closed = this.gone.promise

  constructor(flags: Pick<MonitorFlags, 'json' | 'quiet' | 'color'>) {
    this.flags = flags
    const isScreen = process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !flags.json
    this.painter = isScreen && flags.quiet !== true ? new LivePainter(process.stderr) : undefined
    if (flags.json) process.stdout.on('error', this.onError)
  }

  private readonly onError = ({ code }: NodeJS.ErrnoException): void => {
    if (code === 'EPIPE') this.gone.resolve('unread')
  }

  /** Returns untrusted text made safe to print, with secrets masked. */
  readonly safe = (text: string): string => terminalSafe(knownSecrets.redact(text), { maxLength: 400 })

  /** Prints the latest readings once per interval, from `startedAt` on. The returned function stops this. */
  follow(startedAt: number, { lengthMs, everyMs, ...watched }: MonitorSettings): () => void {
    const pen = makePen(renderOptionsFor(process.stderr, this.flags.color !== false))
    const show = () => {
      const atMs = now() - startedAt - Math.min(SETTLE_MS, everyMs / 2)
      if (this.flags.json) this.line(momentJson(atMs, watched))
      else if (this.painter) {
        const lines = momentTable(atMs, lengthMs, watched, this.safe).slice(0, Math.max(1, (process.stderr.rows ?? 24) - 1))
        this.painter.paint(
          lines.map((line, at) => (at === 0 ? pen.bold(pen.cut(line, pen.width)) : pen.cut(pen.ink(line), pen.width))),
        )
      } else if (this.flags.quiet !== true) process.stderr.write(`${pen.ink(momentLine(atMs, watched, this.safe))}\n`)
    }
    const end = onTimetable(startedAt + Math.min(SETTLE_MS, everyMs / 2), everyMs, show)
    return () => {
      end()
      this.painter?.stop()
    }
  }

  /** Prints the summary at the end. */
  end(report: MonitorReport): void {
    process.stdout.off('error', this.onError)
    if (this.flags.json) this.line({ event: 'report', ...report })
    else {
      const pen = makePen(renderOptionsFor(process.stdout, this.flags.color !== false))
      process.stdout.write(
        `${summaryLines(report, this.safe)
          .map((line) => pen.ink(line))
          .join('\n')}\n`,
      )
    }
  }

  private line(value: object): void {
    process.stdout.write(`${safeJson(knownSecrets.redactValue(value))}\n`)
  }
}
