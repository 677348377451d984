import { EXIT, type ExitCode, InputError } from '../../errors.ts'
import { findRun } from '../../store/find-run.ts'
import { note } from '../output/notes.ts'
import type { TailFlags } from './flags.ts'
import { JournalView } from './journal-view.ts'

const SIGNALS = [
  ['SIGINT', EXIT.sigint],
  ['SIGTERM', EXIT.sigterm],
] as const

/**
 * Runs `burn tail`, which prints the journal of a run. Resolves with 0, whatever the run's verdict, or with the exit code of the signal that stopped
 * it.
 * @throws InputError when there is no run or no journal, and for a damaged journal after the rest was shown
 */
export async function tailCommand(run: string | undefined, flags: TailFlags): Promise<ExitCode> {
  const stop = new AbortController()
  const folder = flags.follow ? await runToFollow(run) : findRun(run)
  const tail = new JournalView(folder, flags, stop.signal)
  // This comes before the signal handlers: a long journal is searched without a pause, and Ctrl-C must be able to end that.
  tail.begin()
  let signal: ExitCode | undefined
  const handlers = SIGNALS.map(([name, code]) => {
    const handler = () => {
      signal ??= code
      stop.abort()
    }
    process.once(name, handler)
    return () => process.off(name, handler)
  })
  try {
    await tail.show()
  } finally {
    for (const remove of handlers) remove()
  }
  return signal ?? EXIT.ok
}

/** How often the command checks whether the run to follow has begun, in ms. */
const LOOK_MS = 100

/** Returns the folder of the run to follow; waits until there is such a run. @throws InputError for the beginning of an id that fits several runs */
async function runToFollow(run: string | undefined): Promise<string> {
  for (let noted = false; ; noted = true) {
    try {
      return findRun(run)
    } catch (error) {
      if (!(error instanceof InputError) || !error.message.startsWith('there is no run')) throw error
      if (!noted) note(`${error.message} yet: waiting for it (Ctrl-C ends this)`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
