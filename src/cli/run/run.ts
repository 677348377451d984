/** `burn run`: runs scenarios one after the other and returns one exit code. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { EXIT, type ExitCode, UsageError, worstExit } from '../../errors.ts'
import { isReportFormat, type ReportFormat, reporters } from '../../report/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import type { Result } from '../../result/schema.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { slugOf } from '../../store/run-dir.ts'
import { safeJson } from '../../text/escape.ts'
import { type LoadedScenario, loadAll } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { subjectOf } from '../load/subject.ts'
import { annotate } from '../output/annotations.ts'
import { ConsoleOutput, renderOptionsFor } from '../output/console.ts'
import { levelOf } from '../output/log.ts'
import { warningText } from '../output/problems.ts'
import { appendStepSummary } from '../output/step-summary.ts'
import { backgroundOf, flagsInBackground } from './background.ts'
import { detach } from './detach.ts'
import { leagueTable } from './league.ts'
import { type RunOneOptions, runOne } from './scenario-run.ts'
import { showConfig } from './show-config.ts'
import { Signals } from './signals.ts'

/** Runs all named scenarios; returns the worst exit code. @throws UsageError, ScenarioError for bad input, before anything is sent */
export async function runCommand(files: readonly string[], command: Command): Promise<number> {
  const given = command.opts<RunFlags>()
  const background = backgroundOf(given)
  const asked = background ? flagsInBackground(given, background) : given
  const { files: named, flags } = subjectOf(files, asked, command)
  const reports = reportFormats(flags.report)
  // All files are read before the first one runs, so that a typo in the last file is reported at once.
  const loaded = loadAll(named, flags, command)
  if (flags.showConfig) {
    for (const one of loaded) process.stdout.write(showConfig(one))
    return EXIT.ok
  }
  const outputs = flags.output === undefined ? undefined : openOutputs([flags.output])
  if (flags.detach && !background) return detach(named, loaded, flags)
  const { results, signal } = await runAll(loaded, { flags, reports, background })
  if (flags.json) process.stdout.write(resultsText(results))
  if (flags.output !== undefined) await outputs?.write(flags.output, resultsText(results))
  // A signal between two scenarios is in no result, but it kept later scenarios from running.
  return worstExit([...results.flatMap((result) => result.exitCodes), ...(signal === undefined ? [] : [signal])])
}

interface Ran {
  readonly results: Result[]
  readonly signal: ExitCode | undefined
}

type RunAllOptions = Pick<RunOneOptions, 'flags' | 'reports' | 'background'>

async function runAll(loaded: readonly LoadedScenario[], options: RunAllOptions): Promise<Ran> {
  const { flags } = options
  const output = new ConsoleOutput({ quiet: flags.quiet === true, color: flags.color, level: levelOf(flags) })
  if (flags.logFormat === 'json') await output.speakJson()
  const signals = new Signals((text) => output.say(text))
  const results: Result[] = []
  try {
    const folders = foldersOf(loaded, flags.out)
    for (const [index, one] of loaded.entries()) {
      if (signals.code !== undefined) break
      for (const warning of one.warnings) output.log(warning.severity === 'note' ? 'info' : 'warn', warningText(warning))
      const { result, directory } = await runOne(one, { ...options, flags: { ...flags, ...folders[index] }, signals, output })
      results.push(result)
      annotate(result)
      appendStepSummary(() => reporters.md.render(result, FILE_OPTIONS))
      const look = { ...renderOptionsFor(process.stderr, flags.color), directory }
      const { scenarioName, verdict, reason, exitCode } = result
      output.report(() => reporters.console.render(result, look), { scenarioName, verdict, reason, exitCode, directory })
    }
    if (results.length > 1 && flags.logFormat !== 'json') output.say(leagueTable(results))
  } finally {
    output.end()
    signals.release()
  }
  return { results, signal: signals.code }
}

/** The `--out` folder of each run: the given one for a single run, else a folder inside it named after the scenario. */
function foldersOf(loaded: readonly LoadedScenario[], out: string | undefined): { readonly out?: string }[] {
  if (out === undefined || loaded.length === 1) return loaded.map(() => (out === undefined ? {} : { out }))
  const taken = new Set<string>()
  return loaded.map(({ plan }) => {
    const stem = slugOf(plan.name)
    let name = stem
    for (let n = 2; taken.has(name); n += 1) name = `${stem}-${n}`
    taken.add(name)
    return { out: join(out, name) }
  })
}

/** The JSON of the results: an object for one run, a list for several. */
function resultsText(results: readonly Result[]): string {
  return `${safeJson(results.length === 1 ? results[0] : results, 2)}\n`
}

function reportFormats(text: string | undefined): ReportFormat[] {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return [...new Set(names)].map((name) => {
    if (isReportFormat(name)) return name
    throw new UsageError(`--report ${name}: there is no such format`, `one of ${Object.keys(reporters).join(', ')}`)
  })
}
