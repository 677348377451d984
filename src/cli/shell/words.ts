/**
 * Describes the command line for shells and manuals: which words, flags and values can follow each other. Reads this from the definitions of the
 * commands.
 */
import type { Argument, Command, Option } from 'commander'

/** The kind of an argument or of a flag's value: one of some words, a file, a folder, a stored run, or any text. */
type ValueKind = { readonly words: readonly string[] } | 'file' | 'folder' | 'run' | 'text'

/** The description of one flag of a command, for completion scripts and the manual page: its names, its help text and the kind of its value. */
export interface FlagWords {
  /** The names of the flag, short or long or both: `-o`, `--output`. */
  readonly names: readonly string[]
  readonly describe: string
  /** The kind of the flag's value, such as a file; undefined for a flag without a value. */
  readonly value: ValueKind | undefined
  /** The flag with its value as help writes it: `-o, --output <file>`. */
  readonly usage: string
}

/** The description of a command or subcommand, for completion scripts and the manual page: its name, help text, flags and subcommands. */
export interface CommandWords {
  /** The words that select the command: ['runs', 'rm'], for example, or [] for `burn` itself. */
  readonly path: readonly string[]
  readonly describe: string
  readonly summary: string
  readonly usage: string
  readonly flags: readonly FlagWords[]
  /** The kind of the command's arguments, such as files; undefined for a command without arguments. */
  readonly argument: ValueKind | undefined
  /** The names and summaries of the command's subcommands. */
  readonly below: readonly (readonly [name: string, summary: string])[]
}

/** The words that shells complete after a flag or a command, by its name: presets after `--preset`, and names to explain after `explain`. */
export type KnownWords = Readonly<Record<string, readonly string[]>>

/**
 * Returns a description of `program` (burn itself), of all its commands and of their subcommands, for shell completion: each with its flags and
 * their values. `known` adds values that the definitions of the flags do not list, such as names of presets.
 */
export function commandWords(program: Command, known: KnownWords = {}): CommandWords[] {
  return [wordsOf(program, [], known), ...program.commands.flatMap((command) => withBelow(command, [], known))]
}

function withBelow(command: Command, above: readonly string[], known: KnownWords): CommandWords[] {
  const path = [...above, command.name()]
  return [wordsOf(command, path, known), ...command.commands.flatMap((below) => withBelow(below, path, known))]
}

function wordsOf(command: Command, path: readonly string[], known: KnownWords): CommandWords {
  const [argument] = command.registeredArguments
  const below = command.commands.map((one) => [one.name(), summaryOf(one)] as const)
  return {
    path,
    describe: command.description(),
    summary: summaryOf(command),
    usage: `${['burn', ...path].join(' ')} ${command.usage()}`,
    flags: [...command.options.filter(({ hidden }) => !hidden).map((option) => flagOf(option, known)), HELP],
    argument: argument && argumentKind(argument, path, known),
    below: path.length === 0 ? [...below, ['help', 'show help of a command']] : below,
  }
}

const summaryOf = (command: Command) => command.summary() || (command.description().split(/(?<=\.)\s/)[0] ?? '')

const HELP: FlagWords = { names: ['-h', '--help'], describe: 'show help', value: undefined, usage: '-h, --help' }

function flagOf(option: Option, known: KnownWords): FlagWords {
  const { short, long, flags, description, argChoices } = option
  const names = [short, long].filter((name) => name !== undefined)
  const takesValue = option.required || option.optional
  const words = argChoices ?? (long === undefined ? undefined : known[long])
  return { names, describe: description, usage: flags, value: takesValue ? (words ? { words } : placeKind(flags)) : undefined }
}

/**
 * Returns the kind of a flag's value from its name in the help: a file for `<file>`, a folder for `<dir>` and `<folder>`, a stored run for `<run>`,
 * otherwise a text.
 */
function placeKind(usage: string): ValueKind {
  const [, name = ''] = /[<[]([a-z:-]+)/.exec(usage) ?? []
  if (/file|scenario|result/.test(name)) return 'file'
  if (/^(?:dir|folder)$/.test(name)) return 'folder'
  return name === 'run' ? 'run' : 'text'
}

function argumentKind(argument: Argument, path: readonly string[], known: KnownWords): ValueKind {
  const words = argument.argChoices ?? known[path.join(' ')]
  if (words) return { words }
  if (/^(?:run|a|b)$/.test(argument.name())) return 'run'
  return placeKind(`<${argument.name()}>`) === 'text' ? 'file' : placeKind(`<${argument.name()}>`)
}
