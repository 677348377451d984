/** Handles BURN_… environment variables: empty ones count as unset, messages name them, and a warning names those that nothing reads. */
import type { Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { SOURCE_VARIABLE } from '../../templates/ci.ts'
import { levelOf } from '../output/log.ts'
import type { RunFlags } from './run-flags.ts'

/** The variables that burn itself sets for the processes of detached runs and shards. */
const OWN: readonly string[] = ['BURN_DETACHED_FOLDER', 'BURN_RUN_ID', 'BURN_SHARD_INDEX', 'BURN_SHARD_TOTAL']
/** The prefix of variables that belong to tests of burn, so that they cause no warning. */
const TESTS = 'BURN_TEST_'
/** The flags whose value may be empty: an empty message can be sent. */
const MAY_BE_EMPTY = new Set(['message'])

/** The warnings that this command has already printed, so that none appears twice. */
const warned = new Set<string>()

const variablesOf = (command: Command) => command.options.flatMap(({ envVar }) => envVar ?? [])

/**
 * Removes BURN_ variables with an empty value from process.env, so that they count as not set: CI pipelines define unused variables as empty. Must
 * run before flags are parsed.
 */
export function forgetEmptyVariables(program: Command): void {
  warned.clear()
  for (const name of program.commands.flatMap(variablesOf)) if (process.env[name]?.trim() === '') delete process.env[name]
}

/** Rejects flags with an empty value, such as `--rate ""`, and flags whose value is another flag, as in `--seed --out x`. @throws UsageError */
export function checkFlagsHoldSomething(command: Command): void {
  const flags = new Set<unknown>(command.options.flatMap(({ long, short }) => [long, short]))
  for (const option of command.options) {
    const name = option.attributeName()
    if (command.getOptionValueSource(name) !== 'cli') continue
    const values: unknown[] = [command.getOptionValue(name)].flat()
    const taken = values.find((value) => value !== undefined && flags.has(value))
    if (taken !== undefined) throw new UsageError(`${nameOf(option)} needs a value, and ${taken} follows`)
    if (!MAY_BE_EMPTY.has(name) && values.some((value) => typeof value === 'string' && /^[\s,]*$/.test(value)))
      throw new UsageError(`${nameOf(option)} needs a value`)
  }
}

const nameOf = (option: Option) => option.long ?? option.flags

/** Returns a setting as the user gave it, for messages: `-c abc`, or `BURN_CONNECTIONS=abc` if it comes from an environment variable. */
export function givenAs(command: Command, name: keyof RunFlags, flag: string, text: string): string {
  const variable = variableOf(command, name)
  return variable === undefined ? `${flag} ${text}` : `${variable}=${text}`
}

/** Returns the environment variable from which a flag's value came; undefined when the flag itself was given. */
function variableOf(command: Command, name: keyof RunFlags): string | undefined {
  if (command.getOptionValueSource(name) !== 'env') return undefined
  return command.options.find((option) => option.attributeName() === name)?.envVar
}

/** Returns a warning for each BURN_… variable that neither burn nor the scenario reads, with the most similar known name. */
function strangeVariables(command: Command, used: ReadonlySet<string>): string[] {
  const known = (command.parent?.commands ?? [command]).flatMap(variablesOf)
  // `SOURCE_VARIABLE` is read by the CI pipelines that `burn generate --ci` writes, not by burn.
  const own = (name: string) =>
    OWN.includes(name) || name === SOURCE_VARIABLE || name.startsWith(TESTS) || known.includes(name) || used.has(name)
  return Object.keys(process.env)
    .filter((name) => name.startsWith('BURN_') && !own(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known)
      return `${name} is set, but burn reads no such variable${near === undefined ? '' : `: did you mean ${near}?`}`
    })
}

/**
 * Warns on stderr about variables named BURN_… that neither burn nor the scenario reads, such as misspelt ones. `used` names those that the
 * scenario reads. Silent at log level `error`.
 */
export function warnOfStrangeVariables(command: Command, used: ReadonlySet<string>): void {
  const flags = command.opts<RunFlags>()
  if (levelOf(flags) === 'error') return
  for (const msg of strangeVariables(command, used).filter((line) => !warned.has(line))) {
    warned.add(msg)
    const json = () => JSON.stringify({ level: 'warn', time: Date.now(), msg })
    process.stderr.write(`${flags.logFormat === 'json' ? json() : `warning: ${msg}`}\n`)
  }
}
