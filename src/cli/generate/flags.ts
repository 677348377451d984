/** `burn generate` and `burn convert` on the command line. */
import { type Command, Option } from 'commander'
import { alsoNamed } from '../load/run-flags.ts'
import type { CommandOutcome } from '../output/outcome.ts'

const FORMATS = ['yaml', 'json']
const SYSTEMS = ['github', 'gitlab', 'pre-commit']
const TYPES = ['websocket', 'mqtt', 'http', 'sse', 'grpc', 'chat', 'mixed', 'soak', 'all']

/** Adds the command `burn generate` and its flags. */
export function addGenerate(program: Command, outcome: CommandOutcome): void {
  const command = program
    .command('generate')
    .summary('write a commented, valid scenario from a template')
    .description(
      'Write a commented, valid scenario from a template, a pipeline for CI, or a scenario made from requests of another tool.\nOn a terminal, without arguments, it asks.',
    )
    .argument('[template]', 'name of the template (see --list); with --from, the file to read')
    .option('-l, --list', 'list templates, presets and types')
    .addOption(new Option('-t, --type <type>', 'the template of a kind of target').choices(TYPES))
    .option(
      '-o, --output <path>',
      'file or folder to write to, a folder is made; - for standard output (default: the folder scenarios)',
    )
    .addOption(new Option('--format <format>', 'format of the file (default: yaml, or what -o says)').choices(FORMATS))
    .option('--force', 'write over a file that is there')
    .option('--preset <name>', 'send to a known API in place of the demo target')
    .option('--url <url>', 'send to this address (also -e, --endpoint)')
    .addOption(new Option('-e, --endpoint <url>').hideHelp())
    .option('--model <name>', 'model to ask for')
    .addOption(
      new Option(
        '--ci <system>',
        'write a pipeline, and the scenario that it runs if there is none yet; or a hook (-o - prints it)',
      ).choices(SYSTEMS),
    )
    .option('--source <spec>', 'with --ci: what npm installs burn from there, such as git+https://… (left out: BURN_SOURCE says)')
    .addOption(
      new Option('--from <kind>', 'make it from requests of another tool').choices(['curl', 'har', 'openapi', 'postman']),
    )
    .option('--answers <file>', 'where the wizard keeps what was answered (no keys), and goes on from when it starts again')
    .option('-y, --yes', 'ask nothing: take the answers of --answers, and the defaults')
    .action(async (template: string | undefined, flags: object) => {
      const { generateCommand } = await import('./generate.ts')
      outcome.code = await generateCommand(template, flags)
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
      new Option('--from <kind>', 'what the file is')
        .choices(['auto', 'stream-testbench', 'krawall', 'curl', 'har', 'openapi', 'postman'])
        .default('auto'),
    )
    .option('--force', 'write over a file that is there')
    .action(async (file: string, flags: object) => {
      const { convertCommand } = await import('./convert.ts')
      outcome.code = await convertCommand(file, flags)
    })
}
