/** The command `burn run` for a suite: several runs with one verdict and one exit code. */
import type { Command } from 'commander'
import { EXIT, type ExitCode, worstExit } from '../../errors.ts'
import { suiteFormats } from '../../report/suite/index.ts'
import { typedEntries } from '../export/files.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { subjectOf } from '../load/subject.ts'
import { reportRequests } from '../report/request.ts'
import { openEvents } from '../run/event-sink.ts'
import { checkedOutputs, journalLevelOf, loadNamedPlugins, refusePublic } from '../run/inputs.ts'
import { showConfig } from '../run/show-config.ts'
import { checkWorkers, runAsWorker } from '../run/workers.ts'
import { refuseFlagsOfOneRun } from './choices.ts'
import { plannedSuite } from './plan.ts'
import { runReady } from './run/run-ready.ts'

/**
 * Runs `burn run` for a suite: several runs with one verdict. Returns the exit code of the whole suite.
 * @throws UsageError and ScenarioError before anything is sent, LocalError
 */
export async function runCommand(files: readonly string[], command: Command): Promise<number> {
  refuseFlagsOfOneRun(command)
  // The flags of exports are checked first, because --otlp without a value may have taken the suite as its address.
  typedEntries(command.opts<RunFlags>())
  const { files: named, flags: given } = subjectOf(files, command.opts<RunFlags>(), command)
  const { ready: planned, warnings } = plannedSuite(named, given, command)
  const asWorker = runAsWorker(planned.tests, command)
  if (asWorker) return asWorker
  for (const { loaded, flags } of planned.tests) checkWorkers(loaded, inputsOf(named, planned), flags)
  const reports = reportRequests(given.report ?? '')
  const flags = { ...given, log: journalLevelOf(given, reports, command) }
  const ready = { ...planned, tests: planned.tests.map((test) => ({ ...test, flags: { ...test.flags, log: flags.log } })) }
  const loaded = ready.tests.map((test) => test.loaded)
  const inputs = inputsOf(named, ready)
  const outputs = checkedOutputs(flags, inputs, loaded, loaded.length)
  if (flags.showConfig) {
    for (const { name, loaded, command: own } of ready.tests)
      process.stdout.write(`# test ${name}\n${showConfig(loaded, own)}---\n`)
    return EXIT.ok
  }
  await loadNamedPlugins(loaded, flags)
  await refusePublic(loaded, flags)
  const events = await openEvents(flags)
  const suite = await runReady(ready, { flags, reports, warnings, ...(events && { events }) })
  const text = suiteFormats.json(suite)
  if (flags.json) process.stdout.write(text)
  if (flags.output !== undefined) await outputs?.write(flags.output, text)
  const lost = await events?.close()
  const exitCode = suite.exitCode as ExitCode // the cast is safe: the schema allows no other codes
  return lost === undefined ? exitCode : worstExit([exitCode, lost])
}

/** Returns the paths of the files that a suite reads: the suite file and its scenarios. */
function inputsOf(named: readonly string[], { tests }: ReturnType<typeof plannedSuite>['ready']): string[] {
  return [...named, ...tests.flatMap(({ loaded }) => loaded.plan.file ?? [])]
}
