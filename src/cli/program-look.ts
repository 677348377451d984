/** Adds the commands that examine something without a run: plan, ping, audit, selftest, explain, schema, monitor. */
import { Argument, type Command } from 'commander'
import { addRunFlags, pluginOption } from './load/run-flags.ts'
import type { CommandOutcome } from './output/outcome.ts'

export { addMonitor } from './monitor/command.ts'

/** Adds the command `burn plan`, with its flags, to the command line of burn. */
export function addPlan(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('plan')
    .summary('forecast a run; sends nothing')
    .description(
      'Forecast a run: arrivals, users, requests, tokens, and whether this machine can carry it. Sends nothing.\nTakes the flags of `burn run` that change the load.',
    )
    .addArgument(new Argument('[scenario...]', 'scenario files, YAML or JSON; or one address'))
  addRunFlags(command, ['What to run:', 'Request:', 'Load:'])
  command
    .optionsGroup('Estimates:')
    .option('--reply-time <time>', 'assumed duration of a reply', '1s')
    .option('--input-price <price>', 'price of a million input tokens, for targets without `pricing`')
    .option('--output-price <price>', 'price of a million output tokens')
    .optionsGroup('Output:')
    .option('--graph', 'print the steps as a tree instead of the forecast')
    .option('--json', 'print the plan as JSON')
    .action(async (files: string[]) => {
      const { planCommand } = await import('./plan.ts')
      outcome.code = await planCommand(files, command)
    })
}

/**
 * Adds a command that sends a few requests to each target of a scenario, an address or a preset, with the flags that choose what is sent. Flags that
 * are added later stand in the `group` of the help in which `--timeout` is.
 */
function aboutTargets(program: Command, name: string, { group, timeout }: { group: string; timeout: string }): Command {
  const command = program.command(name).addArgument(new Argument('[subject]', 'scenario file, address or preset'))
  addRunFlags(command, ['What to run:', 'Request:'])
  return command.optionsGroup(group).option('--timeout <time>', 'how long each exchange may take', timeout)
}

/** Adds the command `burn ping`, with its flags, to the command line of burn. */
export function addPing(program: Command, outcome: CommandOutcome): void {
  const command = aboutTargets(program, 'ping', { group: 'Ping:', timeout: '10s' })
  command
    .summary('send one request to each target and show everything')
    .description(
      'Send one request to each target, as a run does, and show the time of every stage, the request (secrets masked), the raw reply and what burn understood of it.\nThe argument is a scenario file, an address or the name of a preset. Think times are left out, nothing is retried.',
    )
    .option('--all', 'make the first exchange of every step instead of one per target')
    .option('--raw', 'show the whole reply, however long')
    .option('--json', 'print everything as JSON')
    .action(async (subject: string | undefined) => {
      const { pingCommand } = await import('./ping.ts')
      outcome.code = await pingCommand(subject, command)
    })
}

/** Adds the command `burn audit`, with its flags, to the command line of burn. */
export function addAudit(program: Command, outcome: CommandOutcome): void {
  const command = aboutTargets(program, 'audit', { group: 'Audit:', timeout: '60s' })
  command
    .summary('find caches and false figures of a target')
    .description(
      'Send one message of a scenario to each target again and again, behind a beginning that is new each time and behind one that repeats, one at a time, and look at the replies: whether a repeated prompt comes more than 10% sooner (a cache of prompts) or whole replies are kept, whether a stream comes piece by piece, whether the reported tokens fit it, whether the streamed text is that of a whole reply, whether replies to one prompt are alike, and with --reference whether they are as long as those of an earlier run.\nThe argument is a scenario file, an address or the name of a preset. Exit code 1 when something was found, or could not be decided.',
    )
    .option('--pairs <n>', 'pairs of a new and a repeated prompt to send, from 7 to 200', '10')
    .option('--allow-cache', 'a cache of prompts is no failure')
    .option('--reference <run>', 'compare the length of the replies with those of this run')
    .option('--json', 'print everything as JSON')
    .action(async (subject: string | undefined) => {
      const { auditCommand } = await import('./audit/audit.ts')
      outcome.code = await auditCommand(subject, command)
    })
}

/** Adds the command `burn selftest`, with its flags, to the command line of burn. */
export function addSelftest(program: Command, outcome: CommandOutcome): void {
  program
    .command('selftest')
    .summary('find out what this machine can measure')
    .description(
      'Measure over each protocol how many exchanges per second this machine carries, and at 10, 50 and 90 % of that how far burn is off: time to the first token, gaps, response time and pacing, against the embedded target in a process of its own. Takes less than two minutes; run it on an idle machine. What it finds is kept for this machine, and burn plan and burn run warn of loads above 70 % of a ceiling.',
    )
    .option('--quick', 'measure for one second each, and at 10 and 90 % alone: less than a minute')
    .option('--json', 'print everything as JSON')
    .action(async (flags: { quick?: boolean; json?: boolean }) => {
      const { selftestCommand } = await import('./selftest/selftest.ts')
      outcome.code = await selftestCommand(flags)
    })
}

/** Adds the command `burn explain` to the command line of burn. */
export function addExplain(program: Command, outcome: CommandOutcome): void {
  program
    .command('explain')
    .summary('explain a code, class or warning')
    .description(
      'Explain a problem code (E_URL), a failure class (refused), a warning (not_json), a reason why numbers are not valid (lag) or an exit code (4): what it means and what to do. Without a name it lists them all.',
    )
    .addArgument(new Argument('[name]', 'a name or number from the output of burn validate, or from a report'))
    .action(async (name: string | undefined) => {
      const { explainCommand } = await import('./explain.ts')
      outcome.code = explainCommand(name)
    })
}

/** Adds the command `burn schema`, with its flags, to the command line of burn. */
export function addSchema(program: Command, outcome: CommandOutcome): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios, results and other files, for editors')
    .description(
      'Print the JSON Schema of scenario files, of suites, of result.json, of suite.json, of search.json, of a line of burn run --events, or of burn.config.yaml (draft 2020-12).\nOr the entries for the catalogue of SchemaStore, which say for the files of which names editors take them.',
    )
    .addArgument(
      new Argument('[of]', 'what to describe')
        .choices(['scenario', 'suite', 'result', 'suite-result', 'search', 'event', 'config', 'catalog'])
        .default('scenario'),
    )
    .addOption(pluginOption())
    .action(async (of: Parameters<typeof import('./schema.ts').schemaCommand>[0]) => {
      const { schemaCommand } = await import('./schema.ts')
      outcome.code = schemaCommand(of)
    })
}
