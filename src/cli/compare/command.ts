import { Argument, type Command, Option } from 'commander'
import type { CommandOutcome } from '../output/outcome.ts'
import type { CompareFlags } from './flags.ts'

/** Adds the command `burn compare` and its flags. */
export function addCompare(program: Command, outcome: CommandOutcome): void {
  program
    .command('compare')
    .summary('compare two results: what changed, and how sure that is')
    .description(
      [
        'Compare two results, or sets of results: is B worse or better than A? Each metric gets bounds and one of five verdicts: WORSE and BETTER',
        '(certain, and it matters), SMALL (certain, and less than the limit), SAME (certainly within the limit), UNCLEAR (the data allow both).',
        'Two single runs were not made together, so their bounds include how much runs of one system vary (--run-noise); three runs and more',
        'on one side show how much they do. Exit code 1 when a metric that decides is WORSE.',
      ].join(' '),
    )
    .addArgument(
      new Argument(
        '<run...>',
        "A and B: the folder of a run, its result.json, a folder of runs or a pattern in quotes ('base-*') for a set",
      ),
    )
    .option(
      '--gate <metrics>',
      'metrics that decide, such as "ttft p95,errors" (default: p50 and p95 of ttft or response_time, response_time p95, errors, checks)',
    )
    .option(
      '--tolerance <limits>',
      'smallest change that matters, such as latency=5%,p99=10%,errors=1pp,checks=1pp,throughput=5% (default: latency and throughput 10%, shares 1pp)',
    )
    .addOption(
      new Option(
        '--preset <name>',
        'limits of a kind: regression = p50 15%, p95 20%, p99 25%, throughput 15%, errors by half',
      ).choices(['regression']),
    )
    .option('--confidence <percent>', 'that the bounds of all metrics that decide hold together (default: 99)')
    .option('--run-noise <percent>', 'how much runs of one system vary (default: 3); for two single runs')
    .option('--strict', 'UNCLEAR ends with exit code 4')
    .option('--seed <seed>', 'seed of what is drawn at random')
    .addOption(
      new Option('-f, --format <format>', 'how to print it').choices(['console', 'json', 'md', 'junit']).default('console'),
    )
    .option('-o, --output <file>', 'write to a file in place of stdout')
    .option('--no-color', 'no colours')
    .action(async (named: string[], flags: CompareFlags) => {
      const { compareCommand } = await import('./compare.ts')
      outcome.code = await compareCommand(named, flags)
    })
}
