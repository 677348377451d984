import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { EXIT, type ExitCode, LocalError } from '../../errors.ts'
import { localError } from '../../store/files/local-error.ts'
import { FOLDER_VARIABLE, type UnderWay } from './recorded/background.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const SIGNAL_CODES: Readonly<Partial<Record<NodeJS.Signals, ExitCode>>> = {
  SIGINT: EXIT.sigint,
  SIGTERM: EXIT.sigterm,
  SIGHUP: EXIT.sigterm,
}

/** How the background process started: its run has begun, or the process ended before that with an exit code. */
type Start = { readonly runId: string; readonly pid: number } | { readonly ended: number }

/**
 * Starts this command a second time, for `--detach`: as a background process with the additional arguments `more`, whose output goes to the file
 * `log`. Resolves when its run has begun or ended.
 * @throws LocalError
 */
export async function startInBackground(folder: string, log: string, more: readonly string[]): Promise<Start> {
  const file = opened(log)
  try {
    const child = fork(process.argv[1] ?? '', [...process.argv.slice(2), ...more], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', file, file, 'ipc'],
      env: { ...process.env, [FOLDER_VARIABLE]: folder },
    })
    return await started(child)
  } finally {
    closeSync(file)
  }
}

function opened(log: string): number {
  try {
    return openSync(log, 'w')
  } catch (error) {
    throw localError(`cannot write ${log}`, error)
  }
}

/** Waits until the run has begun or its process has ended. Passes signals on to the process, then waits until it ends. */
async function started(child: ChildProcess): Promise<Start> {
  let signalled = false
  const handlers = SIGNALS.map((signal) => {
    const pass = () => {
      signalled = true
      child.kill(signal)
    }
    process.on(signal, pass)
    return () => process.off(signal, pass)
  })
  const ended = endOf(child)
  const message = new Promise<UnderWay>((resolve) => child.once('message', (message) => resolve(message as UnderWay)))
  const underWay = message.then(({ runId }) => (signalled ? ended : letGo(child, runId)))
  try {
    return await Promise.race([underWay, ended])
  } finally {
    for (const remove of handlers) remove()
  }
}

function letGo(child: ChildProcess, runId: string): Start {
  if (child.connected) child.disconnect()
  child.unref()
  return { runId, pid: child.pid ?? 0 }
}

/** Waits for the exit of the process and for its last message, which may arrive after the exit. */
async function endOf(child: ChildProcess): Promise<Start> {
  const disconnected = new Promise((resolve) => child.once('disconnect', resolve))
  const [code, signal] = await once(child, 'exit').catch((error: unknown) => {
    throw localError('cannot start the run in the background', error)
  })
  await disconnected
  if (typeof code === 'number') return { ended: code }
  const known = SIGNAL_CODES[signal as NodeJS.Signals]
  if (known !== undefined) return { ended: known }
  throw new LocalError(
    `the run in the background was ended by ${signal} before it began`,
    'check that the machine has enough memory',
  )
}
