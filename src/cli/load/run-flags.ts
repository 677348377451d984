/** Flags of `burn run`. Each stands for a scenario key and has a BURN_… variable; flags win over variables, and both over the file. */
import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { builtInProfiles } from '../../scenario/layers/profiles.ts'
import { LOG_LEVELS } from '../output/log.ts'

/** The values of the flags of `burn run`, as typed; their texts are checked where they are used. */
export interface RunFlags {
  readonly scenario?: string[]
  readonly endpoint?: string
  readonly protocol?: string
  /** Lines such as `x-tenant: a`. */
  readonly header?: string[]
  readonly method?: string
  /** Request body for a run without a file, or `@file` to read it from. */
  readonly data?: string
  readonly insecure?: boolean
  readonly cacert?: string
  readonly cert?: string
  readonly key?: string
  readonly preset?: string
  readonly model?: string
  readonly message?: string[]
  readonly connections?: string
  readonly rate?: string
  readonly rateScope?: 'connection' | 'total'
  readonly duration?: string
  readonly iterations?: string
  readonly threshold?: string[]
  readonly maxErrorRate?: string
  readonly set?: string[]
  readonly target?: string[]
  readonly profile?: string
  readonly environment?: string
  /** Value of `--env`, the short name of --environment. */
  readonly env?: string
  readonly varsFile?: string[]
  /** Values of `--env-file`, another name of --vars-file. */
  readonly envFile?: string[]
  readonly seed?: string
  readonly graceful?: string
  readonly allowLag?: string
  readonly out?: string
  readonly output?: string
  readonly report?: string
  readonly log: string
  readonly overwrite?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly logLevel?: string
  readonly logFormat?: 'text' | 'json'
  readonly color: boolean
  readonly showConfig?: boolean
  readonly preflight: boolean
  readonly detach?: boolean
}

// Not variadic: `burn run --env-file .env scenario.yaml` must not take the scenario as a second .env file.
const collect = (value: string, before: readonly string[] = []) => [...before, value]

/** Makes the option `--plugin <file>`, for every command that reads scenarios. */
export function pluginOption(): Option {
  return new Option('--plugin <file>', 'a module that adds a protocol; may be repeated').argParser(collect).env('BURN_PLUGIN')
}
/** Makes the option `--set <path=value>`, for every command that reads scenarios. */
export function setOption(): Option {
  const text = 'any key of the scenario, such as target.timeouts.total=30s; may be repeated'
  return new Option('--set <path=value>', text).argParser(collect)
}

const collectNames = (value: string, before: readonly string[] = []) => [
  ...before,
  ...value.split(',').map((name) => name.trim()),
]

