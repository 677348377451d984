/** Builds the command line: every command with its flags. The code of a command is imported only when it is called. */
import { Argument, Command, Option } from 'commander'
import { VERSION } from '../version.ts'
import { addCompare } from './compare/command.ts'
import { overlaysAskedFor, takeDefaults } from './defaults/take.ts'
import { addConvert, addGenerate } from './generate/flags.ts'
import { addRunFlags, pluginOption, runFlag, setOption } from './load/run-flags.ts'
import { checkFlagsHoldSomething } from './load/variables.ts'
import { hush } from './output/notes.ts'
import type { CommandOutcome } from './output/outcome.ts'
import { addAudit, addExplain, addMonitor, addPing, addPlan, addSchema, addSelftest } from './program-look.ts'
import { addMerge, addReplay, addRuns, addSearch, addTail, addWebhook } from './program-stored.ts'
import { addSchedule } from './schedule/command.ts'
import { addShell } from './shell/command.ts'
import { examplesOf } from './shell/examples.ts'
import { addMock, addRelay } from './wire/commands.ts'

const EXAMPLES = `
Examples:
  burn run scenarios/quickstart.yaml
  burn run chat.yaml -c 50 -d 2m --report junit,md
  burn run http://127.0.0.1:8080/chat -m "Hello" -c 10 -r 5 -d 60
  burn validate "scenarios/**/*.yaml"

Exit codes:
  0 passed   1 failed: a threshold or a default rule   2 bad usage or scenario
  3 could not test   4 measurement not valid   5 bug in burn
  6 result or journal not readable   7 local files   130/143 SIGINT/SIGTERM`

/** Adds the command of each name, with its flags. `completion` and `man`, which describe all others, are added together with them. */
const ADDERS: ReadonlyMap<string, (program: Command, outcome: CommandOutcome) => void> = new Map([
  ['run', addRun],
  ['validate', addValidate],
  ['explain', addExplain],
  ['plan', addPlan],
  ['ping', addPing],
  ['audit', addAudit],
  ['generate', addGenerate],
  ['convert', addConvert],
  ['mock', addMock],
  ['report', addReport],
  ['compare', addCompare],
  ['merge', addMerge],
  ['search', addSearch],
  ['selftest', addSelftest],
  ['runs', addRuns],
  ['tail', addTail],
  ['relay', addRelay],
  ['monitor', addMonitor],
  ['replay', addReplay],
  ['schedule', addSchedule],
  ['webhook', addWebhook],
  ['schema', addSchema],
])

/**
 * Builds burn's command line: all commands and flags or, with `only`, just the command of that name, which takes a quarter of the time. The command
 * that runs stores its exit code in `outcome.code`.
 */
export function buildProgram(outcome: CommandOutcome, only?: string): Command {
  const program = new Command('burn')
    .description(
      'Load-test things that talk: chatbots, LLM endpoints and streaming backends.\nFiles in, files out; numbers that can be believed.',
    )
    .version(VERSION, '-V, --version', 'Print the version')
    .addOption(noColor())
    .helpOption('-h, --help', 'Show help')
    .helpCommand('help [command]', 'Show help of a command')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ sortOptions: false })
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text + takersOf(text)) })
    .exitOverride()
    // Plugins must be loaded before an action imports the schema, which is assembled from all protocols.
    .hook('preAction', async (_, action) => {
      // The variable is set for the whole process, so that problems printed before a command reads its flags have no colour either.
      if ([program, action].some((command) => command.opts().color === false)) process.env.NO_COLOR = '1'
      hush(action.opts().quiet === true)
      checkFlagsHoldSomething(action)
      await takeDefaults(action)
      const { plugin = [] } = action.opts<{ plugin?: string[] }>()
      if (plugin.length > 0) await (await import('./load/plugin/load-plugins.ts')).loadPlugins(plugin)
    })
  const add = only === undefined ? undefined : ADDERS.get(only)
  if (add) add(program, outcome)
  else for (const addEach of [...ADDERS.values(), addShell]) addEach(program, outcome)
  for (const command of program.commands) {
    command.exitOverride().showSuggestionAfterError().addHelpText('after', examplesOf(command.name()))
    if (!command.options.some(({ long }) => long === '--no-color')) command.addOption(noColor())
    if (TALKATIVE.has(command.name())) command.addOption(new Option('-q, --quiet', 'no notes on stderr').helpGroup('Options:'))
  }
  return program
}

/** Commands that print notes and therefore get the option `--quiet`; `run` and `validate` have one of their own. */
const TALKATIVE = new Set([
  'merge',
  'plan',
  'ping',
  'audit',
  'generate',
  'convert',
  'mock',
  'relay',
  'tail',
  'replay',
  'monitor',
  'selftest',
])

