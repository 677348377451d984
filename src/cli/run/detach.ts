/** `burn run --detach`: starts the run as a background process and waits until the run has begun. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, type ExitCode, LocalError, UsageError } from '../../errors.ts'
import { localError } from '../../store/files/local-error.ts'
import { LOCK_NAME } from '../../store/files/lock.ts'
import { RESULT_NAME } from '../../store/files/names.ts'
import { createRunDir } from '../../store/run-dir.ts'
import { safeJson } from '../../text/escape.ts'
import { variableFiles } from '../load/env-file.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { ConsoleOutput } from '../output/console.ts'
import { levelOf } from '../output/log.ts'
import { warningText } from '../output/problems.ts'
import { DETACHED_LOG, FOLDER_VARIABLE, type UnderWay } from './background.ts'
import { settingsOf } from './scenario-run.ts'

const SIGNAL_CODES: Readonly<Partial<Record<NodeJS.Signals, ExitCode>>> = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm }

/** How the background process started: the run has begun, or the process ended before that with an exit code. */
type Start = { readonly runId: string; readonly pid: number } | { readonly ended: number }

/** Starts a run in the background; returns 0 once it has begun, or the exit code if it ends before. @throws UsageError, LocalError */
export async function detach(files: readonly string[], loaded: readonly LoadedScenario[], flags: RunFlags): Promise<number> {
  const [one, ...others] = loaded
  if (!one || others.length > 0) throw severalRuns(loaded.length)
  for (const file of [...files, ...variableFiles(flags)]) if (!isFile(file)) throw readOnlyOnce(file)
  // Checked before the folder is made, because --overwrite empties it.
  settingsOf(flags)
  const output = new ConsoleOutput({ quiet: flags.quiet === true, color: flags.color, level: levelOf(flags) })
  if (flags.logFormat === 'json') await output.speakJson()
  const { folder, made } = makeFolder(one, flags)
  const log = join(folder, DETACHED_LOG)
  const start = await startIn(folder, log)
  if ('ended' in start) {
    process.stderr.write(readFileSync(log))
    clear(folder, log, made)
    return start.ended
  }
  const told = { runId: start.runId, pid: start.pid, folder, log, scenarioName: one.plan.name }
  for (const warning of one.warnings) output.log(warning.severity === 'note' ? 'info' : 'warn', warningText(warning))
  process.stdout.write(flags.json ? `${safeJson(told)}\n` : `${start.runId} ${folder}\n`)
  output.say(`runs in the background as process ${start.pid}, and writes ${log}`)
  output.say(`  burn tail -f ${folder}  follows it; kill ${start.pid}  ends it, its files written`)
  return EXIT.ok
}

function severalRuns(count: number): UsageError {
  return new UsageError(
    `--detach starts one run, but there are ${count}`,
    'start one command for each, or choose one with --target',
  )
}

function readOnlyOnce(file: string): UsageError {
  const name = file === '-' ? 'standard input' : file
  return new UsageError(`--detach: the run in the background cannot read ${name} again`, 'save the scenario to a file')
}

/** True for a regular file, which the background process can read again, unlike a pipe. */
function isFile(path: string): boolean {
  return path !== '-' && statSync(path).isFile()
}

/** Makes and checks the run's folder, where the log is written; the background process takes its lock later. @throws LocalError */
function makeFolder({ plan }: LoadedScenario, { out, overwrite = false }: RunFlags): { folder: string; made: boolean } {
  const made = out === undefined || !existsSync(out)
  const dir = createRunDir({
    runId: 'detaching',
    name: plan.name,
    startedAt: Date.now(),
    ...(out === undefined ? {} : { out }),
    overwrite,
  })
  dir.release()
  return { folder: dir.path, made }
}

async function startIn(folder: string, log: string): Promise<Start> {
  const file = opened(log)
  try {
    const child = fork(process.argv[1] ?? '', process.argv.slice(2), {
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

/** Waits until the run has begun or its process has ended. Signals are passed on to the process; after one its end is awaited. */
async function started(child: ChildProcess): Promise<Start> {
  let signalled = false
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
    const pass = () => {
      signalled = true
      child.kill(signal)
    }
    process.on(signal, pass)
    return () => process.off(signal, pass)
  })
  const ended = endOf(child)
  const told = new Promise<UnderWay>((resolve) => child.once('message', (message) => resolve(message as UnderWay)))
  const underWay = told.then(({ runId }) => (signalled ? ended : letGo(child, runId)))
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

/** Removes the log, and the folder if this command made it, unless the run left a result or a lock there. */
function clear(folder: string, log: string, made: boolean): void {
  if ([RESULT_NAME, LOCK_NAME].some((name) => existsSync(join(folder, name)))) return
  unlinkSync(log)
  if (!made) return
  try {
    rmdirSync(folder)
  } catch {
    // The folder is not empty: keep it.
  }
}
