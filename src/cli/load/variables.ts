/** BURN_… variables: what counts as set, how a message names one, and those that nothing reads. */
import type { Command, Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { SOURCE_VARIABLE } from '../../templates/ci.ts'
import { levelOf } from '../output/log.ts'
import type { RunFlags } from './run-flags.ts'

/** Set by burn for a process of its own. */
const OWN = 'BURN_DETACHED_FOLDER'
/** Variables of a test suite around burn. */
const TESTS = 'BURN_TEST_'
/** Flags whose value may be empty: an empty message is one. */
const MAY_BE_EMPTY = new Set(['message'])

const variablesOf = (command: Command) => command.options.flatMap(({ envVar }) => envVar ?? [])

/** An empty variable counts as unset, as pipelines leave them behind. Changes process.env; has to run before the flags are read. */
export function forgetEmptyVariables(program: Command): void {
  for (const name of program.commands.flatMap(variablesOf)) if (process.env[name]?.trim() === '') delete process.env[name]
}

/** A flag without anything in it was meant to say something. @throws UsageError */
export function checkFlagsHoldSomething(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName()
    if (command.getOptionValueSource(name) !== 'cli' || MAY_BE_EMPTY.has(name)) continue
    const values: unknown[] = [command.getOptionValue(name)].flat()
    if (values.some((value) => typeof value === 'string' && /^[\s,]*$/.test(value)))
      throw new UsageError(`${nameOf(option)} needs a value`)
  }
}

const nameOf = (option: Option) => option.long ?? option.flags

/** `-c abc` or `BURN_CONNECTIONS=abc`: whichever of the two gave the value. */
export function givenAs(command: Command, name: keyof RunFlags, flag: string, text: string): string {
  const variable = variableOf(command, name)
  return variable === undefined ? `${flag} ${text}` : `${variable}=${text}`
}

/** The variable that a flag's value came from; undefined when the flag itself was given. */
function variableOf(command: Command, name: keyof RunFlags): string | undefined {
  if (command.getOptionValueSource(name) !== 'env') return undefined
  return command.options.find((option) => option.attributeName() === name)?.envVar
}

/** One line for each BURN_… variable that neither burn nor the scenario reads, with the name it may have been meant for. */
function strangeVariables(command: Command, used: ReadonlySet<string>): string[] {
  const known = (command.parent?.commands ?? [command]).flatMap(variablesOf)
  // One of them is read by the pipelines that `burn generate --ci` writes.
  const own = (name: string) =>
    name === OWN || name === SOURCE_VARIABLE || name.startsWith(TESTS) || known.includes(name) || used.has(name)
  return Object.keys(process.env)
    .filter((name) => name.startsWith('BURN_') && !own(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known)
      return `${name} is set, but burn reads no such variable${near === undefined ? '' : `: did you mean ${near}?`}`
    })
}

const told = new Set<string>()

/** Warns of them on stderr, once each, as far as the flags let warnings through. */
export function tellStrangeVariables(command: Command, used: ReadonlySet<string>): void {
  const flags = command.opts<RunFlags>()
  if (levelOf(flags) === 'error') return
  for (const msg of strangeVariables(command, used).filter((line) => !told.has(line))) {
    told.add(msg)
    const json = () => JSON.stringify({ level: 'warn', time: Date.now(), msg })
    process.stderr.write(`${flags.logFormat === 'json' ? json() : `warning: ${msg}`}\n`)
  }
}
