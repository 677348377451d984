/** Parses the flags of `burn search`. */
import { UsageError } from '../../errors.ts'
import { MOST_USERS } from '../../load/executor.ts'
import { parseThreshold } from '../../metrics/threshold/threshold.ts'
import type { SearchLengths } from '../../search/lengths.ts'
import type { Tier } from '../../search/measured.ts'
import type { SearchGoal } from '../../search/next.ts'
import { parseCount, parseDuration, parsePercent, parseRate } from '../../text/units.ts'
import { type RunFlags, withUnit } from '../load/run-flags.ts'

/** The flags of `burn search` as the user typed them, including those that it shares with `burn run`. */
export type SearchFlags = RunFlags & {
  readonly for?: 'users' | 'rate'
  readonly holds?: string
  readonly from: string
  readonly max: string
  readonly precision: string
  readonly confirm: string
  readonly point: string
  readonly warmUp: string
  readonly budget: string
  readonly tier?: readonly string[]
  readonly salt?: boolean
}

/**
 * The settings of a capacity search (`burn search`): the range of loads, how long each measurement takes, and the limits for the search's own time
 * and cost.
 */
export interface SearchChoices {
  readonly goal: SearchGoal
  readonly unit: 'users' | 'rate'
  /** The only load to measure (`--holds`); undefined when the search looks for the highest load. */
  readonly holds: number | undefined
  readonly lengths: SearchLengths
  readonly budgetMs: number
  readonly maxCost: number | undefined
}

/**
 * Converts the flags of `burn search` to settings; `unit` says whether loads are users or arrivals per second. @throws UsageError for a value
 * that cannot be used
 */
export function searchChoices(flags: SearchFlags, unit: 'users' | 'rate'): SearchChoices {
  const precision = parsePercent(flags.precision)
  if (precision === undefined || precision < 0.01 || precision > 0.5)
    throw new UsageError(`--precision ${flags.precision}: expected a share from 1% to 50%`)
  const [from, max] = [loadOf('--from', flags.from, unit), loadOf('--max', flags.max, unit)]
  if (from > max) throw new UsageError(`--from ${flags.from} is above --max ${flags.max}`)
  const maxCost = flags.maxCost === undefined ? undefined : Number(flags.maxCost)
  if (maxCost !== undefined && !(maxCost > 0 && maxCost < Number.POSITIVE_INFINITY))
    throw new UsageError(`--max-cost ${flags.maxCost}: expected an amount of money, such as 5 or 0.20`)
  return {
    unit,
    goal: { isWhole: unit === 'users', from, max, precision },
    holds: flags.holds === undefined ? undefined : loadOf('--holds', flags.holds, unit),
    lengths: {
      warmup: secondsOf('--warm-up', flags.warmUp),
      point: secondsOf('--point', flags.point),
      confirm: secondsOf('--confirm', flags.confirm),
    },
    budgetMs: secondsOf('--budget', flags.budget) * 1000,
    maxCost,
  }
}

function loadOf(flag: string, text: string, unit: 'users' | 'rate'): number {
  const load = unit === 'rate' ? parseRate(withUnit(flag, text, '/s')) : parseCount(text, 1, MOST_USERS)
  if (load === undefined || load <= 0) {
    const kind =
      unit === 'rate' ? 'a rate such as 20, 1k or 90/m' : `a whole number of users, at most ${MOST_USERS}, such as 50 or 10k`
    throw new UsageError(`${flag} ${text}: expected ${kind}`)
  }
  return load
}

function secondsOf(flag: string, text: string): number {
  const ms = parseDuration(withUnit(flag, text, 's'))
  if (ms === undefined || ms < 100) throw new UsageError(`${flag} ${text}: expected a duration of 100ms or more, such as 10m`)
  return ms / 1000
}

/**
 * Parses the flags `--tier` of `burn search` to named sets of thresholds; flags with the same name add to one set. The search finds the highest load
 * that meets each set.
 * @throws UsageError for a flag without a name or with an invalid threshold
 */
export function tiersOf({ tier = [] }: Pick<SearchFlags, 'tier'>): Tier[] {
  const sets = new Map<string, string[]>()
  for (const text of tier) {
    const [, name = '', list = ''] = /^\s*([\w-]+)\s*=\s*(.+)$/s.exec(text) ?? []
    const thresholds = list.split(/[,;](?![^{]*\})/).flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))
    if (thresholds.length === 0)
      throw new UsageError(
        `--tier ${JSON.stringify(text)}: expected a name and thresholds`,
        'such as --tier "gold=ttft p95 < 500ms"',
      )
    for (const threshold of thresholds) {
      const parsed = parseThreshold(threshold)
      if (!parsed.ok) throw new UsageError(`--tier ${name}: ${JSON.stringify(threshold)}: ${parsed.message}`, parsed.hint)
    }
    sets.set(name, [...(sets.get(name) ?? []), ...thresholds])
  }
  return [...sets].map(([name, thresholds]) => ({ name, thresholds }))
}
