/** The files that a run reads. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'

/** @throws UsageError when writing to `output` would replace one of the scenario files `named` or one of their data files */
export function refuseInput(output: string, named: readonly string[], loaded: readonly LoadedScenario[]): void {
  const data = loaded.flatMap(({ plan, scenario }) =>
    Object.values(scenario.data ?? {}).map((table) => resolve(plan.baseDir, typeof table === 'string' ? table : table.file)),
  )
  const place = realPlace(output)
  if ([...named, ...data].some((input) => realPlace(input) === place))
    throw new UsageError(`--output ${output}: the run reads this file, and the result would replace it`, 'choose another name')
}

/** Where a path leads through links; the path itself when that cannot be found out, for example because nothing is there yet. */
function realPlace(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
