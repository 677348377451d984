import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Result } from '../../../result/schema.ts'
import { createRunDir } from '../../../store/run-dir.ts'
import { destinationsOf } from '../../export/destinations.ts'
import { frozen } from '../../load/frozen/freeze.ts'
import type { LoadedScenario } from '../../load/load-scenario.ts'
import { DETACHED_LOG } from './background.ts'
import { RecordedRun } from './recorded-run.ts'
import { type RunOneOptions, settingsOf } from './settings.ts'

/** The result of a run and its folder. */
interface StoredRun {
  readonly result: Result
  readonly directory: string
}

/**
 * Runs one scenario and resolves with its result and folder. A local error, such as a full disk, rejects before the first request; later it becomes
 * part of the result.
 * @throws UsageError, LocalError
 */
export async function runOne(loaded: LoadedScenario, options: RunOneOptions): Promise<StoredRun> {
  const { plan } = loaded
  const { flags } = options
  const settings = {
    ...settingsOf(flags),
    configuration: frozen(loaded, flags),
    destinations: options.together ? [] : destinationsOf(plan, flags),
  }
  const runId = randomBytes(6).toString('hex')
  const dir = createRunDir({
    runId,
    name: plan.name,
    startedAt: Date.now(),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    overwrite: flags.overwrite === true,
  })
  try {
    // This log belongs to the earlier run whose result --overwrite has replaced.
    if (flags.overwrite && !options.background) rmSync(dir.file(DETACHED_LOG), { force: true })
    const result = await new RecordedRun(plan, dir, runId, settings, options).execute()
    return { result, directory: dir.path }
  } finally {
    dir.release()
  }
}
