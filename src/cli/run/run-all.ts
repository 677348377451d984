import { join } from 'node:path'
import type { ExitCode } from '../../errors.ts'
import { reportFormats } from '../../report/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import type { Result } from '../../result/schema.ts'
import { slugOf } from '../../store/run-dir.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import { annotate } from '../output/annotations.ts'
import { renderOptionsFor } from '../output/console.ts'
import { appendStepSummary } from '../output/step-summary.ts'
import { logWarnings, openConsole } from './console.ts'
import { runOne } from './recorded/scenario-run.ts'
import type { RunOneOptions } from './recorded/settings.ts'
import { Signals } from './recorded/signals.ts'

export { resultLine, resultsText } from './results-text.ts'

/** The results of several runs, and how a signal affected them. */
interface Ran {
  readonly results: Result[]
  /**
   * The exit code of a signal that kept later scenarios from running or ended the questions to a judge; undefined without one. A signal that ended a
   * load is in the result of that run.
   */
  readonly signal: ExitCode | undefined
}

type RunAllOptions = Pick<RunOneOptions, 'flags' | 'reports' | 'background' | 'finish' | 'events' | 'part'> & {
  /** Returns how many processes make the load of a scenario. */
  readonly workersOf: (one: LoadedScenario) => number
}

/**
 * Runs scenarios one after the other. A signal ends the current one, and the others do not start. Resolves with the results and, after a signal, its
 * exit code.
 * @throws UsageError, LocalError
 */
export async function runAll(loaded: readonly LoadedScenario[], options: RunAllOptions): Promise<Ran> {
  const { flags } = options
  const output = await openConsole(flags)
  const signals = new Signals((text) => output.say(text))
  const results: Result[] = []
  try {
    const folders = foldersOf(loaded, flags.out)
    for (const [index, one] of loaded.entries()) {
      if (signals.code !== undefined) break
      logWarnings(output, one)
      const workers = options.workersOf(one)
      const { result, directory } = await runOne(one, {
        ...options,
        flags: { ...flags, ...folders[index] },
        signals,
        output,
        workers,
      })
      results.push(result)
      annotate(result)
      await appendStepSummary(async () => (await reportFormats.md.load()).render(result, FILE_OPTIONS))
      const look = { ...renderOptionsFor(process.stderr, flags.color), directory }
      const { scenarioName, verdict, reason, exitCode } = result
      const { render } = await reportFormats.console.load()
      output.report(() => render(result, look), { scenarioName, verdict, reason, exitCode, directory })
    }
    if (flags.saveBaseline !== undefined) output.say(await keepAsBaseline(flags.saveBaseline, results))
    if (results.length > 1 && flags.logFormat !== 'json') {
      const { leagueTable } = await import('./league.ts')
      output.say(leagueTable(results, flags.color))
    }
  } finally {
    output.end()
    signals.release()
    if (flags.notify === 'bell' && process.stderr.isTTY) process.stderr.write('\u0007')
  }
  const isCut = results.length < loaded.length || results.some(wasJudgeCut) || signals.hasCut
  return { results, signal: isCut ? signals.code : undefined }
}

/** Saves the results as a baseline, and returns a message that says so. @throws LocalError */
async function keepAsBaseline(name: string, results: readonly Result[]): Promise<string> {
  const { saveBaseline } = await import('./baseline.ts')
  return saveBaseline(name, results)
}

/** Returns the folder of each run: the given `--out` for a single run; for several runs, a folder inside it named after the scenario. */
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

/** True when a signal ended the questions to the judge. The exit code of the result does not show this, because the load had ended before. */
function wasJudgeCut({ judge }: Result): boolean {
  return judge !== undefined && (judge.stopped === 'signal' || judge.failures.cut !== undefined)
}
