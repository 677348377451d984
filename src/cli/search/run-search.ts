/** Runs a search: connects it with its folder, the terminal and signals. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pointLine, searchFormats } from '../../report/search/index.ts'
import type { SearchResult } from '../../result/search.ts'
import { renderOptionsFor } from '../output/console.ts'
import { appendStepSummary } from '../output/step-summary.ts'
import { logWarnings, openConsole } from '../run/console.ts'
import { runOne } from '../run/recorded/scenario-run.ts'
import { Signals } from '../run/recorded/signals.ts'
import { withoutSecrets } from '../suite/run/folder.ts'
import type { SearchChoices, SearchFlags } from './choices.ts'
import { SearchFolder } from './folder.ts'
import { SearchRun } from './search-run.ts'
import type { SearchSubject } from './subject.ts'

/**
 * Runs a capacity search (`burn search`), prints its progress and outcome, and resolves with the content of its result file, `search.json`.
 * @throws LocalError or InputError before anything is sent; LocalError when a file cannot be written
 */
export async function searched(subject: SearchSubject, choices: SearchChoices, flags: SearchFlags): Promise<SearchResult> {
  const { plan } = subject.base
  const overwrite = flags.overwrite === true
  const searchId = randomBytes(6).toString('hex')
  const folder = new SearchFolder({ searchId, name: plan.name, out: flags.out, overwrite })
  const output = await openConsole(flags)
  const signals = new Signals((text) => output.say(text))
  try {
    const earlier = folder.goingOn(subject.hash(), choices.unit)
    const { holds, goal, lengths } = choices
    // Warnings of the load as it is written, such as that a rate is missing, would be about a load that no point has.
    const first = { load: holds ?? goal.from, warmupS: lengths.warmup, seconds: lengths.point, seed: plan.seed }
    logWarnings(output, subject.at(first, undefined))
    if (earlier) output.say(`going on with the search in ${folder.path}: points known so far: ${earlier.points.length}`)
    const identity = earlier ?? { searchId, scenarioHash: subject.hash(), seed: plan.seed, startTime: Date.now() }
    const run = new SearchRun(
      subject,
      choices,
      { ...identity, earlier: earlier?.points ?? [] },
      {
        run: async (point, name, maxCost) => {
          const runFlags = { ...flags, out: join(folder.path, name), overwrite: true }
          const { result } = await runOne(subject.at(point, maxCost), {
            flags: runFlags,
            reports: [],
            signals,
            output,
            background: undefined,
          })
          return result
        },
        save: (search) => folder.save(withoutSecrets(search)),
        onBegin: (text) => output.log('info', text),
        onPoint: (point) =>
          output.report(() => pointLine(point, choices.unit), { point: point.number, load: point.load, reason: point.reason }),
      },
    )
    const search = withoutSecrets(await run.execute())
    const { verdict, reason, exitCode } = search
    const look = { ...renderOptionsFor(process.stderr, flags.color), directory: folder.path }
    output.report(() => `\n${searchFormats.console(search, look)}`, {
      search: search.search,
      verdict,
      reason,
      exitCode,
      directory: folder.path,
    })
    await appendStepSummary(() => searchFormats.md(search))
    return search
  } finally {
    output.end()
    signals.release()
    folder.release()
  }
}
