/** Runs beside earlier ones: `--repeat` makes several, `--baseline` compares each with them. */
import { UsageError } from '../../errors.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import type { RunOneOptions } from './recorded/settings.ts'

/**
 * Returns a function that compares each result with the results of `--baseline`; undefined without that flag. `scenarios` is the number of
 * scenarios to run. @throws UsageError, InputError
 */
export async function comparisonOf(flags: RunFlags, scenarios: number): Promise<RunOneOptions['finish']> {
  if (flags.baseline === undefined && flags.saveBaseline === undefined) return undefined
  const { checkBaselineName, comparisonWith } = await import('./baseline.ts')
  checkBaselineName(flags, scenarios)
  return comparisonWith(flags)
}

/** Returns all scenarios, each as often as `--repeat` says. @throws UsageError */
export function repeated(loaded: readonly LoadedScenario[], { repeat = '1' }: RunFlags): LoadedScenario[] {
  if (!/^[1-9]\d{0,2}$/.test(repeat)) throw new UsageError(`--repeat ${repeat}: expected a number from 1 to 999`)
  return Array.from({ length: Number(repeat) }, () => loaded).flat()
}
