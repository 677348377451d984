import { Argument, type Command, Option } from 'commander'
import { addRunFlags, runFlag } from '../load/run-flags.ts'
import type { CommandOutcome } from '../output/outcome.ts'

/** Adds the command `burn compare`, with its flags, to the command line of burn. */
export function addCompare(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('compare')
    .summary('is B worse or better than A? Two targets or scenarios live, or two results')
    .description(
      [
        'Compare two targets of a scenario (chat.yaml --target a,b) or two scenarios: both are run at the same time, with the same arrivals, data and',
        'think times, and compared block by block. Or compare two stored results, or sets of results. Each metric gets bounds and one of five',
        'verdicts: WORSE and BETTER (certain, and it matters), SMALL (certain, and less than the limit), SAME (certainly within the limit), UNCLEAR (the',
        'data allow both). Results that were not made together get wider bounds (--run-noise); three runs and more on one side show how much',
        'runs vary. Exit code 1 when a metric that decides is WORSE.',
      ].join(' '),
    )
    .addArgument(
      new Argument(
        '[what...]',
        "one scenario with two targets; two scenarios; or A and B: folder of a run, result.json, a folder of runs or a pattern in quotes ('base-*')",
      ),
    )
  addComparisonFlags(command)
  command
    .optionsGroup('Live:')
    .option('--against <url>', 'address of B, for one scenario whose target (or -e) is A')
    .option('--faults', 'A without the faults of one scenario, B with them')
    .addOption(
      new Option('--mode <mode>', 'both at the same time; in turns A, B, B, A, for targets that share one server; or A, then B')
        .choices(['interleaved', 'abba', 'sequential'])
        .default('interleaved'),
    )
    .option(
      '--until-decided',
      'look at each fifth of the load, and end when a metric that decides is worse, or each has its verdict',
    )
    .option(
      '--salt',
      'begin the prompts of each side with a text of its own, so that neither rides on what the other left in a cache',
    )
    .option('--cool-down <time>', 'pause between turns', '5s')
  addRunFlags(command, ['What to run:', 'Load:'])
  command
    .optionsGroup('Output:')
    .addOption(runFlag('out'))
    .addOption(runFlag('overwrite'))
    .addOption(runFlag('log'))
    .addOption(runFlag('allowLag'))
    .addOption(runFlag('preflight'))
    .addOption(runFlag('yes'))
    .addOption(runFlag('allow'))
    .addOption(
      new Option('-f, --format <format>', 'how to print it')
        .choices(['console', 'json', 'md', 'junit', 'html'])
        .default('console'),
    )
    .option('-o, --output <file>', 'write to a file in place of stdout')
    .addOption(runFlag('quiet'))
    .addOption(runFlag('logLevel'))
    .action(async (named: string[]) => {
      const { compareCommand } = await import('./compare.ts')
      outcome.code = await compareCommand(named, command)
    })
}

/** Adds the flags that say how the two sides are compared, such as tolerances and the deciding metrics. */
function addComparisonFlags(command: Command): void {
  command
    .optionsGroup('Comparison:')
    .option(
      '--gate <metrics>',
      'metrics that decide, such as "ttft p95,errors" (default: p50 and p95 of ttft or response_time, response_time p95, errors, checks)',
    )
    .option(
      '--tolerance <limits>',
      'smallest change that matters, such as latency=5%,errors=1pp; also p50, p95, p99, checks, throughput (default: 5%, of stored results 10%; errors and checks 1pp)',
    )
    .addOption(
      new Option(
        '--limits <name>',
        'limits of a kind: regression = p50 15%, p95 20%, p99 25%, throughput 15%, errors by half',
      ).choices(['regression']),
    )
    .option('--confidence <percent>', 'that the bounds of all metrics that decide hold together (default: 99)')
    .option('--run-noise <percent>', 'how much runs of one system vary (default: 3); for runs that were not made together')
    .option('--strict', 'UNCLEAR ends with exit code 4')
    .option(
      '--session <ids>',
      'in place of two runs, one recorded conversation of each, message beside message: 3#0 (user 3, iteration 0), or one of each run, 3#0,5#0',
    )
}
