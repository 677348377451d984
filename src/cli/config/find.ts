/** Finds the configuration file that applies. Does not load the code that reads it, because most commands find no configuration. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Command } from 'commander'
import type { Problem } from '../../errors.ts'

/** The possible names of a configuration file, in the order in which they are looked for. */
const NAMES = ['burn.config.yaml', 'burn.config.yml', 'burn.config.json']

/** True for the file names of burn's configuration, such as `burn.config.yaml`. */
export const isConfigName = (name: string): boolean => NAMES.includes(name)

/**
 * Returns the path of the configuration file that applies in a folder: the one in it or in the nearest folder above, up to the repository's root
 * or the home folder. Outside of both, only the folder itself is searched, because others may write to the folders above, such as /tmp.
 * Undefined when there is none.
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

/** The place (file, line, columns) at which a configuration file chooses a profile or environment, to be shown with a problem. */
export type ConfigPlace = Pick<Problem, 'file' | 'line' | 'column' | 'endColumn' | 'path' | 'frame'>

/** The settings of a configuration file that are not flags: keys for scenarios that lack them, and how long runs are kept. */
interface ConfiguredKeys {
  /** The path of the configuration file, as messages show it. */
  readonly file: string
  readonly scenario: Readonly<Record<string, unknown>>
  /** The age from which `burn runs rm` removes runs, such as `30d`. */
  readonly retention: string | undefined
  /** The places in the configuration file that name the profile and the environment; left out when it names none. */
  readonly asked: Readonly<Partial<Record<Overlay, ConfigPlace>>>
}

type Overlay = 'profile' | 'environment'

/**
 * The source that the library commander stores with an option's value from a configuration file, as it stores `cli` with one from the command line.
 */
export const CONFIG_SOURCE = 'config'

const inUse = new WeakMap<Command, ConfiguredKeys>()

/**
 * Stores, for a command, those settings of the configuration file that are no flags of this command, such as keys of the scenario. The code that
 * loads the scenario gets them from `configuredKeys`.
 */
export function configure(command: Command, keys: ConfiguredKeys): void {
  inUse.set(command, keys)
}

/**
 * Returns the settings that `configure` has stored for a command: those of the configuration file that are no flags of it. Undefined when no
 * configuration file applies.
 */
export const configuredKeys = (command: Command): ConfiguredKeys | undefined => inUse.get(command)

/**
 * Returns where (file, line, columns) the configuration file chooses the profile and the environment of a command. Either is missing when the file
 * does not choose it, or when a flag or variable takes precedence.
 */
export function overlaysAskedFor(command: Command): ConfiguredKeys['asked'] {
  const { profile, environment } = inUse.get(command)?.asked ?? {}
  const isChosen = (name: Overlay) => command.getOptionValueSource(name) === CONFIG_SOURCE
  return {
    ...(profile && isChosen('profile') && { profile }),
    ...(environment && isChosen('environment') && { environment }),
  }
}
