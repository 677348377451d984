import type { ExitCode } from '../../../errors.ts'
import type { LoadedScenario } from '../../load/load-scenario.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import { openConsole } from '../../run/console.ts'
import { runOne } from '../../run/recorded/scenario-run.ts'
import { Signals } from '../../run/recorded/signals.ts'

/** Runs the scenario that sends recorded messages again, and records it; returns its exit code and folder. @throws UsageError, LocalError */
export async function runAgain(
  loaded: LoadedScenario,
  flags: RunFlags,
): Promise<{ readonly code: ExitCode; readonly folder: string }> {
  const output = await openConsole(flags)
  const signals = new Signals((text) => output.say(text))
  try {
    const { result, directory } = await runOne(loaded, { flags, reports: [], signals, output, background: undefined })
    output.say(`the new run: ${directory}`)
    return { code: result.exitCode as ExitCode, folder: directory }
  } finally {
    output.end()
    signals.release()
  }
}
