import { Argument, type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { configuredKeys } from '../config/find.ts'
import type { CommandOutcome } from '../output/outcome.ts'
import type { CancelFlags } from './cancel.ts'
import type { RunsFlags } from './choose.ts'
import type { RemoveFlags } from './remove.ts'
import type { ShowFlags } from './show.ts'

/** Adds the command `burn runs`, with its flags and subcommands, to the command line of burn. */
export function addRuns(program: Command, outcome: CommandOutcome): void {
  const runs = listOptions(program.command('runs'))
    .summary('list, show, cancel and remove the runs in burn-results, or how they have changed')
    .description(
      'List the runs in burn-results, the newest first. With --trend: the runs of each scenario in the order of time, how p95 of response_time has changed from the median of those before, and which stand out of what they vary by.',
    )
    .action((folder: string | undefined, flags: RunsFlags) => list(folder, flags, outcome))
  listOptions(runs.command('list'))
    .description('List the runs in burn-results, the newest first: the same as burn runs.')
    .action((folder: string | undefined, _: RunsFlags, command: Command) => list(folder, flagsOf(command), outcome))
  addShow(runs, outcome)
  addCancel(runs, outcome)
  addRemove(runs, outcome)
}

async function list(folder: string | undefined, flags: RunsFlags, outcome: CommandOutcome): Promise<void> {
  const { runsCommand } = await import('./runs.ts')
  outcome.code = await runsCommand(folder, flags)
}

/**
 * Returns the flags of a subcommand of `burn runs`. When both have a flag of the same name, commander gives its value to `burn runs`. @throws
 * UsageError for a flag that the subcommand does not have
 */
function flagsOf<Flags extends object>(command: Command): Flags {
  const { parent } = command
  const taken = parent?.options.filter((option) => parent.getOptionValueSource(option.attributeName()) === 'cli') ?? []
  const strange = taken.find(({ long }) => !command.options.some((own) => own.long === long) && long !== '--no-color')
  if (strange) throw new UsageError(`burn runs ${command.name()} has no ${strange.long}`, `burn runs ${command.name()} --help`)
  const values = taken.map((option) => [option.attributeName(), parent?.getOptionValue(option.attributeName())])
  return { color: true, ...command.opts<Flags>(), ...Object.fromEntries(values) }
}

function listOptions(command: Command): Command {
  return command
    .addArgument(new Argument('[folder]', 'folder of runs (default: burn-results)'))
    .option('--trend', 'how the runs of each scenario have changed')
    .option('--watch', 'on a terminal: anew every two seconds, until Ctrl-C')
    .option('--since <when>', 'only runs since then: an age such as 7d, or a date')
    .option('--scenario <name>', 'only runs of the scenario with this name or file')
    .option('--target <text>', 'only runs of a target with this name, or with this in its address')
    .option('--verdict <verdict>', 'only runs with this verdict, such as failed; or running')
    .option('--limit <n>', 'at most so many, the newest', '100')
    .option('--json', 'as JSON')
}

const folder = () => new Option('--folder <dir>', 'folder of runs (default: burn-results)')
const RUN = 'folder, id or scenario of a run'

function addShow(runs: Command, outcome: CommandOutcome): void {
  runs
    .command('show')
    .description('Show the head of one run: verdict, target, figures, files, and its process while it goes on.')
    .addArgument(new Argument('[run]', `${RUN} (default: the newest)`))
    .addOption(folder())
    .option('--json', 'as JSON')
    .action(async (run: string | undefined, _: ShowFlags, command: Command) => {
      const { showCommand } = await import('./show.ts')
      outcome.code = await showCommand(run, flagsOf(command))
    })
}

function addCancel(runs: Command, outcome: CommandOutcome): void {
  runs
    .command('cancel')
    .description(
      'Stop a run that goes on, from any terminal of the same machine, and wait until its files are written. The run ends as with Ctrl-C: what is in flight may finish, its exit code is 130. Cancel it once more to stop at once.',
    )
    .argument('<run>', RUN)
    .addOption(folder())
    .option('--json', 'print what became of it as JSON')
    .action(async (run: string, _: CancelFlags, command: Command) => {
      const { cancelCommand } = await import('./cancel.ts')
      outcome.code = await cancelCommand(run, flagsOf(command))
    })
}

function addRemove(runs: Command, outcome: CommandOutcome): void {
  runs
    .command('rm')
    .description(
      'Remove runs that are over: those that are named, or all that ended before an age. Only folders of runs inside the folder of runs are removed, never a run that goes on, none with files that burn did not write, and links are not followed. Asks on a terminal.',
    )
    .argument('[run...]', RUN)
    .addOption(folder())
    .option('--older-than <age>', 'all runs that ended longer ago, such as 30d (default: retention of burn.config.yaml)')
    .option('--dry-run', 'only list them')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the removed runs as JSON')
    .action(async (named: string[], _: RemoveFlags, command: Command) => {
      const { removeCommand } = await import('./remove.ts')
      const { retention } = configuredKeys(command) ?? {}
      outcome.code = await removeCommand(named, {
        ...flagsOf<RemoveFlags>(command),
        ...(retention === undefined ? {} : { retention }),
      })
    })
}
