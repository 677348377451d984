/** Chooses the runs that `burn runs` shows. */
import { UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { resultSchema } from '../../result/schema.ts'
import type { RunHead } from '../../store/run-heads.ts'
import { parseAge, parseCount } from '../../text/units.ts'

/** The values of the flags of `burn runs`, as the user typed them. */
export interface RunsFlags {
  readonly since?: string
  readonly target?: string
  readonly scenario?: string
  readonly verdict?: string
  readonly limit: string
  readonly trend?: boolean
  readonly watch?: boolean
  readonly json?: boolean
  readonly color: boolean
}

/** The word that the table shows instead of a verdict for a run that still goes on. */
const RUNNING = 'running'

/** Returns the runs that the flags of `burn runs` select, newest first; `now` is the current time in ms since 1970. @throws UsageError */
export function chosenRuns<Run extends RunHead & { readonly live: object | null }>(
  runs: readonly Run[],
  flags: RunsFlags,
  now: number,
): Run[] {
  const { scenario, target, verdict } = flags
  const since = flags.since === undefined ? Number.NEGATIVE_INFINITY : momentOf(flags.since, now)
  if (verdict !== undefined) refuseUnknownVerdict(verdict)
  const limit = parseCount(flags.limit, 1, Number.MAX_SAFE_INTEGER)
  if (limit === undefined) throw new UsageError(`--limit ${flags.limit}: expected a whole number above 0`)
  return runs
    .filter((run) => run.startTime >= since)
    .filter((run) => scenario === undefined || run.scenarioName === scenario || run.scenarioFile === scenario)
    .filter((run) => target === undefined || run.target.some(({ name, url }) => name === target || url.includes(target)))
    .filter((run) => verdict === undefined || (run.live ? RUNNING : run.verdict) === verdict)
    .slice(0, limit)
}

/** Checks a verdict that the user typed. @throws UsageError for a word that is no verdict */
function refuseUnknownVerdict(verdict: string): void {
  const names: readonly string[] = [...resultSchema.shape.verdict.options, RUNNING]
  if (names.includes(verdict)) return
  const near = nearest(verdict, names)
  throw new UsageError(
    `--verdict ${verdict}: there is no such verdict`,
    near === undefined
      ? `one of ${names.join(', ')}`
      : `did you mean ${near}? Others: ${names.filter((name) => name !== near).join(', ')}`,
  )
}

/** Parses a time to ms since 1970: an age before `now` such as `7d`, or a date such as `2026-01-31`. */
function momentOf(text: string, now: number): number {
  const age = parseAge(text)
  if (age !== undefined) return now - age
  const date = Date.parse(text)
  if (Number.isNaN(date)) throw new UsageError(`--since ${text}: expected an age such as 24h or 7d, or a date such as 2026-01-31`)
  return date
}
