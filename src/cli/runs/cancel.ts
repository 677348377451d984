/** The command `burn runs cancel`, which ends a run from another terminal. */
import { EXIT, InputError, LocalError } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { isHolder } from '../../store/files/holder.ts'
import { codeOf } from '../../store/files/local-error.ts'
import { type LockState, lockState } from '../../store/files/lock.ts'
import { resultsFolder } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { readResult } from '../../store/read-result.ts'
import { safeJson, terminalSafe } from '../../text/escape.ts'
import { note } from '../output/notes.ts'

/** How often the command checks whether the run has ended, in ms. */
const LOOK_MS = 50

/** The values of the flags of `burn runs cancel`, as the user typed them. */
export interface CancelFlags {
  /** The folder of runs in which a run is looked for by name or id. */
  readonly folder?: string
  readonly json?: boolean
}

/**
 * Runs `burn runs cancel`: interrupts a run in progress as Ctrl-C does, waits until its files are written, and prints how it ended. Returns the exit
 * code.
 * @throws InputError when the run is not in progress; LocalError when its process cannot be signalled, or ends without a result
 */
export async function cancelCommand(
  named: string,
  { folder: base = resultsFolder(), json = false }: CancelFlags,
): Promise<number> {
  const folder = findRun(named, base)
  const lock = lockState(folder)
  if (!lock?.live) throw new InputError(`${folder} is not running${endOf(folder)}`, '`burn runs` lists the runs')
  interrupt(folder, lock)
  note(`stopping ${folder}: what is in flight may finish; cancel it once more to stop at once`)
  await over(folder, lock.runId)
  const { runId, status, verdict, reason, exitCode } = resultOf(folder, lock)
  const outcome = { runId, folder, pid: lock.pid, status, verdict, exitCode }
  const end = status === 'aborted' ? 'cancelled' : 'ended by itself'
  process.stdout.write(json ? `${safeJson(outcome)}\n` : terminalSafe(`${end}: ${folder} (exit ${exitCode}: ${reason})\n`))
  return EXIT.ok
}

/** Describes how a run ended, for the end of a sentence; '' when its folder holds no readable result. */
function endOf(folder: string): string {
  try {
    const { status, verdict } = readResult(folder)
    return status === 'running' ? ': its process was killed' : `: it has ended (${verdict.replaceAll('_', ' ')})`
  } catch {
    return ''
  }
}

/** Sends SIGINT to the process of a run. Before that, checks that the process with this id still is the run. @throws LocalError */
function interrupt(folder: string, lock: LockState): void {
  const { pid, host } = lock
  const where = `${folder} is locked by process ${pid} on ${host}`
  // Windows has no signals: SIGINT would kill the process before it writes anything.
  if (process.platform === 'win32' || !isHolder(folder, lock))
    throw new LocalError(`${where}, which this machine cannot tell to be the run`, `end it there: Ctrl-C, or kill -INT ${pid}`)
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return
    const hint = `end it as the user who started it: kill -INT ${pid}`
    throw new LocalError(`${where}, to which this user may send no signal`, hint, { cause: error })
  }
}

/** Waits until the run has released its lock, which happens after all its files are written, or until its process has ended. */
async function over(folder: string, runId: string): Promise<void> {
  for (;;) {
    const lock = lockState(folder)
    if (lock === undefined || !lock.live || lock.runId !== runId) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** Returns the result of the run that was cancelled. @throws LocalError when its process ended without writing one */
function resultOf(folder: string, { runId, pid }: LockState): Result {
  const hint = `\`burn report ${folder}\` shows what was written until then`
  const ended = `process ${pid} has ended, and left no result in ${folder}`
  try {
    const result = readResult(folder)
    if (result.runId === runId && result.status !== 'running') return result
  } catch (error) {
    throw new LocalError(ended, hint, { cause: error })
  }
  throw new LocalError(ended, hint)
}
