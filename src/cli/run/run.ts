import type { Command } from 'commander'
import { EXIT, worstExit } from '../../errors.ts'
import { typedEntries } from '../export/files.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { subjectOf } from '../load/subject.ts'
import { reportRequests } from '../report/request.ts'
import { detach } from './detach.ts'
import { openEvents } from './event-sink.ts'
import { askedPart, checkedOutputs, journalLevelOf, loadedFor, loadNamedPlugins, refusePublic } from './inputs.ts'
import { backgroundOf, flagsInBackground } from './recorded/background.ts'
import { comparisonOf, repeated } from './repeats.ts'
import { resultLine, resultsText, runAll } from './run-all.ts'
import { showConfig } from './show-config.ts'
import { checkWorkers, runAsWorker, workersOf } from './workers.ts'

/**
 * Runs `burn run`: all named scenarios, one after the other. Returns the worst exit code. @throws UsageError, ScenarioError before anything is sent
 */
export async function runCommand(files: readonly string[], command: Command): Promise<number> {
  const given = command.opts<RunFlags>()
  const background = backgroundOf(given)
  const asked = background ? flagsInBackground(given, background) : given
  // The flags of exports are checked first, because --otlp without a value may have taken the scenario as its address.
  typedEntries(given)
  const { files: named, flags: chosen } = subjectOf(files, asked, command)
  // All files are read before the first one runs, so that a typo in the last file is reported at once.
  const { loaded, flags: known } = await loadedFor(named, chosen, command)
  const asWorker = runAsWorker(
    loaded.map((one) => ({ loaded: one, flags: known })),
    command,
  )
  if (asWorker) return asWorker
  for (const one of loaded) checkWorkers(one, named, known)
  const reports = reportRequests(known.report ?? '')
  const flags = { ...known, log: journalLevelOf(known, reports, command) }
  const part = askedPart(flags, loaded)
  const runs = repeated(loaded, flags)
  const outputs = checkedOutputs(flags, named, loaded, runs.length)
  const finish = await comparisonOf(flags, loaded.length)
  if (flags.showConfig) {
    for (const one of loaded) process.stdout.write(showConfig(one, command))
    return EXIT.ok
  }
  await loadNamedPlugins(loaded, flags)
  await refusePublic(loaded, flags)
  if (flags.detach && !background) return detach(named, loaded, flags)
  const events = await openEvents(flags)
  const { results, signal } = await runAll(runs, {
    flags,
    workersOf: (one) => workersOf(one, flags),
    reports,
    background,
    ...(finish && { finish }),
    ...(part && { part }),
    ...(events && { events }),
  })
  if (flags.json) process.stdout.write(resultsText(results))
  if (flags.output !== undefined) await outputs?.write(flags.output, resultsText(results))
  // A signal between two scenarios, or while the last result is written, is in no result, so its exit code is added here.
  const codes = [...results.flatMap((result) => result.exitCodes), ...(signal === undefined ? [] : [signal])]
  const lost = await events?.close()
  if (flags.resultToStdout) for (const result of results) process.stdout.write(resultLine(result))
  return worstExit(lost === undefined ? codes : [...codes, lost])
}
