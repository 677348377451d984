/** The command `burn runs rm`, which removes stored runs that have ended. */
import { EXIT, type ExitCode, InputError, LocalError, UsageError, worstExit } from '../../errors.ts'
import { formatCount, formatMoment } from '../../report/text/format.ts'
import { resultsFolder } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { foldersOfSearch, storedSearchAt } from '../../store/read-search.ts'
import { foldersOfSuite, storedSuiteAt } from '../../store/read-suite.ts'
import { ForeignFilesError, type RemovableRun, removableRun, removeRun, runFoldersIn } from '../../store/remove-run.ts'
import { safeJson, terminalSafe } from '../../text/escape.ts'
import { formatBytes, parseAge } from '../../text/units.ts'
import { endOfInput } from '../output/end-of-input.ts'
import { reportFailure } from '../output/failure.ts'
import { note } from '../output/notes.ts'

/** The largest number of runs that are listed before the user is asked to confirm. */
const MAX_LISTED = 20

/** The values of the flags of `burn runs rm`, as the user typed them. */
export interface RemoveFlags {
  /** The folder that contains the folders of runs; nothing outside of it is removed. */
  readonly folder?: string
  readonly olderThan?: string
  /** The age that the configuration file sets. It is used when the command line names neither runs nor an age. */
  readonly retention?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/**
 * Runs `burn runs rm`: removes the named runs, or those older than an age, after asking the user; without a terminal, `--yes` is required. When a
 * named run does not exist or is in progress, nothing is removed. Returns the exit code.
 * @throws UsageError, InputError, LocalError
 */
export async function removeCommand(named: readonly string[], flags: RemoveFlags): Promise<number> {
  const { folder: base = resultsFolder(), dryRun = false, yes = false, json = false } = flags
  const runs = chosen(named, flags, Date.now())
  if (runs.length === 0) note(`there is no run to remove in ${base}`)
  const listed = (removed: boolean) => runs.map(({ endedAt, ...run }) => ({ ...run, endTime: endedAt, removed }))
  if (dryRun || runs.length === 0) {
    process.stdout.write(json ? `${safeJson(listed(false), 2)}\n` : lines(runs, Number.POSITIVE_INFINITY))
    return EXIT.ok
  }
  const answer = yes || (await agreed(runs))
  if (answer !== true) {
    note('nothing was removed')
    return answer === 'stopped' ? EXIT.sigint : EXIT.ok
  }
  const { removed, code } = removeAll(runs, base)
  if (json)
    process.stdout.write(
      `${safeJson(
        listed(true).filter(({ folder }) => removed.has(folder)),
        2,
      )}\n`,
    )
  else note(`removed ${count(removed.size)}`)
  return code
}

/**
 * Returns the runs to remove. @throws UsageError when it is not clear what to remove; InputError or LocalError for a named run that may not be
 * removed
 */
function chosen(named: readonly string[], flags: RemoveFlags, now: number): RemovableRun[] {
  const { folder: base = resultsFolder(), retention } = flags
  const olderThan = flags.olderThan ?? (named.length === 0 ? retention : undefined)
  if (named.length > 0 && olderThan !== undefined)
    throw new UsageError('runs are named, and their age is said with --older-than', 'leave out one of the two')
  if (named.length === 0 && olderThan === undefined)
    throw new UsageError('name the runs to remove, or their age with --older-than', 'such as burn runs rm --older-than 30d')
  if (olderThan === undefined) {
    const folders = new Set(named.flatMap((name) => runsOf(findRun(name, base))))
    return [...folders].map((folder) => removableRun(folder, base))
  }
  const age = parseAge(olderThan)
  if (age === undefined) throw new UsageError(`--older-than ${olderThan}: expected an age such as 30d or 12h`)
  return runFoldersIn(base).flatMap((folder) => {
    try {
      const run = removableRun(folder, base)
      return run.endedAt < now - age ? [run] : []
    } catch (error) {
      if (error instanceof ForeignFilesError) note(`left alone: ${error.message}`)
      // A run that still goes on does not count as old.
      if (error instanceof LocalError || error instanceof InputError) return []
      throw error
    }
  })
}

/**
 * Returns the folders of all runs of a suite or search; the folder itself for a single run. The folder of the suite or search is removed with its
 * last run.
 */
function runsOf(folder: string): string[] {
  const suite = storedSuiteAt(folder)
  const search = storedSearchAt(folder)
  const runs = [...(suite ? foldersOfSuite(suite).map((run) => run.folder) : []), ...(search ? foldersOfSearch(search) : [])]
  return runs.length === 0 ? [folder] : runs
}

const count = (n: number) => `${formatCount(n)} ${n === 1 ? 'run' : 'runs'}`

function lines(runs: readonly RemovableRun[], most: number): string {
  const all = runs.map(({ folder, endedAt, bytes }) => `${formatMoment(endedAt)}  ${formatBytes(bytes)}  ${folder}\n`)
  const more = all.length - most
  return terminalSafe(all.slice(0, most).join('') + (more > 0 ? `… and ${count(more)} more\n` : ''))
}

/**
 * Asks the user on the terminal whether the runs are to be removed; `stopped` means Ctrl-C, Escape or the end of the input. @throws UsageError
 * without a terminal
 */
async function agreed(runs: readonly RemovableRun[]): Promise<boolean | 'stopped'> {
  const bytes = formatBytes(runs.reduce((sum, run) => sum + run.bytes, 0))
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError(
      `${count(runs.length)} with ${bytes} would be removed, and there is no terminal to ask on`,
      'add --yes; --dry-run lists them',
    )
  process.stderr.write(lines(runs, MAX_LISTED))
  const { confirm } = await import('@clack/prompts')
  const message = `Remove ${count(runs.length)} with ${bytes}?`
  const answer = await confirm({ message, initialValue: false, output: process.stderr, signal: endOfInput() })
  return typeof answer === 'symbol' ? 'stopped' : answer
}

/** Removes runs one after the other. When one cannot be removed, reports it and continues with the others. */
function removeAll(runs: readonly RemovableRun[], base: string): { removed: Set<string>; code: ExitCode } {
  const removed = new Set<string>()
  const codes: ExitCode[] = []
  for (const run of runs) {
    try {
      removeRun(run, base)
      removed.add(run.folder)
    } catch (error) {
      codes.push(reportFailure(error))
    }
  }
  return { removed, code: worstExit(codes) }
}
