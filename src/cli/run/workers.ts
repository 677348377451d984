/** Decides how many processes make the load of a run (`--workers`). */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { UsageError } from '../../errors.ts'
import { parseCount } from '../../text/units.ts'
import { variableFiles } from '../load/env-file.ts'
import type { LoadedScenario } from '../load/load-scenario.ts'
import type { RunFlags } from '../load/run-flags.ts'
import { reportRequests } from '../report/request.ts'
import { WorkerEnd } from '../workers/worker-end.ts'
import { journalLevelOf, loadNamedPlugins } from './inputs.ts'
import { shardOf } from './shard/shard-of.ts'

const MOST_WORKERS = 64

/** A scenario that is run, with its flags. */
interface OneOfRun {
  readonly loaded: LoadedScenario
  readonly flags: RunFlags
}

/**
 * Returns how many processes make the load of a scenario: as many as `--workers` says, but at most one for each user of the largest phase. With
 * `--shard`, all shards together have at most one for each user of the smallest phase, because more processes would change which iterations are
 * made.
 * @throws UsageError for a value that is not from 1 to 64 or `auto`
 */
export function workersOf({ plan }: Pick<LoadedScenario, 'plan'>, flags: Partial<RunFlags>): number {
  const { workers = '1' } = flags
  const asked = workers === 'auto' ? availableParallelism() : parseCount(workers, 1, MOST_WORKERS)
  if (asked === undefined) throw new UsageError(`--workers ${workers}: expected a number from 1 to ${MOST_WORKERS}, or auto`)
  const users = plan.phases.map(({ load }) => load.maxUsers)
  const most = flags.shard === undefined ? Math.max(...users) : Math.floor(Math.min(...users) / shardOf(flags.shard).of)
  return Math.min(asked, Math.max(1, most))
}

/**
 * Checks, when `--workers` asks for several processes, that all input files can be read several times, because each worker process reads them again.
 * @throws UsageError for standard input or a pipe
 */
export function checkWorkers(one: LoadedScenario, files: readonly string[], flags: RunFlags): void {
  if (workersOf(one, flags) === 1) return
  const stream = [...files, ...variableFiles(flags)].find((file) => file === '-' || !statSync(file).isFile())
  if (stream === undefined) return
  const name = stream === '-' ? 'standard input' : stream
  throw new UsageError(`--workers: a worker cannot read ${name} again`, 'save it to a file')
}

/**
 * Runs this process as a worker of `burn run --workers`, if it is one: it makes its share of the load of one of several scenarios. Returns the exit
 * code of the process; undefined in any other process.
 */
export function runAsWorker(all: readonly OneOfRun[], command: Command): Promise<number> | undefined {
  const end = WorkerEnd.here()
  return end && shareOf(end, all, command)
}

async function shareOf(end: WorkerEnd, all: readonly OneOfRun[], command: Command): Promise<number> {
  const { hash, test } = end.job
  const found = (test === undefined ? all : all.slice(test, test + 1)).find(({ loaded }) => loaded.plan.hash === hash)
  if (!found) throw new UsageError('a file of the scenario was changed while the run began', 'start it again')
  const { loaded, flags } = found
  await loadNamedPlugins([loaded], flags)
  const { runWorker } = await import('./worker.ts')
  const log = journalLevelOf(flags, reportRequests(flags.report ?? ''), command)
  return runWorker(loaded, { ...flags, log }, end)
}