/** Returns a hint that names the commands which accept an option that this command does not know; '' when none does. */
function takersOf(problem: string): string {
  const [, flag = ''] = /unknown option '(--?[\w-]+)/.exec(problem) ?? []
  if (flag === '') return ''
  const takers = buildProgram({ code: 0 }).commands.filter(({ options }) =>
    options.some(({ short, long }) => flag === short || flag === long),
  )
  const names = takers.map((command) => `burn ${command.name()}`)
  return names.length === 0 ? '' : `  hint: ${flag} is for ${names.join(', ')}, and stands behind the command\n`
}

const noColor = () => new Option('--no-color', 'no colours').helpGroup('Options:')

function addRun(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('run')
    .summary('run scenarios: one verdict, one exit code')
    .description(
      'Run one or more scenarios, one after the other; one verdict, one exit code.\nAn address in place of a file is a quick run (with -m, --data, -p, …): one user, one request per second, for 60 s, unless -c, -r, -d or -n say otherwise (-n alone: as fast as the replies come). With --preset the base address of an API, such as http://host/v1, is enough: burn adds the path.',
    )
    .addArgument(new Argument('[scenario...]', 'scenario files, YAML or JSON; or one address'))
  addRunFlags(command).action(async (files: string[]) => {
    const { isSuiteAsked } = await import('./suite/file/is-suite.ts')
    const { runCommand } = isSuiteAsked(files, command) ? await import('./suite/suite.ts') : await import('./run/run.ts')
    outcome.code = await runCommand(files, command)
  })
}

function addValidate(program: Command, outcome: CommandOutcome): void {
  program
    .command('validate')
    .summary('find all problems of all files at once; sends nothing')
    .description('Check scenario files: all problems of all files at once, with line and column. Sends nothing.')
    .argument('<file...>', 'scenario files or globs')
    .addOption(
      new Option('--format <format>', 'how to print problems (default: text; where GITHUB_ACTIONS is true: github)').choices([
        'text',
        'json',
        'github',
        'sarif',
      ]),
    )
    .option('--strict', 'warnings fail too')
    .addOption(pluginOption())
    .option('--no-env', 'only warn of environment variables that are not set')
    .option('-q, --quiet', 'print problems only')
    .optionsGroup('As a run with the same flags would load it:')
    .option('--profile <name>', 'validate with this profile (default: without and with every overlay)')
    .option('--environment <name>', 'validate with this environment')
    .addOption(setOption())
    .addOption(runFlag('varsFile'))
    .addOption(runFlag('secretsDir'))
    .optionsGroup('With a sample reply:')
    .option('--sample <file>', 'file with a reply (JSON, NDJSON or SSE) to try the paths of the scenario on')
    .option('--target <name>', 'target that sent the sample (default: every target)')
    .option('--step <name>', 'step that the sample is the reply to (default: every message step)')
    .action(async (files: string[], options: Parameters<typeof import('./validate.ts').validateCommand>[1], command: Command) => {
      const { validateCommand } = await import('./validate.ts')
      outcome.code = await validateCommand(files, { ...options, askedBy: overlaysAskedFor(command) })
    })
}

function addReport(program: Command, outcome: CommandOutcome): void {
  program
    .command('report')
    .summary('render a stored result again')
    .description(
      'Render a stored result again, also of a run that was killed: that one is marked INCOMPLETE. Or a stored comparison (console, json, md, junit or html), or a suite (console, json, md or junit).',
    )
    .argument('<run>', 'folder of a run or its result.json; folder of a suite, a search, or a comparison')
    .addOption(pluginOption())
    .option('-f, --format <format>', 'console, json, junit, md, html, hlog, csv, jsonl or parquet', 'console')
    .option(
      '--level <level>',
      'of csv, jsonl and parquet: what a row is: run, second (default of csv), step, iteration, or attempt (default of the others); the last two from the journal',
    )
    .option('--quality', 'measure the quality of the replies in the journal again (console or json)')
    .option('--reference <run>', 'with --quality: compare each reply with that of another run, of one user, to the same message')
    .option(
      '--judge <scenario>',
      'with --quality: let the judge of a scenario score a sample of the replies or, with --reference, say which are better, in both orders',
    )
    .option('--labels <file>', 'with --judge: how far it agrees with people: a file with the columns message, reply, good')
    .option('-o, --output <file>', 'write to a file in place of stdout')
    .addOption(noColor())
    .action(async (run: string, options: Parameters<typeof import('./report.ts').reportCommand>[1], command: Command) => {
      const { reportCommand } = await import('./report.ts')
      outcome.code = await reportCommand(run, options, command)
    })
}
