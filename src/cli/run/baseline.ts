/** Compares the runs of `burn run` with earlier results (`--baseline`), and saves results for later comparisons (`--save-baseline`). */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ComparedRun, sideOf } from '../../compare/compared-run.ts'
import { APART } from '../../compare/metrics.ts'
import { withExits } from '../../engine/outcome/verdict.ts'
import { EXIT, InputError, UsageError } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { localError } from '../../store/files/local-error.ts'
import { BASELINES_NAME, resultsFolder } from '../../store/files/names.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { safeJson } from '../../text/escape.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { compareStored, runsAt } from '../stored/stored-runs.ts'

/** Returns the folder in which baselines are saved. */
const baselines = () => join(resultsFolder(), BASELINES_NAME)
/** Matches the names that `--save-baseline` accepts; the name becomes that of a file. */
const NAME = /^[\w][\w.-]{0,99}$/

/**
 * Returns a result with its comparison with the baseline; a worse result gets the verdict `failed`. A result that was not measured validly is
 * returned unchanged, with a note.
 */
type CompareWithBaseline = (result: Result) => Result

/**
 * Returns a function that compares the result of a run with the stored results that `--baseline` names, and adds the comparison to the result; a
 * result that is worse gets the verdict `failed`. Returns undefined without the flag.
 * @throws InputError, UsageError
 */
export function comparisonWith({ baseline }: Partial<Pick<RunFlags, 'baseline'>>): CompareWithBaseline | undefined {
  if (baseline === undefined) return undefined
  const runs = baseline.flatMap((named) => runsAt(keptAs(named) ?? named))
  const few = whyTooFew(runs.map(({ result }) => result))
  if (few !== undefined && runs.length > 1) throw new UsageError(`--baseline: ${few}`, 'give one, or three and more')
  for (const { name, result } of runs) {
    const why = whyNoBaseline(result)
    if (why !== undefined) throw new InputError(`${name} is no baseline: ${why}`, 'name the result of a complete run')
  }
  if (few !== undefined)
    throw new InputError(
      `${runs[0]?.name} is too short for a baseline: ${few}`,
      'a longer run, or three results and more (--repeat 3 --save-baseline NAME)',
    )
  return (result) => comparedWith(runs, result)
}

/** Returns why a result cannot serve as a baseline or be compared with one; undefined when it can. */
function whyNoBaseline({ status, verdict, validity, total, baseline }: Result): string | undefined {
  if (status !== 'completed') return `the run did not end as planned (${verdict.replaceAll('_', ' ')})`
  if (validity.state === 'invalid') return 'its measurement is not valid'
  if (total.counts.ok === 0) return 'nothing succeeded in it'
  return baseline?.verdict === 'WORSE' ? 'it was worse than the baseline before' : undefined
}

/** Returns why results that can each serve as a baseline are too few together to show how much runs vary; undefined when they are enough. */
function whyTooFew(results: readonly Result[]): string | undefined {
  if (results.length === 2) return 'two results say too little of how much runs vary'
  return results.length === 1 && !results[0]?.blocks ? 'it measured less than 8 s' : undefined
}

/** Returns the path of the baseline that was saved under this name; undefined when there is none. */
function keptAs(named: string): string | undefined {
  const file = join(baselines(), `${named}.json`)
  return NAME.test(named) && existsSync(file) ? file : undefined
}

function comparedWith(runs: readonly ComparedRun[], result: Result): Result {
  const why = whyNoBaseline(result)
  if (why !== undefined) return { ...result, notes: [...result.notes, `not compared with the baseline: ${why}`] }
  const baseline = compareStored(runs, [sideOf(result.scenarioName, believed(result))], { tolerances: APART, seed: result.seed })
  const compared = { ...result, baseline }
  if (baseline.verdict !== 'WORSE') return compared
  return withExits(compared, [
    { code: EXIT.verdictFailed, why: `worse than the baseline: ${baseline.reason.replace('B is worse: ', '')}` },
  ])
}

/** Returns the result without its doubts about validity, because the new result states these itself and the comparison need not repeat them. */
const believed = (result: Result): Result => ({ ...result, validity: { state: 'ok', reasons: [] } })

/** Checks the value of `--save-baseline`. @throws UsageError when it cannot be the name of a file, or several scenarios would be saved under it */
export function checkBaselineName({ saveBaseline }: RunFlags, scenarios: number): void {
  if (saveBaseline === undefined) return
  if (scenarios > 1)
    throw new UsageError(
      `--save-baseline ${saveBaseline}: one name for ${scenarios} scenarios or targets`,
      'run one of them (--target)',
    )
  if (!NAME.test(saveBaseline))
    throw new UsageError(
      `--save-baseline ${saveBaseline}: expected a name of letters, digits, dots and dashes`,
      'such as main, or v1.2',
    )
}

/**
 * Saves results as the baseline called `name`, which replaces an earlier one of that name. Returns a message that says where it was saved or why not.
 * Results that cannot serve as a baseline are left out; when too few are left to compare with, the earlier baseline stays.
 * @throws LocalError
 */
export async function saveBaseline(name: string, results: readonly Result[]): Promise<string> {
  const kept = results.filter((result) => whyNoBaseline(result) === undefined)
  const [first] = results
  if (kept.length === 0) return `not kept as baseline ${name}: ${(first && whyNoBaseline(first)) ?? 'there is no result'}`
  // It could not be compared with, and would take the place of one that can.
  const few = whyTooFew(kept)
  if (few !== undefined) return `not kept as baseline ${name}: ${few} (run longer, or with --repeat 3)`
  const file = join(baselines(), `${name}.json`)
  try {
    makeFolders(baselines())
  } catch (error) {
    throw localError(`cannot keep the result as baseline ${file}`, error)
  }
  await openOutputs([file]).write(file, `${safeJson(kept.length === 1 ? kept[0] : kept, 2)}\n`)
  return `kept as baseline: ${file}${kept.length < results.length ? ` (${kept.length} of ${results.length} runs)` : ''}`
}
