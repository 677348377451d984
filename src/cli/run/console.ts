import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { ConsoleOutput } from '../output/console.ts'
import { levelOf } from '../output/log.ts'
import { warningText } from '../output/problems.ts'

/** Opens the console output that the flags describe: quiet, coloured, at a log level, or as JSON lines. @throws UsageError */
export async function openConsole(flags: RunFlags): Promise<ConsoleOutput> {
  const output = new ConsoleOutput({ quiet: flags.quiet === true, color: flags.color, level: levelOf(flags) })
  if (flags.logFormat === 'json') await output.speakJson()
  return output
}

/** Logs the warnings and notes of a loaded scenario. */
export function logWarnings(output: ConsoleOutput, { warnings }: LoadedScenario): void {
  for (const warning of warnings) output.log(warning.severity === 'note' ? 'info' : 'warn', warningText(warning))
}
