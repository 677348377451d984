/** Handles the flags that relate runs to each other: `--repeat` makes several runs, `--baseline` compares each with earlier ones. */
import { UsageError } from '../../errors.ts'
import { parseCount } from '../../text/units.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import type { RunOneOptions } from './recorded/settings.ts'

const MOST_REPEATS = 999

/**
 * Returns a function that compares the result of each run with the stored results that `--baseline` names; undefined without that flag. Also checks
 * `--save-baseline`, which is refused when there are several scenarios (`scenarios` is their number).
 * @throws UsageError, InputError
 */
export async function comparisonOf(flags: RunFlags, scenarios: number): Promise<RunOneOptions['finish']> {
  if (flags.baseline === undefined && flags.saveBaseline === undefined) return undefined
  const { checkBaselineName, comparisonWith } = await import('./baseline.ts')
  checkBaselineName(flags, scenarios)
  return comparisonWith(flags)
}

/** Returns a list with every scenario as many times as `--repeat` says; each item becomes a run. @throws UsageError */
export function repeated(loaded: readonly LoadedScenario[], { repeat = '1' }: RunFlags): LoadedScenario[] {
  const times = parseCount(repeat, 1, MOST_REPEATS)
  if (times === undefined) throw new UsageError(`--repeat ${repeat}: expected a whole number from 1 to ${MOST_REPEATS}`)
  return Array.from({ length: times }, () => loaded).flat()
}
