/** The files that a run reads. */
import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import { isSameFile } from '../../store/files/same-file.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'

/** @throws UsageError when writing to `output`, which a flag such as `--output` names, would replace one of the scenario files `named` or one of their data files */
export function refuseInput(flag: string, output: string, named: readonly string[], loaded: readonly LoadedScenario[]): void {
  const data = loaded.flatMap(({ plan, scenario }) =>
    Object.values(scenario.data ?? {}).map((table) => resolve(plan.baseDir, typeof table === 'string' ? table : table.file)),
  )
  const what = flag === '--events' ? 'events' : 'the result'
  if ([...named, ...data].some((input) => isSameFile(input, output)))
    throw new UsageError(`${flag} ${output}: the run reads this file, and ${what} would replace it`, 'choose another name')
}
