import type { Command } from 'commander'
import { type Problem, ScenarioError } from '../../errors.ts'
import { type LoadedScenario, loadScenarios } from './load-scenario.ts'
import { namedFiles } from './named-files.ts'
import type { RunFlags } from './run-flags.ts'

/**
 * Loads all scenario files that the command line names, or the scenario that flags alone describe.
 * @throws ScenarioError with the problems of all files, UsageError
 */
export function loadAll(patterns: readonly string[], flags: RunFlags, command: Command): LoadedScenario[] {
  const problems: Problem[] = []
  const loaded = (patterns.length === 0 ? [undefined] : namedFiles(patterns)).flatMap((file) => {
    try {
      return loadScenarios(file, flags, command)
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error
      problems.push(...error.problems)
      return []
    }
  })
  if (problems.length > 0) throw new ScenarioError(problems)
  return loaded
}
