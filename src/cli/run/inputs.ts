/** The files that a run reads. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'

/** @throws UsageError when writing to `output`, which a flag such as `--output` names, would replace one of the scenario files `named` or one of their data files */
export function refuseInput(flag: string, output: string, named: readonly string[], loaded: readonly LoadedScenario[]): void {
  const data = loaded.flatMap(({ plan, scenario }) =>
    Object.values(scenario.data ?? {}).map((table) => resolve(plan.baseDir, typeof table === 'string' ? table : table.file)),
  )
  const place = realPlace(output)
  const what = flag === '--events' ? 'events' : 'the result'
  if ([...named, ...data].some((input) => realPlace(input) === place))
    throw new UsageError(`${flag} ${output}: the run reads this file, and ${what} would replace it`, 'choose another name')
}

/** Where a path leads through links; the path itself when that cannot be found out, for example because nothing is there yet. */
function realPlace(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