const GROUPS: readonly (readonly [string, readonly Option[]])[] = [
  [
    'What to run:',
    [
      new Option('-s, --scenario <file...>', 'scenario file; the same as the argument'),
      new Option('-e, --endpoint <url>', 'target.url (also --url)').env('BURN_ENDPOINT'),
      new Option('--url <url>').hideHelp(),
      new Option('-p, --protocol <name>', 'target.protocol').env('BURN_PROTOCOL'),
      new Option('--preset <name>', 'target.preset: a known API').env('BURN_PRESET'),
      pluginOption(),
      new Option('--model <name>', 'target.model').env('BURN_MODEL'),
      new Option('-m, --message <text>', 'a message to send instead of the steps; may be repeated').argParser(collect),
      setOption(),
      new Option('--target <names>', 'run only these of several `targets`, such as staging,prod').argParser(collectNames),
      new Option('--environment <name>', 'apply one of the `environments` of the scenario (--env for short)').env(
        'BURN_ENVIRONMENT',
      ),
      new Option('--env <name>').hideHelp(),
      new Option('--vars-file <file>', '.env file for ${env.NAME}; variables of the process win; may be repeated').argParser(
        collect,
      ),
      // Node itself also reads this flag: see env-file.ts.
      new Option('--env-file <file>').argParser(collect).hideHelp(),
    ],
  ],
  [
    'Request:',
    [
      new Option('-H, --header <line>', 'a header of every request, such as "x-tenant: a"; may be repeated').argParser(collect),
      new Option('-X, --method <name>', 'without a file: method of the request (default GET, with --data POST)').argParser(
        (name: string) => name.toUpperCase(),
      ),
      new Option('--data <text>', 'without a file: body of the request, or @FILE; {{ … }} in it is a template'),
      new Option('-k, --insecure', 'target.tls.insecure: accept any certificate'),
      new Option('--cacert <file>', 'target.tls.ca: certificates to trust instead of those of the system'),
      new Option('--cert <file>', 'target.tls.cert: certificate of the client'),
      new Option('--key <file>', 'target.tls.key: key of that certificate'),
    ],
  ],
  [
    'Load:',
    [
      new Option(
        '--profile <name>',
        `apply one of the \`profiles\` of the scenario, or ${Object.keys(builtInProfiles).join(', ')}`,
      ).env('BURN_PROFILE'),
      new Option('-c, --connections <n>', 'users (closed model); the rate of -r is divided among them').env('BURN_CONNECTIONS'),
      new Option('-r, --rate <rate>', 'iterations per second, such as 20 or 90/m (open model when -c is left out)').env(
        'BURN_RATE',
      ),
      new Option('--rate-scope <scope>', 'with -c: rate of all users together (total, default) or of each (connection)')
        .choices(['connection', 'total'])
        .env('BURN_RATE_SCOPE'),
      new Option('-d, --duration <time>', 'how long the load lasts, such as 60 or 5m').env('BURN_DURATION'),
      new Option('-n, --iterations <n>', 'total number of iterations, instead of a duration').env('BURN_ITERATIONS'),
      new Option('--graceful <time>', 'how long attempts in flight may still run after the load').env('BURN_GRACEFUL'),
      new Option('--seed <seed>', 'seed for all random choices').env('BURN_SEED'),
    ],
  ],
  [
    'Verdict:',
    [
      new Option('-t, --threshold <text>', 'add a threshold, such as "ttft p95 < 800ms"; may be repeated').argParser(collect),
      new Option('--max-error-rate <share>', 'fail above this share of errors, such as 0.05 or 5%').env('BURN_MAX_ERROR_RATE'),
      new Option('--allow-lag <time>', "accept this much of the generator's own lateness at p99 (default 10ms)").env(
        'BURN_ALLOW_LAG',
      ),
      new Option('--no-preflight', 'do not check that the target accepts connections before the load'),
    ],
  ],
  [
    'Files:',
    [
      new Option(
        '--out <dir>',
        'folder for the results; several runs get a folder each inside it (default burn-results/<name>-<time>)',
      ).env('BURN_OUT'),
      new Option('--overwrite', 'replace an earlier result in --out'),
      new Option('-o, --output <file>', 'also write the result to this file').env('BURN_OUTPUT'),
      new Option('--report <formats>', 'more reports, such as junit,md').env('BURN_REPORT'),
      new Option('--log <level>', 'conversations to keep: all, errors, sample:0.1 or none').default('errors').env('BURN_LOG'),
    ],
  ],
  [
    'Output:',
    [
      new Option('--json', 'print the result as JSON on stdout'),
      new Option('-q, --quiet', 'print nothing but errors'),
      new Option('-v, --verbose', 'as --log-level debug'),
      new Option('--log-level <level>', 'which messages go to stderr').choices([...LOG_LEVELS]).env('BURN_LOG_LEVEL'),
      new Option('--log-format <format>', 'stderr as text or as JSON lines').choices(['text', 'json']).env('BURN_LOG_FORMAT'),
      new Option('--no-color', 'no colours'),
      new Option('--show-config', 'print the merged scenario and where each value came from, then exit'),
      new Option('--detach', 'run in the background: print id and folder of the run (as JSON with --json) and return'),
    ],
  ],
]

/** Adds the flags of `burn run` to a command, grouped under headings. `titles` names the groups to add; all without it. */
export function addRunFlags(command: Command, titles?: readonly string[]): Command {
  for (const [title, options] of GROUPS) {
    if (titles && !titles.includes(title)) continue
    command.optionsGroup(title)
    for (const option of options) command.addOption(option)
  }
  return alsoNamed(command, 'url', 'endpoint')
}

/** Makes option `other` set the value of option `own`, so that one setting has two names; the last one given wins. */
export function alsoNamed(command: Command, other: string, own: string): Command {
  return command.on(`option:${other}`, (value: string) => command.setOptionValueWithSource(own, value, 'cli'))
}

/** Returns a flag's text, with `unit` added to a bare number ("10" → "10s"). @throws UsageError for an empty text */
export function withUnit(flag: string, text: string, unit: string): string {
  if (/^\d+(\.\d+)?$/.test(text)) return `${text}${unit}`
  if (text.trim() === '') throw new UsageError(`${flag} needs a value`)
  return text
}
