/** Shows the progress of a live comparison on stderr: two lines that are repainted on a terminal, otherwise a new line every ten seconds. */
import { now } from '../../clock.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { LivePainter } from '../../report/live/painter.ts'
import { formatCount } from '../../report/text/format.ts'
import { terminalSafe } from '../../text/escape.ts'
import { formatMs } from '../../text/units.ts'
import type { LiveSide } from './live-sides.ts'

/** How many seconds pass between two lines of progress when stderr is no terminal. */
const PLAIN_EVERY_SECONDS = 10
const NAME_CHARACTERS = 40

type OnSecond = (states: readonly (RunState | undefined)[], stop: () => void) => void

/** Shows the progress of the runs of a live comparison (`burn compare` with scenarios) on stderr. */
export class CompareProgress {
  private readonly sides: readonly LiveSide[]
  private readonly isQuiet: boolean
  private readonly painter: LivePainter | undefined
  private lastSecond = -1

  constructor(sides: readonly LiveSide[], { quiet }: { readonly quiet?: boolean }) {
    this.sides = sides
    this.isQuiet = quiet === true
    const isLive = !quiet && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
    this.painter = isLive ? new LivePainter(process.stderr) : undefined
  }

  /** Returns the function to call once a second while both sides run together; it shows the progress, then calls `then`. */
  together(then: OnSecond): OnSecond {
    return (states, stop) => {
      this.show(states)
      then(states, stop)
    }
  }

  /** Returns the function to call once a second while only `side` runs; it shows the progress. */
  alone(side: LiveSide): OnSecond {
    return ([state]) => this.show(this.sides.map((one) => (one === side ? state : undefined)))
  }

  /** Says which side runs now, when the sides run in turns. */
  turn({ arm, name }: LiveSide): void {
    this.lastSecond = -1
    if (!this.isQuiet) this.line(`running ${arm.toUpperCase()}: ${terminalSafe(name, { maxLength: NAME_CHARACTERS })}`)
  }

  end(): void {
    this.painter?.stop()
  }

  private show(states: readonly (RunState | undefined)[]): void {
    const second = Math.max(...states.map((state) => (state ? Math.round((now() - state.startedAt) / 1000) : 0)))
    if (this.isQuiet || second === this.lastSecond) return
    this.lastSecond = second
    const lines = this.sides.flatMap((side, i) => (states[i] ? [sideText(side, states[i])] : []))
    if (this.painter) this.painter.paint(lines)
    else if (second % PLAIN_EVERY_SECONDS === 0) this.line(`${second}s  ${lines.join(' | ')}`)
  }

  private line(text: string): void {
    this.painter?.erase()
    process.stderr.write(`${text}\n`)
  }
}

function sideText({ arm, name }: LiveSide, { recorder }: RunState): string {
  const { ok, failed } = recorder.total.counters
  const latest = recorder.timeline.toRows().at(-1)?.latencies
  const [metric, values] = Object.entries(latest ?? {}).find(([one]) => one === 'ttft') ?? Object.entries(latest ?? {})[0] ?? []
  const latency = values ? `, ${metric} p50 ${formatMs(values.p50)} p95 ${formatMs(values.p95)}` : ''
  return `${arm.toUpperCase()} ${terminalSafe(name, { maxLength: NAME_CHARACTERS })}: ${formatCount(ok)} ok, ${formatCount(failed)} failed${latency}`
}
