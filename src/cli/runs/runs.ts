/** The command `burn runs`, which lists the runs in the folder of results. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EXIT, UsageError } from '../../errors.ts'
import { lockState } from '../../store/files/lock.ts'
import { resultsFolder, SEARCH_NAME } from '../../store/files/names.ts'
import { type RunHead, runHeads } from '../../store/run-heads.ts'
import { safeJson } from '../../text/escape.ts'
import { renderOptionsFor } from '../output/console.ts'
import { note } from '../output/notes.ts'
import { chosenRuns, type RunsFlags } from './choose.ts'
import { runsTable, trendTables } from './table.ts'
import { trendsOf } from './trend.ts'

/**
 * Runs `burn runs`: lists the runs in a folder (by default `burn-results`), or with `--trend` how each scenario's runs have changed. Returns the
 * exit code. @throws UsageError, InputError
 */
export async function runsCommand(named: string | undefined, flags: RunsFlags): Promise<number> {
  if (named !== undefined && !existsSync(named))
    throw new UsageError(`${named}: there is no such folder`, `name a folder of runs, or none for ${resultsFolder()}`)
  const folder = named ?? resultsFolder()
  if (flags.watch) {
    if (flags.json) throw new UsageError('--watch and --json do not go together', 'leave one of them out')
    const { watchList } = await import('./watch.ts')
    return watchList(() => {
      const { runs, whyNone } = listed(folder, flags)
      return runs.length === 0 ? `${whyNone}\n` : tableOf(runs, flags)
    })
  }
  const { runs, unreadable, whyNone } = listed(folder, flags)
  if (unreadable.length > 0) note(unreadableText(unreadable))
  if (flags.json) process.stdout.write(`${safeJson(flags.trend ? trendsOf(runs) : runs, 2)}\n`)
  else if (runs.length === 0) note(whyNone)
  else process.stdout.write(tableOf(runs, flags))
  return EXIT.ok
}

type ListedRun = RunHead & { readonly live: ReturnType<typeof liveIn> }

/** Returns the runs that the flags choose, the folders whose result cannot be read, and a sentence for the case that no run is chosen. */
function listed(folder: string, flags: RunsFlags) {
  const found = runHeads(folder)
  const heads = flags.trend ? found.runs.filter((run) => !isSearchPoint(run)) : found.runs
  const all: ListedRun[] = heads.map((run) => ({ ...run, live: liveIn(run) }))
  const runs = chosenRuns(all, flags, Date.now())
  const whyNone =
    found.runs.length === 0 ? `there is no run in ${folder}` : `none of the ${found.runs.length} runs in ${folder} is like that`
  return { runs, unreadable: found.unreadable, whyNone }
}

/** True when a run is a measurement of a search. Each has another load, so that its figures cannot be compared with those of other runs. */
const isSearchPoint = ({ folder }: RunHead) => existsSync(join(dirname(folder), SEARCH_NAME))

const unreadableText = (folders: readonly string[]) =>
  `${folders.length} ${folders.length === 1 ? 'folder has' : 'folders have'} a result that cannot be read: ${folders.slice(0, 3).join(', ')}`

function tableOf(runs: readonly ListedRun[], flags: RunsFlags): string {
  const look = renderOptionsFor(process.stdout, flags.color)
  // The name of a folder is an argument of other commands, so it is not cut when no terminal sets a width.
  const options = process.stdout.isTTY ? look : { ...look, width: 400 }
  return flags.trend ? trendTables(runs, options) : runsTable(runs, options)
}

/** Returns id and host of the process of a run that goes on, as `burn runs show --json` prints them; null for a run that has ended or was killed. */
function liveIn({ status, folder }: RunHead): { readonly pid: number; readonly host: string } | null {
  const lock = status === 'running' ? lockState(folder) : undefined
  return lock?.live ? { pid: lock.pid, host: lock.host } : null
}
