/** Where the configuration is, and which one is in use. Free of what reads it: most commands find none. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Command } from 'commander'

/** The names of a configuration file. */
const NAMES = ['burn.config.yaml', 'burn.config.yml', 'burn.config.json']

/** True for the name of a configuration, in any folder. */
export const isConfigName = (name: string): boolean => NAMES.includes(name)

/**
 * Returns the path of the configuration for a folder: in it, or in the nearest folder above, up to the root of the repository or the home folder.
 * Outside of both only the folder itself is looked at, because others may write to the folders above, such as /tmp. Undefined without one.
 */
export function findConfig(folder: string): string | undefined {
  for (const one of foldersFrom(folder)) {
    const name = NAMES.find((candidate) => existsSync(join(one, candidate)))
    if (name !== undefined) return relative(folder, join(one, name))
  }
  return undefined
}

function foldersFrom(folder: string): readonly string[] {
  const home = homedir()
  const way: string[] = []
  for (let one = folder; ; one = dirname(one)) {
    way.push(one)
    if (one === home || existsSync(join(one, '.git'))) return way
    if (dirname(one) === one) return [folder]
  }
}

/** What the configuration says that is no flag: keys of a scenario for files that do not have them, and how long runs are kept. */
export interface ConfiguredKeys {
  /** The path of the configuration, as messages name it. */
  readonly file: string
  readonly scenario: Readonly<Record<string, unknown>>
  /** The age from which `burn runs rm` removes runs, such as `30d`. */
  readonly retention: string | undefined
}

/** The source of an option's value that the configuration has set. */
export const CONFIG_SOURCE = 'config'

const inUse = new WeakMap<Command, ConfiguredKeys>()

/** Makes the rest of a configuration known for a command. */
export function configure(command: Command, keys: ConfiguredKeys): void {
  inUse.set(command, keys)
}

/** Returns what the configuration in use says that is no flag of the command; undefined without one. */
export const configuredKeys = (command: Command): ConfiguredKeys | undefined => inUse.get(command)

/** The overlays that the configuration asks for, and not the command line: each with the path of the configuration. */
export function overlaysAskedFor(command: Command): Readonly<Partial<Record<'profile' | 'environment', string>>> {
  const file = inUse.get(command)?.file
  const asked = (['profile', 'environment'] as const).filter((name) => command.getOptionValueSource(name) === CONFIG_SOURCE)
  return file === undefined ? {} : Object.fromEntries(asked.map((name) => [name, file]))
}
