/** Earlier results with which the runs of `burn run` are compared, and results that are kept for that. */
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ComparedRun, sideOf } from '../../compare/compared-run.ts'
import { APART } from '../../compare/metrics.ts'
import { withExits } from '../../engine/outcome/verdict.ts'
import { EXIT, UsageError } from '../../errors.ts'
import type { Result } from '../../result/schema.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { localError } from '../../store/files/local-error.ts'
import { RESULT_NAME, RESULTS_FOLDER } from '../../store/files/names.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { compareStored, runsAt } from '../stored/stored-runs.ts'

/** The folder of kept baselines. */
const BASELINES = join(RESULTS_FOLDER, 'baselines')
/** What `--save-baseline` takes: it becomes the name of a file. */
const NAME = /^[\w][\w.-]{0,99}$/

/** Returns a result with its comparison: one that is worse has failed. The result of a run that measured nothing valid stays as it is. */
export type CompareWithBaseline = (result: Result) => Result

/** Reads the results that `--baseline` names; undefined without that flag. @throws InputError, UsageError */
export function comparisonWith({ baseline }: RunFlags): CompareWithBaseline | undefined {
  if (baseline === undefined) return undefined
  const runs = baseline.flatMap((named) => runsAt(keptAs(named) ?? named))
  if (runs.length === 2)
    throw new UsageError('--baseline: two results say too little of how much runs vary', 'give one, or three and more')
  return (result) => comparedWith(runs, result)
}

/** The file that was kept under this name; undefined when there is none. */
function keptAs(named: string): string | undefined {
  const file = join(BASELINES, `${named}.json`)
  return NAME.test(named) && existsSync(file) ? file : undefined
}

function comparedWith(runs: readonly ComparedRun[], result: Result): Result {
  const isMeasured = result.status === 'completed' && result.validity.state !== 'invalid' && result.total.counts.ok > 0
  if (!isMeasured)
    return { ...result, notes: [...result.notes, 'not compared with the baseline: the run measured nothing valid to compare'] }
  const baseline = compareStored(runs, [sideOf(result.scenarioName, believed(result))], { tolerances: APART, seed: result.seed })
  const compared = { ...result, baseline }
  if (baseline.verdict !== 'WORSE') return compared
  return withExits(compared, [
    { code: EXIT.verdictFailed, why: `worse than the baseline: ${baseline.reason.replace('B is worse: ', '')}` },
  ])
}

/** The run as the other side sees it: what is to be doubted of its own numbers is in its own result already. */
const believed = (result: Result): Result => ({ ...result, validity: { state: 'ok', reasons: [] } })

/** @throws UsageError when `--save-baseline` gives no name for a file */
export function checkBaselineName({ saveBaseline }: RunFlags): void {
  if (saveBaseline === undefined || NAME.test(saveBaseline)) return
  throw new UsageError(
    `--save-baseline ${saveBaseline}: expected a name of letters, digits, dots and dashes`,
    'such as main, or v1.2',
  )
}

/** Keeps the result in a run's folder as the baseline `name`, in place of an earlier one. Returns the file. @throws LocalError */
export function saveBaseline(name: string, folder: string): string {
  const file = join(BASELINES, `${name}.json`)
  try {
    makeFolders(BASELINES)
    copyFileSync(join(folder, RESULT_NAME), file)
  } catch (error) {
    throw localError(`cannot keep the result as baseline ${file}`, error)
  }
  return file
}
