/** Flags of `burn run`. Each stands for a scenario key and has a BURN_… variable; flags win over variables, and both over the file. */
import { type Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { builtInProfiles } from '../../scenario/layers/profiles.ts'
import { SLO_NAMES, sloText } from '../../scenario/layers/slo.ts'
import { LOG_LEVELS } from '../output/log.ts'
import { BESIDE } from './beside/flags.ts'
import { collect, type FlagRow, splitNames, table } from './flags/row.ts'
import { SHARDS } from './flags/shard.ts'
import { SUITE } from './flags/suite.ts'

const WHAT = table({
  scenario: { flags: '-s, --scenario <file...>', help: 'scenario file; the same as the argument' },
  endpoint: { flags: '-e, --endpoint <url>', help: 'target.url (also --url)', env: true, path: ['target', 'url'] },
  url: { flags: '--url <url>' },
  protocol: { flags: '-p, --protocol <name>', help: 'target.protocol', env: true, path: ['target', 'protocol'] },
  preset: { flags: '--preset <name>', help: 'target.preset: a known API', env: true, path: ['target', 'preset'] },
  plugin: { flags: '--plugin <file>', help: 'a module that adds a protocol or hooks; may be repeated', env: true, many: true },
  allowPlugins: { flags: '--allow-plugins', help: 'run the code of the `plugins` that the scenario names' },
  model: { flags: '--model <name>', help: 'target.model', env: true, path: ['target', 'model'] },
  prices: {
    flags: '--prices <file>',
    help: 'prices by model for targets without `pricing`: a YAML or JSON file, or the map of LiteLLM',
    env: true,
  },
  message: { flags: '-m, --message <text>', help: 'a message to send instead of the steps; may be repeated', many: true },
  set: {
    flags: '--set <path=value>',
    help: 'any key of the scenario, such as target.timeouts.total=30s; may be repeated',
    many: true,
  },
  target: {
    flags: '--target <names>',
    help: 'run only these of several `targets`, such as staging,prod',
    many: true,
    read: splitNames,
  },
  environment: {
    flags: '--environment <name>',
    help: 'apply one of the `environments` of the scenario (--env for short)',
    env: true,
  },
  env: { flags: '--env <name>' },
  varsFile: {
    flags: '--vars-file <file>',
    help: '.env file for ${env.NAME}, encrypted by dotenvx or not; variables of the process win; may be repeated',
    many: true,
  },
  secretsDir: {
    flags: '--secrets-dir <dir>',
    help: 'folder of the secrets that ${file.NAME} reads (default /run/secrets)',
    env: true,
  },
  // Node itself also reads this flag: see env-file.ts.
  envFile: { flags: '--env-file <file>', many: true },
})

const REQUEST = table({
  header: { flags: '-H, --header <line>', help: 'a header of every request, such as "x-tenant: a"; may be repeated', many: true },
  method: {
    flags: '-X, --method <name>',
    help: 'without a file: method of the request (default GET, with --data POST)',
  },
  data: { flags: '--data <text>', help: 'without a file: body of the request, or @FILE; {{ … }} in it is a template' },
  insecure: { flags: '-k, --insecure', help: 'target.tls.insecure: accept any certificate' },
  cacert: { flags: '--cacert <file>', help: 'target.tls.ca: certificates to trust instead of those of the system' },
  cert: { flags: '--cert <file>', help: 'target.tls.cert: certificate of the client' },
  key: { flags: '--key <file>', help: 'target.tls.key: key of that certificate' },
})

const PROFILES = Object.keys(builtInProfiles).join(', ')
const LOAD = table({
  profile: { flags: '--profile <name>', help: `apply one of the \`profiles\` of the scenario, or ${PROFILES}`, env: true },
  connections: { flags: '-c, --connections <n>', help: 'users (closed model); the rate of -r is divided among them', env: true },
  rate: {
    flags: '-r, --rate <rate>',
    help: 'iterations per second, such as 20, 1k or 90/m (open model when -c is left out)',
    env: true,
  },
  rateScope: {
    flags: '--rate-scope <scope>',
    help: 'with -c: rate of all users together (total, default) or of each (connection)',
    choices: ['connection', 'total'],
    env: true,
  },
  duration: { flags: '-d, --duration <time>', help: 'how long the load lasts, such as 60 or 5m', env: true },
  iterations: { flags: '-n, --iterations <n>', help: 'total number of iterations, instead of a duration', env: true },
  graceful: { flags: '--graceful <time>', help: 'how long attempts in flight may still run after the load', env: true },
  maxCost: {
    flags: '--max-cost <amount>',
    help: 'end the run, as failed, before it costs more (in the currency of the prices)',
    env: true,
  },
  maxRequests: {
    flags: '--max-requests <n>',
    help: 'end the run, as failed, before it sends more, such as 100k (budget.requests)',
    env: true,
  },
  maxTokens: {
    flags: '--max-tokens <n>',
    help: 'end the run, as failed, before it uses more, such as 1M (budget.tokens)',
    env: true,
  },
  ...BESIDE,
  otlp: {
    flags: '--otlp [url]',
    help: 'send the metrics of the run over OTLP/HTTP, by default to where the OTEL_EXPORTER_OTLP_… variables say',
  },
  export: {
    flags: '--export <kind=where>',
    help: 'send the metrics of the run there: otlp=URL, statsd=HOST, datadog=HOST, influx=URL, prometheus=FILE; may be repeated',
    many: true,
  },
  faults: { flags: '--no-faults', help: 'inject no faults: the control of a scenario with `faults`' },
  seed: { flags: '--seed <seed>', help: 'seed for all random choices', env: true, path: ['seed'] },
})

const VERDICT = table({
  threshold: {
    flags: '-t, --threshold <text>',
    help: 'add a threshold, such as "ttft p95 < 800ms"; may be repeated',
    many: true,
  },
  slo: {
    flags: '--slo <name>',
    help: `add the thresholds of a ready service level, with warnings before them (${SLO_NAMES.map(sloText).join('; ')})`,
    choices: SLO_NAMES,
    env: true,
  },
  maxErrorRate: { flags: '--max-error-rate <share>', help: 'fail above this share of errors, such as 0.05 or 5%', env: true },
  allowLag: {
    flags: '--allow-lag <time>',
    help: "accept this much of the generator's own lateness at p99 (default 10ms)",
    env: true,
  },
  baseline: {
    flags: '--baseline <result>',
    help: 'compare with an earlier result: its folder, file or name (see --save-baseline); fail when this run is worse; three and more show how much runs vary; may be repeated',
    many: true,
  },
  workers: {
    flags: '--workers <n>',
    help: 'processes that share the load: a number, or auto for as many as this machine has CPUs (default 1)',
    env: true,
  },
  repeat: { flags: '--repeat <n>', help: 'run it so many times, for a baseline of several results' },
  preflight: {
    flags: '--no-preflight',
    help: 'do not check before the load that the target accepts connections, and its login server the login',
  },
})

const AGAIN = table({
  from: {
    flags: '--from <run>',
    help: 'start a stored run again: its scenario as it was run, with its seed (--seed new: another)',
  },
})

const SAFETY = table({
  yes: { flags: '-y, --yes', help: 'run a load of more than 100 users, or 100 iterations per second, on a public address' },
  allow: {
    flags: '--allow <hosts>',
    help: 'hosts for which that is always so, such as api.example.com,*.staging.example.com; may be repeated',
    env: true,
    many: true,
    read: splitNames,
  },
})

const FILES = table({
  out: {
    flags: '--out <dir>',
    help: 'folder for the results; several runs get a folder each inside it (default burn-results/<name>-<time>)',
    env: true,
  },
  saveBaseline: { flags: '--save-baseline <name>', help: 'keep the result in burn-results/baselines, for --baseline' },
  overwrite: { flags: '--overwrite', help: 'replace an earlier result in --out' },
  output: { flags: '-o, --output <file>', help: 'also write the result to this file', env: true },
  report: {
    flags: '--report <formats>',
    help: 'more reports, such as junit,md; tables: csv (or csv:run, csv:step, csv:attempt), jsonl, parquet',
    env: true,
  },
  log: { flags: '--log <level>', help: 'conversations to keep: all, errors, sample:0.1 or none', default: 'errors', env: true },
})

const OUTPUT = table({
  json: { flags: '--json', help: 'print the result as JSON on stdout' },
  events: {
    flags: '--events <file>',
    help: 'write what happens, second by second, as lines of JSON to this file, or to stdout for - (see burn schema event)',
    env: true,
  },
  notify: { flags: '--notify <how>', help: 'ring the bell of the terminal when the runs are over', choices: ['bell'], env: true },
  quiet: { flags: '-q, --quiet', help: 'print nothing but errors' },
  verbose: { flags: '-v, --verbose', help: 'as --log-level debug' },
  logLevel: { flags: '--log-level <level>', help: 'which messages go to stderr', choices: LOG_LEVELS, env: true },
  logFormat: { flags: '--log-format <format>', help: 'stderr as text or as JSON lines', choices: ['text', 'json'], env: true },
  color: { flags: '--no-color', help: 'no colours' },
  webhooks: { flags: '--no-webhooks', help: 'tell the `webhooks` of the scenario nothing' },
  webhookTimeout: {
    flags: '--webhook-timeout <time>',
    help: 'longest wait for webhooks when the run is over',
    default: '60s',
    env: true,
  },
  showConfig: { flags: '--show-config', help: 'print the merged scenario and where each value came from, then exit' },
  detach: { flags: '--detach', help: 'run in the background: print id and folder of the run (as JSON with --json) and return' },
})

type FlagRows = typeof WHAT &
  typeof AGAIN &
  typeof REQUEST &
  typeof SAFETY &
  typeof LOAD &
  typeof VERDICT &
  typeof SUITE &
  typeof SHARDS &
  typeof FILES &
  typeof OUTPUT
type Always<R> = R extends { default: string } | { flags: `--no-${string}` } ? true : false
type ValueOf<R> = R extends { many: true } | { flags: `${string}...>` }
  ? string[]
  : R extends { choices: readonly (infer Choice)[] }
    ? Choice
    : R extends { flags: `${string}<${string}` }
      ? string
      : R extends { flags: `${string}[${string}` }
        ? string | true
        : boolean

/** The values of the flags of `burn run`, as the user typed them; each is parsed where it is used. */
export type RunFlags = {
  readonly [Name in keyof FlagRows as Always<FlagRows[Name]> extends true ? never : Name]?: ValueOf<FlagRows[Name]>
} & { readonly [Name in keyof FlagRows as Always<FlagRows[Name]> extends true ? Name : never]: ValueOf<FlagRows[Name]> }

const GROUPS: Readonly<Record<string, Readonly<Record<string, FlagRow>>>> = {
  'What to run:': WHAT,
  'A stored run:': AGAIN,
  'Request:': REQUEST,
  'Load:': LOAD,
  'Verdict:': VERDICT,
  'Public targets:': SAFETY,
  'Several runs:': SUITE,
  'Several machines:': SHARDS,
  'Files:': FILES,
  'Output:': OUTPUT,
}

/** The flags that set one key of the scenario to the value of the flag, unchanged; each with the path of the key. */
export const PLAIN_FLAGS = Object.entries({ ...WHAT, ...LOAD }).flatMap(([name, row]) =>
  'path' in row ? [{ name: name as keyof RunFlags, path: row.path }] : [],
)

/** Returns the environment variable of a flag, such as BURN_RATE_SCOPE for `rateScope`. */
const variableOf = (name: string) => `BURN_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`

function optionOf(name: string, row: FlagRow): Option {
  const option = new Option(row.flags, row.help).hideHelp(row.help === undefined)
  const read = row.read ?? (row.many ? collect : undefined)
  if (read) option.argParser(read)
  if (row.choices) option.choices(row.choices)
  if (row.default !== undefined) option.default(row.default)
  return row.env ? option.env(variableOf(name)) : option
}

/** Returns the option called `name` of `burn run`, for another command that has only some of these flags. */
export function runFlag(name: keyof FlagRows): Option {
  const row: FlagRow = {
    ...WHAT,
    ...AGAIN,
    ...REQUEST,
    ...LOAD,
    ...VERDICT,
    ...SAFETY,
    ...SUITE,
    ...SHARDS,
    ...FILES,
    ...OUTPUT,
  }[name]
  return optionOf(name, row)
}

/** Returns the option `--plugin <file>`, for every command that reads scenarios. */
export const pluginOption = () => optionOf('plugin', WHAT.plugin)
/** Returns the option `--set <path=value>`, for every command that reads scenarios. */
export const setOption = () => optionOf('set', WHAT.set)

/** Adds the flags of `burn run` to a command, grouped under headings: the groups with these `titles`, or all of them. */
export function addRunFlags(command: Command, titles?: readonly string[]): Command {
  for (const [title, rows] of Object.entries(GROUPS)) {
    if (titles && !titles.includes(title)) continue
    command.optionsGroup(title)
    for (const [name, row] of Object.entries(rows)) command.addOption(optionOf(name, row))
  }
  return alsoNamed(command, 'url', 'endpoint')
}

/** Makes the option `other` of a command a second name of its option `own`: both set the same value, and the last one on the command line wins. */
export function alsoNamed(command: Command, other: string, own: string): Command {
  return command.on(`option:${other}`, (value: string) => command.setOptionValueWithSource(own, value, 'cli'))
}

/**
 * Returns the text of a flag, with `unit` added when the text is a plain number: with the unit `s`, "10" becomes "10s"; with `/s`, "1k" becomes
 * "1k/s".
 * @throws UsageError for an empty text
 */
export function withUnit(flag: string, text: string, unit: string): string {
  if (/^\d+(\.\d+)?$/.test(text) || (unit === '/s' && /^[\d.]+\s*[kMG]$/.test(text))) return `${text}${unit}`
  if (text.trim() === '') throw new UsageError(`${flag} needs a value`)
  return text
}
