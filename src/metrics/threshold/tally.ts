/** Counts of a stretch of the run, from which every share, count and rate is formed. Tallies add; shares and rates do not. */
import type { Counts } from '../../result/schema.ts'

export interface Tally extends Counts {
  readonly skipped: number
  /** Ok attempts of message steps to which a reply came. */
  readonly replies: number
  /** Of those: with nothing generated; with text that was not found; blocked by a filter or refused. */
  readonly repliesEmpty: number
  readonly repliesUnread: number
  readonly repliesBlocked: number
  /** Failed attempts of message steps whose failure says that a filter blocked them. */
  readonly failedBlocked: number
  /** Failed attempts: by time-outs, and for want of the right credentials. */
  readonly timeouts: number
  readonly authFailures: number
  /** Ok attempts that met every objective. */
  readonly good: number
  readonly checksHeld: number
  readonly checksMade: number
  readonly connectionsOpened: number
  readonly connectionsFailed: number
  readonly connectionsLost: number
  readonly lostInFlight: number
  readonly reconnects: number
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly iterationsEnded: number
  readonly iterationsFailed: number
  readonly iterationsExpired: number
  readonly outputTokens: number
  /** Of those dropped, the turns of a timetable whose user still waited for a reply when the phase ended. */
  readonly heldBack: number
  /** Of those cut, the ones that had not come so far. */
  readonly cutBeforeFirstByte: number
  readonly cutBeforeFirstToken: number
  readonly cutBeforeFirstOutput: number
}

/** A tally of nothing. */
export const NO_TALLY: Tally = {
  planned: 0,
  started: 0,
  ok: 0,
  failed: 0,
  cut: 0,
  dropped: 0,
  skipped: 0,
  replies: 0,
  repliesEmpty: 0,
  repliesUnread: 0,
  repliesBlocked: 0,
  failedBlocked: 0,
  timeouts: 0,
  authFailures: 0,
  good: 0,
  checksHeld: 0,
  checksMade: 0,
  connectionsOpened: 0,
  connectionsFailed: 0,
  connectionsLost: 0,
  lostInFlight: 0,
  reconnects: 0,
  bytesSent: 0,
  bytesReceived: 0,
  iterationsEnded: 0,
  iterationsFailed: 0,
  iterationsExpired: 0,
  outputTokens: 0,
  heldBack: 0,
  cutBeforeFirstByte: 0,
  cutBeforeFirstToken: 0,
  cutBeforeFirstOutput: 0,
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

/** The part of a share, and the whole that it is of. */
interface Parts {
  readonly part: number
  readonly whole: number
}

const parts = (part: number, whole: number): Parts => ({ part, whole })

const SHARES: Readonly<Record<string, (t: Tally) => Parts>> = {
  errors: (t) => parts(t.failed, ended(t)),
  good_share: (t) => parts(t.good, ended(t)),
  timeouts: (t) => parts(t.timeouts, ended(t)),
  auth_failures: (t) => parts(t.authFailures, ended(t)),
  checks: (t) => parts(t.checksHeld, t.checksMade),
  empty_reply: (t) => parts(t.repliesEmpty, t.replies),
  blocked: (t) => parts(t.repliesBlocked + t.failedBlocked, t.replies + t.failedBlocked),
  text_not_found: (t) => parts(t.repliesUnread, t.replies),
  dropped: (t) => parts(t.dropped, t.planned),
  failed_iterations: (t) => parts(t.iterationsFailed, t.iterationsEnded),
  expired_iterations: (t) => parts(t.iterationsExpired, t.iterationsEnded),
}

/** What a share of the catalogue is formed from; undefined for other metrics. */
export function partsOf(metric: string, tally: Tally): Parts | undefined {
  return Object.hasOwn(SHARES, metric) ? SHARES[metric]?.(tally) : undefined
}

/** By metric: counts as they are, and for rates what is counted per second. */
const DIRECT: Readonly<Record<string, (t: Tally) => number>> = {
  planned: (t) => t.planned,
  ok: (t) => t.ok,
  failed: (t) => t.failed,
  cut: (t) => t.cut,
  skipped: (t) => t.skipped,
  connections_opened: (t) => t.connectionsOpened,
  connections_failed: (t) => t.connectionsFailed,
  connections_lost: (t) => t.connectionsLost,
  lost_in_flight: (t) => t.lostInFlight,
  reconnects: (t) => t.reconnects,
  bytes_sent: (t) => t.bytesSent,
  bytes_received: (t) => t.bytesReceived,
}
const PER_SECOND: Readonly<Record<string, (t: Tally) => number>> = {
  started_rate: (t) => t.started,
  completed_rate: (t) => t.ok + t.failed,
  rate: (t) => t.ok,
  goodput: (t) => t.good,
  output_token_rate: (t) => t.outputTokens,
}

/** By metric: attempts that are in no distribution of it, though all that is known of them is that they took longer than they were given. */
const CENSORED: Readonly<Record<string, (t: Tally) => number>> = {
  response_time: (t) => t.cut + t.heldBack,
  service_time: (t) => t.cut,
  e2e: (t) => t.cut,
  stall: (t) => t.cut,
  ttfb: (t) => t.cutBeforeFirstByte,
  ttft: (t) => t.cutBeforeFirstToken,
  ttfo: (t) => t.cutBeforeFirstOutput,
}

/** Attempts that a latency lost to the end of the run, by metric; those with none are left out. */
export function censoredOf(tally: Tally): Record<string, number> {
  const all = Object.entries(CENSORED).map(([metric, of]) => [metric, of(tally)] as const)
  return Object.fromEntries(all.filter(([, count]) => count > 0))
}

/** A share, count or rate of the catalogue over `windowMs`; null when its denominator is zero. @see glossary */
export function runValue(metric: string, tally: Tally, windowMs: number): number | null {
  const counted = PER_SECOND[metric]
  if (counted) return windowMs > 0 ? (counted(tally) * 1000) / windowMs : null
  const share = partsOf(metric, tally)
  if (share) return share.whole > 0 ? share.part / share.whole : null
  return DIRECT[metric]?.(tally) ?? null
}
