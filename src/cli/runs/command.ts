import { Argument, type Command } from 'commander'
import type { CommandOutcome } from '../output/outcome.ts'
import type { RunsFlags } from './choose.ts'

/** Adds the command `burn runs` and its flags. */
export function addRuns(program: Command, outcome: CommandOutcome): void {
  program
    .command('runs')
    .summary('list the runs in burn-results, or how they have changed')
    .description(
      'List the runs in burn-results, the newest first. With --trend: the runs of each scenario in the order of time, how p95 of response_time has changed from the median of those before, and which stand out of what they vary by.',
    )
    .addArgument(new Argument('[folder]', 'folder of runs (default: burn-results)'))
    .option('--trend', 'how the runs of each scenario have changed')
    .option('--since <when>', 'only runs since then: an age such as 7d, or a date')
    .option('--scenario <name>', 'only runs of the scenario with this name or file')
    .option('--target <text>', 'only runs of a target with this name, or with this in its address')
    .option('--verdict <verdict>', 'only runs with this verdict, such as failed')
    .option('--limit <n>', 'at most so many, the newest', '100')
    .option('--json', 'as JSON')
    .action(async (folder: string | undefined, flags: RunsFlags) => {
      const { runsCommand } = await import('./runs.ts')
      outcome.code = runsCommand(folder, flags)
    })
}
