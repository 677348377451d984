/** The command `burn search`: finds the largest number of users, or arrivals per second, that meets the thresholds of a scenario. */
import type { Command } from 'commander'
import { searchFormats } from '../../report/search/index.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { loadNamedPlugins } from '../load/plugin/of-scenarios.ts'
import { refusePublic } from '../load/public/refuse.ts'
import { subjectOf } from '../load/subject.ts'
import { type SearchFlags, searchChoices } from './choices.ts'
import { searched } from './run-search.ts'
import { SearchSubject } from './subject.ts'

/**
 * Runs the command `burn search`. `named` has the words after the command, which name a scenario file or the address of a target. Resolves with the
 * exit code.
 * @throws UsageError or ScenarioError before anything is sent; LocalError, InputError
 */
export async function searchCommand(named: readonly string[], command: Command): Promise<number> {
  const { files, flags } = subjectOf(named, command.opts<SearchFlags>(), command)
  const subject = new SearchSubject(files[0], flags, command)
  const choices = searchChoices(flags, subject.unit)
  const { lengths, holds, goal } = choices
  // The largest load is used to check for public targets and against the limits of the schema, because all other loads are smaller.
  const largest = subject.at(
    { load: holds ?? goal.max, warmupS: lengths.warmup, seconds: lengths.confirm, seed: 'search' },
    choices.maxCost,
  )
  await loadNamedPlugins([largest], flags)
  await refusePublic([largest], flags)
  const outputs = flags.output === undefined ? undefined : openOutputs([flags.output])
  const search = await searched(subject, choices, flags)
  const text = searchFormats.json(search)
  if (flags.json) process.stdout.write(text)
  if (flags.output !== undefined) await outputs?.write(flags.output, text)
  return search.exitCode
}
