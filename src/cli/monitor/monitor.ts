/** The command `burn monitor`, which watches a machine without making any load. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, now, wallNow } from '../../clock.ts'
import { EXIT, type ExitCode, LocalError } from '../../errors.ts'
import { writeAtomically } from '../../store/files/atomic.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { newRunFolder } from '../../store/run-dir.ts'
import { jsonFileText } from '../../text/escape.ts'
import { VERSION } from '../../version.ts'
import { knownSecrets } from '../output/known-secrets.ts'
import { note } from '../output/notes.ts'
import { checkedLimits } from './limits.ts'
import { MonitorOutput } from './output.ts'
import { type MonitorReport, markdownOf } from './report.ts'
import { type MonitorFlags, type MonitorSettings, settingsOf } from './settings.ts'

const FILE = 'monitor.json'
/** How often the report is written while the monitor runs, in ms; the first time at its start. */
const CHECKPOINT_MS = 5000

/**
 * Runs `burn monitor` until its duration is over, a signal comes, or the reader of its JSON lines closes the pipe; a second signal ends the process.
 * Returns the exit code of the signal if one came, 3 when the machine cannot be read at the start, 1 when a limit that the flags set is not kept,
 * otherwise 0.
 * @throws UsageError, LocalError
 */
export async function monitorCommand(flags: MonitorFlags): Promise<ExitCode> {
  const settings = settingsOf(flags)
  const output = new MonitorOutput(flags)
  const { machine, health, lengthMs } = settings
  // After Ctrl-C the user does not have to wait for an address that does not answer.
  const stopped = onSignal(() => health.forEach((one) => void one.cancel()))
  try {
    await Promise.all([machine.begin(), ...health.map((one) => one.begin())])
    const { failed } = machine.latest
    if (failed !== null) {
      process.stderr.write(`burn: nothing can be learned of the machine: ${output.safe(failed)}\n`)
      return EXIT.couldNotTest
    }
    const folder = folderOf(flags)
    const [startedAt, startTime] = [now(), Math.round(wallNow())]
    for (const one of [machine, ...health]) one.start(startedAt)
    const reportOf = (status: MonitorReport['status']) => report(settings, { status, startTime, durationMs: now() - startedAt })
    const endShow = output.follow(startedAt, settings)
    const endFile = checkpoints(() => writeReport(folder, reportOf('running')))
    const ending = await Promise.race([
      stopped.signal,
      output.closed,
      new Promise<undefined>((resolve) => void after(lengthMs, () => resolve(undefined))),
    ])
    endShow()
    await endFile()
    await Promise.all([machine, ...health].map((one) => one.finish()))
    const final = reportOf(ending === undefined ? 'completed' : 'interrupted')
    await writeReport(folder, final)
    await writeAtomically(join(folder, 'monitor.md'), knownSecrets.redact(markdownOf(final)))
    output.end(final)
    note(`written to ${folder}: ${FILE}, monitor.md`)
    if (typeof ending === 'number') return ending
    return final.flags.some(({ asked, holds }) => asked && !holds) ? EXIT.verdictFailed : EXIT.ok
  } finally {
    stopped.release()
    await Promise.all([machine, ...health].map((one) => one.close()))
  }
}

function report(
  { machine, health, everyMs, limits }: MonitorSettings,
  facts: Pick<MonitorReport, 'status' | 'startTime' | 'durationMs'>,
): MonitorReport {
  const [seen, checks] = [{ machine: machine.read(), isKnown: machine.isSeen }, health.map((one) => one.read())]
  return {
    schemaVersion: '1.0',
    burn: VERSION,
    ...facts,
    intervalMs: everyMs,
    flags: checkedLimits([seen], checks, limits),
    machine: [seen.machine],
    health: checks,
  }
}

/**
 * Returns the folder for the monitor's files, which is created if needed. @throws LocalError when it cannot be created, or contains the files of
 * another monitor
 */
function folderOf({ out, overwrite }: MonitorFlags): string {
  if (out === undefined) return newRunFolder({ name: 'monitor', startedAt: wallNow() })
  makeFolders(out)
  if (existsSync(join(out, FILE)) && overwrite !== true)
    throw new LocalError(`${out} already holds ${FILE}`, 'choose another folder with --out, or add --overwrite')
  return out
}

const writeReport = (folder: string, report: MonitorReport) =>
  writeAtomically(join(folder, FILE), `${jsonFileText(JSON.stringify(knownSecrets.redactValue(report), null, 2))}\n`)

/**
 * Calls `write` now and every 5 s, never twice at the same time. The returned function stops this and waits for the current call. @throws LocalError
 * of a failed `write`
 */
function checkpoints(write: () => Promise<void>): () => Promise<void> {
  let underWay = Promise.resolve()
  let failure: unknown
  let end = (): void => {}
  const next = () => {
    underWay = underWay.then(write).catch((error: unknown) => {
      failure ??= error
    })
    end = after(CHECKPOINT_MS, next)
  }
  next()
  return async () => {
    end()
    await underWay
    if (failure !== undefined) throw failure
  }
}

/** Waits for the first signal: calls `stop`, and resolves with the exit code for the signal. A second signal ends the process. */
function onSignal(stop: () => void): { readonly signal: Promise<ExitCode>; release(): void } {
  const first = Promise.withResolvers<ExitCode>()
  let code: ExitCode | undefined
  const received = (name: NodeJS.Signals): void => {
    if (code !== undefined) process.exit(code)
    code = name === 'SIGINT' ? EXIT.sigint : EXIT.sigterm
    stop()
    first.resolve(code)
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of names) process.on(name, received)
  return {
    signal: first.promise,
    release: () => {
      for (const name of names) process.off(name, received)
    },
  }
}
