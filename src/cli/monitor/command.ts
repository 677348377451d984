import { type Command, Option } from 'commander'
import type { CommandOutcome } from '../output/outcome.ts'
import type { MonitorFlags } from './settings.ts'

const each = (value: string, before: string[] = []) => [...before, value]

/** Adds the command `burn monitor`, with its flags, to the command line of burn. */
export function addMonitor(program: Command, outcome: CommandOutcome): void {
  program
    .command('monitor')
    .summary('watch a machine: CPU, memory, disk, network, processes, health')
    .description(
      'Watch this machine (Linux; of other systems what is known), or another one through its node-exporter, for some time: CPU, load, memory, swap, disk, network and processes, and whether addresses answer. What is not known is null, and never 0. Ctrl-C ends it with a full report.',
    )
    .option('-d, --duration <time>', 'how long', '300s')
    .option('-i, --interval <time>', 'how often', '1s')
    .optionsGroup('What to watch:')
    .option('--from <url>', 'another machine: the address of its node-exporter, such as http://db-1:9100')
    .addOption(
      new Option('--from-header <header>', 'header to send there, such as "authorization: Bearer …" (repeatable)').argParser(
        each,
      ),
    )
    .addOption(
      new Option('--process <name or pid>', 'processes of this machine, such as node or 1234 (repeatable)').argParser(each),
    )
    .addOption(
      new Option('--health <url>', 'address that answers 200 to 299 while all is well, or name=address (repeatable)').argParser(
        each,
      ),
    )
    .option('--ca <file>', 'certificates to trust of these addresses, in place of the system ones (PEM)')
    .option('-k, --insecure', 'accept any certificate of these addresses')
    .optionsGroup('Bounds; those given here decide the exit code, 1 when one does not hold:')
    .option('--max-cpu <percentage>', 'largest use of all CPUs together (default: 80%)')
    .option('--max-memory <percentage>', 'largest use of memory (default: 80%)')
    .option('--min-availability <percentage>', 'smallest share of good answers of each --health (default: 95%)')
    .optionsGroup('Output:')
    .option('--out <dir>', 'folder for monitor.json and monitor.md (default: burn-results/monitor-<time>)')
    .option('--overwrite', 'replace an earlier monitor.json in --out')
    .option('--json', 'JSON lines on stdout: each moment, and at the end the report')
    .action(async (flags: MonitorFlags) => {
      const { monitorCommand } = await import('./monitor.ts')
      outcome.code = await monitorCommand(flags)
    })
}
