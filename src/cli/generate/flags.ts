import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { alsoNamed } from '../load/run-flags.ts'
import type { CommandOutcome } from '../output/outcome.ts'

const FORMATS = ['yaml', 'json']
const SYSTEMS = [
  ...['github', 'github-compare', 'github-action', 'gha-matrix', 'gitlab', 'gitlab-parallel'],
  ...['pre-commit', 'docker', 'k8s-job', 'argo'],
]
const WORKLOADS = ['chat', 'code', 'rag', 'reasoning', 'agent', 'all']
const TYPES = ['websocket', 'mqtt', 'http', 'sse', 'grpc', 'chat', 'mixed', 'soak', 'all']

/** Adds the command `burn generate` and its flags. */
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

/** Adds the command `burn convert` and its flags. */
export function addConvert(program: Command, outcome: CommandOutcome): void {
  program
    .command('convert')
    .summary('turn files of other tools into scenarios')
    .description(
      'Turn a file of another tool into a scenario. What has no equivalent is named on stderr and in the file; secrets become references to the environment.',
    )
    .argument('<file>', 'the file, or - for standard input')
    .option('-o, --output <path>', 'file or folder to write to, a folder is made; - for standard output', '-')
    .addOption(new Option('--format <format>', 'format of the result (default: yaml, or what -o says)').choices(FORMATS))
    .addOption(
      new Option('--from <kind>', 'format of the file')
        .choices(['auto', 'stream-testbench', 'krawall', 'curl', 'har', 'openapi', 'postman'])
        .default('auto'),
    )
    .option('--force', 'overwrite existing files')
    .action(async (file: string, flags: object) => {
      const { convertCommand } = await import('./convert.ts')
      outcome.code = await convertCommand(file, flags)
    })
}
