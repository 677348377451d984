import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { alsoNamed } from '../load/run-flags.ts'
import type { ConvertFlags } from '../output/new-files.ts'
import type { CommandOutcome } from '../output/outcome.ts'

const FORMATS = ['yaml', 'json']
const SYSTEMS = [
  ...['github', 'github-compare', 'github-action', 'gha-matrix', 'gitlab', 'gitlab-parallel'],
  ...['pre-commit', 'docker', 'k8s-job', 'argo'],
]
const WORKLOADS = ['chat', 'code', 'rag', 'reasoning', 'agent', 'all']
const TYPES = ['websocket', 'mqtt', 'http', 'sse', 'grpc', 'chat', 'mixed', 'soak', 'all']

/** Adds the command `burn generate`, with its flags, to the command line of burn. */
export function addGenerate(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('generate')
    .summary('write a scenario from a template')
    .description(
      'Write a commented, valid scenario from a template, a pipeline for CI, or a scenario made from requests of another tool.\nOn a terminal, without arguments, it asks.',
    )
    .argument('[template]', 'name of the template (see --list); with --from, the file to read')
    .option('-l, --list', 'list templates, presets and types')
    .option('--template <name>', 'the same as naming it')
    .addOption(new Option('-t, --type <type>', 'the template of a kind of target').choices(TYPES))
    .addOption(
      new Option('--workload <kind>', 'a ready workload with lengths of prompts and replies as in real traffic').choices(
        WORKLOADS,
      ),
    )
    .option(
      '-o, --output <path>',
      'file or folder to write to, a folder is made; - for standard output (default: the folder scenarios)',
    )
    .addOption(new Option('--format <format>', 'format of the file (default: yaml, or what -o says)').choices(FORMATS))
    .option('--force', 'overwrite existing files')
    .option('--preset <name>', 'send to a known API instead of the demo target')
    .option('--url <url>', 'send to this address (also -e, --endpoint)')
    .addOption(new Option('-e, --endpoint <url>').hideHelp())
    .option('--model <name>', 'model to request')
    .addOption(
      new Option(
        '--ci <system>',
        'write a pipeline, an action or a Dockerfile, and the scenario that it runs if there is none yet; or a hook (-o - prints it)',
      ).choices(SYSTEMS),
    )
    .option('--source <spec>', 'with --ci: what npm installs burn from, such as git+https://… (default: $BURN_SOURCE)')
    .addOption(
      new Option('--from <kind>', 'make it from requests of another tool').choices(['curl', 'har', 'openapi', 'postman']),
    )
    .option('--answers <file>', 'file in which the wizard saves its answers (never keys), and from which it continues')
    .option('-y, --yes', 'ask nothing: use the answers in --answers, and defaults for the others')
    .action(async (name: string | undefined, { template, ...flags }: { template?: string; from?: string }) => {
      if (template !== undefined && (name ?? flags.from) !== undefined)
        throw new UsageError('--template names the template: nothing else can', 'leave out the argument and --from')
      const { generateCommand } = await import('./generate.ts')
      outcome.code = await generateCommand(name ?? template, flags)
    })
  alsoNamed(command, 'endpoint', 'url')
}

const IMPORTS = ['stream-testbench', 'krawall', 'curl', 'har', 'openapi', 'postman']
const TRACES = ['burn', 'mooncake', 'azure-llm', 'burstgpt', 'sharegpt']

/** Adds the command `burn convert`, with its flags, to the command line of burn. */
export function addConvert(program: Command, outcome: CommandOutcome): void {
  program
    .command('convert')
    .summary('turn files of other tools into scenarios, and traces into anonymous ones')
    .description(
      'Turn a file of another tool into a scenario. What has no equivalent is named on stderr and in the file; secrets become references to the environment.\nWith --anonymize, turn a trace of requests into one that can be handed on: times, lengths and shared blocks stay, texts, names and ids do not.',
    )
    .argument('<file>', 'the file, or - for standard input')
    .option('-o, --output <path>', 'file or folder to write to, a folder is made; - for standard output', '-')
    .addOption(new Option('--format <format>', 'format of the result (default: yaml, or what -o says)').choices(FORMATS))
    .addOption(
      new Option('--from <kind>', `format of the file; with --anonymize: ${TRACES.join(', ')}`)
        .choices(['auto', ...IMPORTS, ...TRACES])
        .default('auto'),
    )
    .option('--anonymize', "write a trace anew, in burn's own format and without what someone wrote or can be known by")
    .option('--rate <rate>', 'with --anonymize, for a trace without times: sessions that start per second, such as 2/s')
    .option('--force', 'overwrite existing files')
    .action(async (file: string, flags: ConvertFlags & { anonymize?: boolean }) => {
      checkKind(flags)
      if (flags.anonymize) {
        const { anonymizeCommand } = await import('./anonymize.ts')
        outcome.code = await anonymizeCommand(file, flags)
      } else {
        const { convertCommand } = await import('./convert.ts')
        outcome.code = await convertCommand(file, flags)
      }
    })
}

/** Refuses flags that do not apply to the kind of output: a scenario, or an anonymous trace. @throws UsageError */
function checkKind({ anonymize, from = 'auto', format, rate }: ConvertFlags & { anonymize?: boolean }): void {
  if (anonymize && IMPORTS.includes(from))
    throw new UsageError(`--anonymize is for traces, not for ${from}`, `--from takes ${TRACES.join(', ')} with it`)
  if (anonymize && format !== undefined) throw new UsageError('--format is for scenarios: a trace is written as JSON Lines')
  if (!anonymize && TRACES.includes(from))
    throw new UsageError(
      `--from ${from} is a trace, and becomes no scenario`,
      `play it with load: [{ trace: FILE }], or add --anonymize`,
    )
  if (!anonymize && rate !== undefined) throw new UsageError('--rate is for --anonymize')
}
