import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { parseCount } from '../../text/units.ts'
import type { CommandOutcome } from '../output/outcome.ts'
import type { ScheduleFlags } from './schedule.ts'
import { systems } from './systems/index.ts'
import { OVERLAPS } from './systems/overlap.ts'

const MOST_RUNS = 999_999_999

/** Adds the command `burn schedule`, with its flags, to the command line of burn. */
export function addSchedule(program: Command, outcome: CommandOutcome): void {
  program
    .command('schedule')
    .summary('run scenarios by a cron line')
    .description(
      'Run scenarios when a cron expression is due, in the foreground, each run as a process of its own: its output, folder and verdict are those of `burn run`. What follows -- is given to it. Ctrl-C ends the run under way, then the schedule. Exit code: the worst of all runs.',
    )
    .argument('<scenario...>', 'scenario files, and behind -- the flags of burn run')
    .requiredOption('--cron <expression>', 'five fields, or six with seconds, such as "0 */6 * * *"; or @daily')
    .option('--tz <zone>', 'time zone of the expression, such as Europe/Berlin (default: that of this machine)')
    .option('--max-runs <n>', 'end after so many runs', (text) => {
      const count = parseCount(text, 1, MOST_RUNS)
      if (count === undefined) throw new UsageError(`--max-runs ${text}: expected a whole number from 1 to ${MOST_RUNS}`)
      return count
    })
    .addOption(
      new Option(
        '--overlap <policy>',
        'a run that is due while another goes on: leave it out (default), start it behind that, or beside it',
      ).choices(OVERLAPS),
    )
    .addOption(
      new Option('--print <system>', 'print a unit for crontab, systemd, GitHub Actions or Kubernetes, and run nothing').choices(
        Object.keys(systems),
      ),
    )
    .action(async (run: string[], flags: ScheduleFlags) => {
      const { scheduleCommand } = await import('./schedule.ts')
      outcome.code = await scheduleCommand(run, flags)
    })
}
