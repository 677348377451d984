import { Argument, type Command, Option } from 'commander'
import { addRunFlags, runFlag } from '../load/run-flags.ts'
import type { CommandOutcome } from '../output/outcome.ts'

/** Adds the command `burn search`, with its flags, to the command line of burn. */
export function addSearch(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('search')
    .summary('find the load that holds the thresholds')
    .description(
      [
        'Find the highest load that holds the thresholds of a scenario: its load is doubled until they fail, the gap is halved, and the limit is',
        'measured for long, several times. Every point is a run in the folder of the search. The same command with --out goes on with an earlier',
        'search. With --holds one load is confirmed, for CI: exit code 0 when it holds, 1 when it does not. 3: nothing could be tested, or time or',
        'money ended before the answer; 4: burn itself was the limit.',
      ].join(' '),
    )
    .addArgument(new Argument('[scenario]', 'scenario file, YAML or JSON; or an address'))
    .optionsGroup('Search:')
    .addOption(
      new Option(
        '--for <what>',
        'search for users, or for iterations started per second (default: as the load of the scenario)',
      ).choices(['users', 'rate']),
    )
    .option('--holds <load>', 'only ask whether this load holds')
    .option('--from <load>', 'load to begin with', '1')
    .option('--max <load>', 'highest load to try', '10000')
    .option('--precision <share>', 'half the width of the interval that is exact enough', '5%')
    .option('--confirm <time>', 'how long a load is measured to confirm it; what happens less often is not seen', '10m')
    .option('--point <time>', 'how long a load is measured on the way there, at least', '1m')
    .option('--warm-up <time>', 'load before each measurement, at least', '30s')
    .option('--budget <time>', 'end the search before it takes longer', '3h')
    .option('--max-cost <amount>', 'end the search before it costs more (in the currency of the prices)')
    .option(
      '--tier <name=thresholds>',
      'a set of thresholds to find a load for, such as "gold=ttft p95 < 500ms, errors ratio < 1%", beside those of the scenario; may be repeated',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option(
      '--salt',
      'begin the prompts of each point with a text of its own, so that none rides on what the last one left in a cache',
    )
  addRunFlags(command, ['What to run:', 'Request:'])
  command.optionsGroup('Load and thresholds:')
  for (const name of [
    'profile',
    'prices',
    'seed',
    'faults',
    'threshold',
    'slo',
    'maxErrorRate',
    'allowLag',
    'preflight',
  ] as const)
    if (!command.options.some((option) => option.attributeName() === name)) command.addOption(runFlag(name))
  command.optionsGroup('Public targets:').addOption(runFlag('yes')).addOption(runFlag('allow'))
  command.optionsGroup('Output:')
  for (const name of ['out', 'overwrite', 'output', 'log', 'json', 'quiet', 'logLevel', 'logFormat'] as const)
    command.addOption(runFlag(name))
  command.action(async (named: string | undefined) => {
    const { searchCommand } = await import('./search.ts')
    outcome.code = await searchCommand(named === undefined ? [] : [named], command)
  })
}
