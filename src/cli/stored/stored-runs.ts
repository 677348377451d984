/** Reads stored results as the two sides of a comparison. */
import { globSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compareApart } from '../../compare/apart.ts'
import { type ComparedRun, sideOf } from '../../compare/compared-run.ts'
import type { Comparison } from '../../compare/comparison.ts'
import type { CompareChoices } from '../../compare/gates.ts'
import { compareRepeated, MIN_RUNS } from '../../compare/repeated.ts'
import { InputError, UsageError } from '../../errors.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { isSameFile } from '../../store/files/same-file.ts'
import { findRun } from '../../store/find-run.ts'
import { markIncomplete, readResults } from '../../store/read-result.ts'
import { foldersOfSearch, storedSearchAt } from '../../store/read-search.ts'

/**
 * Returns the stored runs that an argument of `burn compare` names. It may be a run's folder, a result file (also one with a list of results), a
 * folder of run folders, a glob pattern, or the name or id of a run in `burn-results`.
 * @throws InputError
 */
export function runsAt(named: string): ComparedRun[] {
  const runs = placesOf(named).flatMap((place) => {
    const results = readResults(place)
    return results.map((result, i) => sideOf(results.length > 1 ? `${place}[${i}]` : place, markIncomplete(result)))
  })
  for (const { name, result } of runs) {
    if (result.verdict === 'incomplete')
      throw new InputError(`${name} is of a run that did not end`, 'compare results of complete runs')
    if (result.total.counts.started === 0) throw new InputError(`${name} holds no attempt: there is nothing to compare`)
  }
  if (runs.length === 0) throw new InputError(`${named} holds no result`)
  return runs
}

/**
 * Checks that the output file of a comparison is none of the files of the compared runs, which it would overwrite: their results and their journals
 * (logs of the attempts). `named` has the runs as the user named them.
 * @throws UsageError
 */
export function refuseSources(output: string, named: readonly string[]): void {
  const sources = named.flatMap(placesOf).flatMap((place) => [place, join(place, RESULT_NAME), join(place, JOURNAL_NAME)])
  if (sources.some((source) => isSameFile(source, output)))
    throw new UsageError(`-o ${output} is one of the results, which the comparison would replace`, 'name another file')
}

function placesOf(named: string): string[] {
  const kind = statSync(named, { throwIfNoEntry: false })
  if (kind?.isFile()) return [named]
  if (kind?.isDirectory()) return statSync(join(named, RESULT_NAME), { throwIfNoEntry: false }) ? [named] : runsIn(named)
  const matched = /[*?[{]/.test(named) ? globSync(named).sort() : []
  // Files of a comparison that lie beside its runs are not runs.
  const runs = matched.filter((path) => !/^comparison\.\w+$/.test(basename(path)))
  return runs.length > 0 ? runs : [findRun(named)]
}

/**
 * Returns the folders of the runs in a folder. Returns the folder itself when it contains none, so that reading it gives the error message. @throws
 * InputError for the folder of a search
 */
function runsIn(folder: string): string[] {
  const search = storedSearchAt(folder)
  if (search !== undefined)
    throw new InputError(
      `${folder} is a search: its runs have different loads, and are no repeats of each other`,
      `name one of them, such as ${foldersOfSearch(search).at(-1) ?? `a folder in ${folder}`}`,
    )
  const inside = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
  const runs = inside.filter((path) => statSync(join(path, RESULT_NAME), { throwIfNoEntry: false }))
  return runs.length > 0 ? runs : [folder]
}

/**
 * Compares the stored runs of side A (`a`) with those of side B (`b`), and returns the result. One run of A can be compared with one of B. Three and
 * more runs of A, which show how much runs vary by themselves, can be compared with one run of B, or with three and more.
 * @throws InputError for other numbers of runs
 */
export function compareStored(
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
  choices: CompareChoices & { readonly runNoise?: number },
): Comparison {
  const [one, other] = [a[0], b[0]]
  if (a.length === 1 && b.length === 1 && one && other) return compareApart(one, other, choices)
  if (a.length < MIN_RUNS || (b.length > 1 && b.length < MIN_RUNS))
    throw new InputError(
      `${a.length} ${a.length === 1 ? 'run' : 'runs'} cannot be compared with ${b.length}: how much runs vary takes ${MIN_RUNS} of them to see`,
      `name one run on each side, or ${MIN_RUNS} and more`,
    )
  return compareRepeated(a, b, choices)
}
