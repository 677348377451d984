/** Where human text goes: stderr, in colour on a terminal, with the live block kept below it. */

import { renderLive, renderLiveLine } from '../report/live.ts'
import { LivePainter } from '../report/live-painter.ts'
import type { RenderOptions } from '../report/reporter.ts'
import type { RunState } from '../runner/run.ts'
import { LiveWatch } from './live-view.ts'

/** Without a terminal one line is enough every few seconds. */
const PLAIN_EVERY_SECONDS = 5
const MIN_WIDTH = 40
const MAX_WIDTH = 120

export interface Look {
  readonly quiet: boolean
  readonly color: boolean
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
  private watch = new LiveWatch()
  private seconds = 0

  constructor(look: Look) {
    this.look = look
    const live = !look.quiet && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
    this.painter = live ? new LivePainter(process.stderr) : undefined
  }

  /** A line for people, unless --quiet. */
  say(text: string): void {
    if (this.look.quiet) return
    this.painter?.erase()
    process.stderr.write(`${text}\n`)
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
    if (this.painter) this.painter.paint(renderLive(view, renderOptionsFor(process.stderr, this.look.color)))
    else if (this.seconds % PLAIN_EVERY_SECONDS === 0) process.stderr.write(`${renderLiveLine(view)}\n`)
  }

  end(): void {
    this.painter?.stop()
  }
}
