/** Counts of a stretch of the run, from which every share, count and rate is formed. Tallies add; shares and rates do not. */
import type { Counts } from '../result.ts'

export interface Tally extends Counts {
  /** Ok attempts that met every objective. */
  readonly good: number
  readonly checksHeld: number
  readonly checksMade: number
  readonly reconnects: number
  readonly outputTokens: number
}

/** A tally of nothing. */
export const NO_TALLY: Tally = {
  planned: 0,
  started: 0,
  ok: 0,
  failed: 0,
  cut: 0,
  dropped: 0,
  good: 0,
  checksHeld: 0,
  checksMade: 0,
  reconnects: 0,
  outputTokens: 0,
}

const KEYS = Object.keys(NO_TALLY) as readonly (keyof Tally)[] // Object.keys forgets the keys of a literal.

/** The sum of two tallies. */
export function addTally(a: Tally, b: Tally): Tally {
  const sum: Record<keyof Tally, number> = { ...a }
  for (const key of KEYS) sum[key] += b[key]
  return sum
}

/** What `now` has and `before` did not: the tally of the time between. */
export function tallySince(now: Tally, before: Tally): Tally {
  const rest: Record<keyof Tally, number> = { ...now }
  for (const key of KEYS) rest[key] -= before[key]
  return rest
}

const ended = (t: Tally) => t.ok + t.failed + t.dropped
const share = (part: number, whole: number) => (whole > 0 ? part / whole : null)

/** By metric: counts as they are, shares over their wholes, and for rates what is counted per second. */
const DIRECT: Readonly<Record<string, (t: Tally) => number | null>> = {
  errors: (t) => share(t.failed, ended(t)),
  good_share: (t) => share(t.good, ended(t)),
  checks: (t) => share(t.checksHeld, t.checksMade),
  dropped: (t) => share(t.dropped, t.planned),
  planned: (t) => t.planned,
  ok: (t) => t.ok,
  failed: (t) => t.failed,
  cut: (t) => t.cut,
  reconnects: (t) => t.reconnects,
}
const PER_SECOND: Readonly<Record<string, (t: Tally) => number>> = {
  started_rate: (t) => t.started,
  completed_rate: (t) => t.ok + t.failed,
  rate: (t) => t.ok,
  goodput: (t) => t.good,
  output_token_rate: (t) => t.outputTokens,
}

/** A share, count or rate of the catalogue over `windowMs`; null when its denominator is zero. @see glossary */
export function runValue(metric: string, tally: Tally, windowMs: number): number | null {
  const counted = PER_SECOND[metric]
  if (counted) return windowMs > 0 ? (counted(tally) * 1000) / windowMs : null
  return DIRECT[metric]?.(tally) ?? null
}
