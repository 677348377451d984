/** Finds the configuration file for commands that have defaults. The code that reads it is loaded only when there is one. */
import type { Command } from 'commander'
import { useResultsFolder } from '../../store/files/names.ts'
import { findConfig } from '../config/find.ts'

export { overlaysAskedFor } from '../config/find.ts'

/** The commands that take defaults from burn.config.yaml. */
const CONFIGURED = new Set(['run', 'validate', 'plan', 'ping', 'compare', 'runs', 'tail', 'replay'])

/** Returns the top-level command of a subcommand: `runs` for `runs rm`. */
const topOf = (command: Command): Command => (command.parent?.parent ? topOf(command.parent) : command)

/**
 * Finds the configuration file, if there is one, and takes from it the defaults of the options of a command that is about to run.
 * @throws ScenarioError with the problems of that file
 */
export async function takeDefaults(command: Command): Promise<void> {
  useResultsFolder()
  const file = CONFIGURED.has(topOf(command).name()) ? findConfig(process.cwd()) : undefined
  if (file !== undefined) (await import('./apply.ts')).applyConfig(command, file)
}
