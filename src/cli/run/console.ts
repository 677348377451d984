import { W_PUBLIC_TARGET } from '../../scenario/problems/load/W_PUBLIC_TARGET.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { ConsoleOutput } from '../output/console.ts'
import { levelOf } from '../output/log.ts'
import { warningText } from '../output/problems.ts'

/**
 * Opens the terminal output of a run, as the flags ask for: quiet, coloured, at a log level, or as lines of JSON.
 * @throws UsageError
 */
export async function openConsole(flags: RunFlags): Promise<ConsoleOutput> {
  // The live view is painted again and again, and would destroy lines of events on the same terminal.
  const plain = flags.events === '-' && process.stdout.isTTY
  const output = new ConsoleOutput({ quiet: flags.quiet === true, color: flags.color, level: levelOf(flags), plain })
  if (flags.logFormat === 'json') await output.speakJson()
  return output
}

/**
 * Logs the warnings and notes that were found while a scenario was loaded. The warning about a public target is left out, because `burn run` checks
 * public targets itself.
 */
export function logWarnings(output: Pick<ConsoleOutput, 'log'>, { warnings }: Pick<LoadedScenario, 'warnings'>): void {
  for (const warning of warnings.filter(({ code }) => code !== W_PUBLIC_TARGET.code))
    output.log(warning.severity === 'note' ? 'info' : 'warn', warningText(warning))
}
