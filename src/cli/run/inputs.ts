/** Loads the scenarios of a run, and protects the files that it reads from being overwritten. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { isSameFile } from '../../store/files/same-file.ts'
import { checkExportFiles } from '../export/files.ts'
import { loadAll } from '../load/load-all.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { allowsHost } from '../load/public/allow-list.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { isOfJournal, type ReportRequest } from '../report/request.ts'
import { checkEvents } from './event-sink.ts'
import { settingsOf } from './recorded/settings.ts'

export { loadNamedPlugins } from '../load/plugin/of-scenarios.ts'
export { refusePublic } from '../load/public/refuse.ts'
export { askedPart } from './shard/asked.ts'

/**
 * Checks the output flags of a command that runs scenarios: their values must be valid, each file must be writable, and none may be an input of the
 * runs. Inputs are the scenario files (`inputs`) and the files that the scenarios (`loaded`) read; `runs` is the number of runs. Returns the writer
 * for the file of `--output`; undefined without that flag.
 * @throws UsageError, LocalError
 */
export function checkedOutputs(flags: RunFlags, inputs: readonly string[], loaded: readonly LoadedScenario[], runs: number) {
  settingsOf(flags)
  allowsHost(flags.allow ?? [])
  checkEvents(flags, (file) => refuseInput('--events', file, inputs, loaded))
  if (flags.output !== undefined) refuseInput('--output', flags.output, inputs, loaded)
  checkExportFiles(flags, (file) => refuseInput('--export', file, inputs, loaded), runs)
  return flags.output === undefined ? undefined : openOutputs([flags.output])
}

/** For flags that write something other than the result into their file, what they write. */
const WRITTEN: Readonly<Record<string, string>> = { '--events': 'events', '--export': 'metrics' }

/**
 * Checks that the file `output` of a flag, such as `--output`, would not overwrite one of the scenario files `named`, their data files or their
 * traces.
 * @throws UsageError
 */
export function refuseInput(flag: string, output: string, named: readonly string[], loaded: readonly LoadedScenario[]): void {
  const data = loaded.flatMap(({ plan, scenario }) => {
    const traces = plan.phases.flatMap(({ load }) => (load.model === 'open' && load.trace ? [load.trace.facts.file] : []))
    const tables = Object.values(scenario.data ?? {}).map((table) => (typeof table === 'string' ? table : table.file))
    return [...tables, ...traces].map((file) => resolve(plan.baseDir, file))
  })
  const what = WRITTEN[flag] ?? 'the result'
  if ([...named, ...data].some((input) => isSameFile(input, output)))
    throw new UsageError(`${flag} ${output}: the run reads this file, and ${what} would replace it`, 'choose another name')
}

/**
 * Loads the scenarios that files or flags describe or, with `--from`, the scenario of a stored run. Returns the scenarios and the flags; with
 * `--from`, the flags of the stored run are added.
 * @throws ScenarioError, UsageError, InputError
 */
export async function loadedFor(files: readonly string[], flags: RunFlags, command: Command) {
  if (flags.from === undefined) return { loaded: loadAll(files, flags, command), flags }
  const { thaw } = await import('../load/frozen/thaw.ts')
  return thaw(flags.from, files, flags, command)
}

/**
 * Returns which attempts the journal of a run records: what `--log` says or, without that flag, all attempts when a report has a row for each
 * attempt or iteration, else the default.
 * @throws UsageError for such a report with `--log none`
 */
export function journalLevelOf({ log }: RunFlags, reports: readonly ReportRequest[], command: Command): string {
  const table = reports.find(({ level }) => isOfJournal(level))
  if (table === undefined) return log
  if (log === 'none') {
    const what = `--report ${table.format} makes a row of each ${table.level} that the journal keeps, and --log none keeps none`
    throw new UsageError(what, 'use --log all, or a table of seconds, steps or the run, such as --report csv:step')
  }
  return command.getOptionValueSource('log') === 'default' ? 'all' : log
}
