/** Runs a suite that is ready: connects it with its folder, the terminal and signals, and prints its outcome. */

import type { Problem } from '../../../errors.ts'
import { suiteFormats } from '../../../report/suite/index.ts'
import type { SuiteResult } from '../../../result/suite.ts'
import { annotate } from '../../output/annotations.ts'
import { appendStepSummary } from '../../output/step-summary.ts'
import { logWarnings, openConsole } from '../../run/console.ts'
import type { RunOneOptions } from '../../run/recorded/settings.ts'
import { Signals } from '../../run/recorded/signals.ts'
import { SuiteFolder } from './folder.ts'
import { InOrder, printSuite } from './progress.ts'
import { SideBySide } from './side-by-side.ts'
import { type ReadySuite, SuiteRun } from './suite-run.ts'

interface RunReadyOptions extends Pick<RunOneOptions, 'flags' | 'reports' | 'events'> {
  /** The warnings about the suite file. */
  readonly warnings: readonly Problem[]
}

/**
 * Runs a loaded suite: opens the terminal output, handles signals, runs the tests, writes the files, and resolves with the suite's result.
 * @throws LocalError before anything is sent
 */
export async function runReady(ready: ReadySuite, options: RunReadyOptions): Promise<SuiteResult> {
  const { flags, reports, events, warnings } = options
  const { suiteId, name, parallel, tests } = ready
  const overwrite = flags.overwrite === true
  const hasPage = reports.some(({ format }) => format === 'html')
  const folder = new SuiteFolder({ suiteId, name, overwrite, hasPage, ...(flags.out === undefined ? {} : { out: flags.out }) })
  const output = await openConsole(flags)
  const signals = new Signals((text) => output.say(text))
  const progress = parallel > 1 ? new SideBySide(output, tests.length, flags) : new InOrder(output, flags)
  try {
    logWarnings(output, { warnings })
    const run = new SuiteRun(ready, { folder, signals, progress, overwrite, reports, ...(events && { events }) })
    const suite = await run.execute()
    progress.release()
    for (const result of run.results.values()) annotate(result)
    await appendStepSummary(() => suiteFormats.md(suite))
    printSuite(output, suite, folder.path, flags.color)
    return suite
  } finally {
    progress.release()
    signals.release()
    folder.release()
    if (flags.notify === 'bell' && process.stderr.isTTY) process.stderr.write('\u0007')
  }
}
