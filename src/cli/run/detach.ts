import { existsSync, readFileSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, UsageError } from '../../errors.ts'
import { LOCK_NAME } from '../../store/files/lock.ts'
import { RESULT_NAME } from '../../store/files/names.ts'
import { createRunDir } from '../../store/run-dir.ts'
import { safeJson } from '../../text/escape.ts'
import { variableFiles } from '../load/env-file.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { startInBackground } from './background-process.ts'
import { logWarnings, openConsole } from './console.ts'
import { DETACHED_LOG } from './recorded/background.ts'
import { settingsOf } from './recorded/settings.ts'

/**
 * Runs `burn run --detach`: starts the run in a background process. Returns 0 once it has begun, or its exit code if it ends before.
 * @throws UsageError, LocalError
 */
export async function detach(files: readonly string[], loaded: readonly LoadedScenario[], flags: RunFlags): Promise<number> {
  const [one, ...others] = loaded
  if (!one || others.length > 0) throw severalRuns(loaded.length)
  for (const file of [...files, ...variableFiles(flags)]) if (!isFile(file)) throw readOnlyOnce(file)
  // The settings are checked before the folder is made, because --overwrite empties it.
  settingsOf(flags)
  const output = await openConsole(flags)
  const { folder, made } = makeFolder(one, flags)
  const log = join(folder, DETACHED_LOG)
  // The name of a run could now mean the folder that was just made, so its path is passed on.
  const from = flags.from === undefined ? [] : ['--from', flags.from]
  const start = await startInBackground(folder, log, from)
  if ('ended' in start) {
    process.stderr.write(readFileSync(log))
    clear(folder, log, made)
    return start.ended
  }
  const started = { runId: start.runId, pid: start.pid, folder, log, scenarioName: one.plan.name }
  logWarnings(output, one)
  process.stdout.write(flags.json ? `${safeJson(started)}\n` : `${start.runId} ${folder}\n`)
  output.say(`runs in the background as process ${start.pid}, and writes ${log}`)
  output.say(`  burn tail -f ${folder}  follows it; burn runs cancel ${folder}  ends it, its files written`)
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
