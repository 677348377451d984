/** The command `burn runs --watch`, which shows the list of runs on a terminal and renews it every two seconds. */
import { after } from '../../clock.ts'
import { EXIT, UsageError } from '../../errors.ts'
import { LivePainter } from '../../report/live/painter.ts'

const EVERY_MS = 2000
/** How many rows of the terminal the list leaves free: one says how to end the command, and one is for the cursor. */
const ROWS_LEFT = 2
const HINT = 'every 2 s · Ctrl-C ends'

/** The parts of stdout that `burn runs --watch` uses, which a test can replace. */
type ListTerminal = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>

/**
 * Shows a list of runs on the terminal, as many lines as fit, and renews it every 2 s until Ctrl-C. `list` returns the text to show; the last text
 * stays on the screen. Returns the exit code.
 * @throws UsageError without a terminal, and what `list` throws
 */
export async function watchList(list: () => string, terminal: ListTerminal = process.stdout): Promise<number> {
  if (terminal.isTTY !== true)
    throw new UsageError('--watch needs a terminal', 'leave it out for the list as it is now, or --json for a program')
  const painter = new LivePainter(terminal)
  const ended = onInterrupt()
  try {
    while (!ended.came) {
      painter.paint([...firstLines(list(), rowsOf(terminal)), HINT])
      await Promise.race([ended.interrupt, new Promise<void>((resolve) => void after(EVERY_MS, resolve))])
    }
  } finally {
    ended.release()
    painter.stop()
  }
  terminal.write(`${firstLines(list(), rowsOf(terminal)).join('\n')}\n`)
  return EXIT.ok
}

/** Returns the height of the terminal in rows; 24 when the terminal reports 0, as some do. */
const rowsOf = ({ rows }: ListTerminal) => rows || 24

const firstLines = (text: string, rows: number) =>
  text
    .trimEnd()
    .split('\n')
    .slice(0, Math.max(1, rows - ROWS_LEFT))

function onInterrupt() {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const { promise, resolve } = Promise.withResolvers<void>()
  const state = { came: false, interrupt: promise, release: () => signals.forEach((name) => void process.off(name, onSignal)) }
  function onSignal() {
    state.came = true
    resolve()
  }
  for (const name of signals) process.on(name, onSignal)
  return state
}
