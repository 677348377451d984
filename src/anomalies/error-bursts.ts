/** Finds bursts of failures: more in a row, or within ten seconds, than the error rate of the run explains. */
import { binomialCdf } from '../statistics/binomial.ts'

/** Several failed attempts at one target in a row, without an ok attempt between them. Times are in monotonic ms. */
export interface FailureRow {
  readonly length: number
  readonly firstAt: number
  readonly lastAt: number
}

/** The smallest number of failures in a row that counts as a burst. */
const MIN_LENGTH = 3
/** The smallest number of failures in a row that counts as a burst when more than 5 % of the attempts (OFTEN) fail. */
const MIN_LENGTH_OFTEN = 5
const OFTEN = 0.05
/** The accepted probability that a run has such a burst by chance. */
const CHANCE = 0.001
const MAX_ROWS = 1000

/** Finds failures in a row among the attempts at one target. Attempts are added in the order in which they end. */
export class FailureRows {
  private readonly rows: FailureRow[] = []
  private length = 0
  private firstAt = 0
  private lastAt = 0

  /** Adds an attempt that has ended. An ok attempt ends the current row of failures. */
  add(failed: boolean, endedAt: number): void {
    if (!failed) {
      this.end()
      return
    }
    if (this.length === 0) this.firstAt = endedAt
    this.lastAt = endedAt
    this.length += 1
  }

  /** Returns the rows of at least three failures so far, up to a thousand, including the one that has not ended. */
  soFar(): readonly FailureRow[] {
    const { length, firstAt, lastAt } = this
    return length >= MIN_LENGTH ? [...this.rows, { length, firstAt, lastAt }] : this.rows
  }

  private end(): void {
    const { length, firstAt, lastAt } = this
    if (length >= MIN_LENGTH && this.rows.length < MAX_ROWS) this.rows.push({ length, firstAt, lastAt })
    this.length = 0
  }
}

/**
 * Returns how many consecutive failures count as a burst when `failed` of `ended` attempts failed: 3, or 5 when more than 5 % failed, but always
 * more than chance alone would produce in a row. Infinity when all attempts failed, because then no burst stands out.
 */
export function burstLength(failed: number, ended: number): number {
  const rate = ended === 0 ? 0 : failed / ended
  if (rate === 0) return MIN_LENGTH
  if (rate >= 1) return Number.POSITIVE_INFINITY
  return Math.max(rate <= OFTEN ? MIN_LENGTH : MIN_LENGTH_OFTEN, Math.ceil(Math.log(CHANCE / ended) / Math.log(rate)))
}

/** A stretch of time, with the number of attempts that ended in it. */
interface CountedStretch {
  readonly atMs: number
  readonly lengthMs: number
  readonly ok: number
  readonly failed: number
}

/** The length of a window in ms. In long runs, a row of the timeline may be longer than this. */
const WINDOW_MS = 10_000

/**
 * Returns the stretches of a run that have more failures than the error rate of the whole run explains. `rows` are the intervals of the run's
 * timeline; each of them and each window of ten seconds is tested. This finds bursts in runs with many users, where ok attempts end between the
 * failures. The probability that chance alone makes any interval stand out is at most 0.1 %, and the same holds for the windows.
 */
export function failureWindows(rows: readonly CountedStretch[]): CountedStretch[] {
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  const rate = failed / rows.reduce((sum, { ok }) => sum + ok, failed)
  const short = joinedUp(rows.filter((row) => isUnlikely(row, rate, CHANCE / rows.length)))
  const windows = windowsOf(rows)
  const long = windows.filter((window) => isUnlikely(window, rate, CHANCE / windows.length))
  return [...short, ...long.filter((window) => !short.some((one) => overlap(one, window)))]
}

function isUnlikely({ ok, failed }: CountedStretch, rate: number, chance: number): boolean {
  return failed >= MIN_LENGTH && 1 - binomialCdf(failed - 1, failed + ok, rate) < chance
}

function overlap(a: CountedStretch, b: CountedStretch): boolean {
  return a.atMs < b.atMs + b.lengthMs && b.atMs < a.atMs + a.lengthMs
}

/** Joins stretches of time that follow each other without a gap. */
function joinedUp(rows: readonly CountedStretch[]): CountedStretch[] {
  const joined: CountedStretch[] = []
  for (const row of rows) {
    const last = joined.at(-1)
    if (last && row.atMs - (last.atMs + last.lengthMs) < 1) joined[joined.length - 1] = sumOf(last, row)
    else joined.push(row)
  }
  return joined
}

function sumOf(a: CountedStretch, b: CountedStretch): CountedStretch {
  return { atMs: a.atMs, lengthMs: a.lengthMs + b.lengthMs, ok: a.ok + b.ok, failed: a.failed + b.failed }
}

function windowsOf(rows: readonly CountedStretch[]): CountedStretch[] {
  const windows: CountedStretch[] = []
  for (const row of rows) {
    const last = windows.at(-1)
    if (last && last.lengthMs + row.lengthMs <= WINDOW_MS + 500) windows[windows.length - 1] = sumOf(last, row)
    else windows.push(row)
  }
  return windows
}
