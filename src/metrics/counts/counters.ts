/** The counters from which all shares, counts and rates are computed. Counters of several groups can be added, which shares and rates cannot. */
import { isBlockWord } from '../../blocking.ts'
import { isByEarlier, isInjected } from '../../errors.ts'
import type { Exchange, Usage } from '../../exchange.ts'
import type { Counts } from '../../result/schema.ts'
import { isAuthFailure, isTimeout } from '../failures/failure-kinds.ts'
import { NO_CONNECTIONS } from './connections.ts'
import { NO_ITERATIONS } from './iterations.ts'
import { NO_JUDGE } from './judge-counts.ts'

/**
 * All counters of a group of attempts (ok, failed …), with the value 0. Those about connections, iterations and the judge (the model that scores
 * replies) are counted only for the group of all attempts.
 */
export const NO_COUNTERS = {
  planned: 0,
  started: 0,
  ok: 0,
  failed: 0,
  cut: 0,
  dropped: 0,
  skipped: 0,
  /** Ok attempts of message steps that got a complete reply. */
  replies: 0,
  /**
   * Ok replies without generated text; `repliesUnread`: replies in which burn found no text; `repliesBlocked`: replies blocked by a filter or
   * refused.
   */
  repliesEmpty: 0,
  repliesUnread: 0,
  repliesBlocked: 0,
  /** Failed attempts of message steps that failed because a filter blocked them. */
  failedBlocked: 0,
  /** Attempts that failed by a time-out; `authFailures`: because credentials were missing or refused. */
  timeouts: 0,
  authFailures: 0,
  /** Attempts into which a fault was injected; `injectedFailed`: the failed ones that failed because of the fault. */
  injected: 0,
  injectedFailed: 0,
  /**
   * Failed attempts that an injected failure earlier in their iteration may explain; the next three: ok attempts, good attempts and passed checks
   * after such a failure.
   */
  failedAfterFault: 0,
  okAfterFault: 0,
  goodAfterFault: 0,
  checksAfterFault: 0,
  /** Ok attempts that met every objective. */
  good: 0,
  checksHeld: 0,
  checksMade: 0,
  bytesSent: 0,
  bytesReceived: 0,
  outputTokens: 0,
  /** Vectors and scores in ok replies without text. */
  items: 0,
  /** Prompt tokens of ok attempts; `cachedTokens`: those of them read from a cache; `repliesWithCache`: number of replies that reported them. */
  inputTokens: 0,
  cachedTokens: 0,
  repliesWithCache: 0,
  /** Dropped iterations of paced users that were late, because their user was still busy when the phase ended. */
  heldBack: 0,
  /**
   * Attempts dropped because of a limit of the scenario (`rateLimit`, breaker, budget); `failedByLimit`: failed attempts that `rateLimit` refused.
   */
  droppedByLimit: 0,
  failedByLimit: 0,
  /**
   * The number of cut attempts (the run ended first) that had no first byte yet; the next two counters do the same for the first token and the first
   * output.
   */
  cutBeforeFirstByte: 0,
  cutBeforeFirstToken: 0,
  cutBeforeFirstOutput: 0,
  ...NO_CONNECTIONS,
  ...NO_ITERATIONS,
  ...NO_JUDGE,
}

/** Failure class of an attempt that the scenario's `rateLimit` refused: burn's own limit, which does not count against the target. */
export const LIMIT_CLASS = 'local_rate_limit'

/** The counters of a group of attempts (ok, failed …), writable, for code that adds to them. */
export type OpenCounters = typeof NO_COUNTERS
/** The counters of a group of attempts (ok, failed …), read-only, for code that does not change them. */
export type Counters = Readonly<OpenCounters>

const KEYS = Object.keys(NO_COUNTERS) as readonly (keyof Counters)[] // Object.keys forgets the keys of a literal.

/**
 * Returns how many attempts failed because of the target: all failed attempts, minus those that an injected fault or the scenario's `rateLimit` made
 * fail.
 */
export function targetFailures({ failed, injectedFailed, failedByLimit }: Counters): number {
  return failed - injectedFailed - failedByLimit
}

/**
 * Returns the number of attempts by which the target's error rate is divided: those that were ok, failed or dropped (due but never started). Attempts
 * whose outcome an injected fault or the scenario's `rateLimit` may have decided do not count, because they say nothing about the target.
 */
export function targetAttempts(counters: Counters): number {
  return countForRate(counters, 'ok', 'okAfterFault') + targetFailures(counters) + counters.dropped - counters.droppedByLimit
}

/**
 * Returns the value of the counter `of`, such as `ok`, for computing a rate about the target, such as the error rate. These rates leave out attempts
 * that failed after an injected fault. To be fair, they then have to leave out those that were ok after one too: if there are such failures, the
 * counter `after`, such as `okAfterFault`, is subtracted.
 */
export function countForRate(counters: Counters, of: keyof Counters, after: keyof Counters): number {
  return counters[of] - (counters.failedAfterFault > 0 ? counters[after] : 0)
}

/** Returns the sum of two sets of counters of attempts. */
export function addCounters(a: Counters, b: Counters): Counters {
  const sum: OpenCounters = { ...a }
  addTo(sum, b)
  return sum
}

/** Adds the counters `more` of a group of attempts to `sum`. */
export function addTo(sum: OpenCounters, more: Counters): void {
  for (const key of KEYS) if (more[key] !== 0) sum[key] += more[key]
}

/** Subtracts the counters `part` of a group of attempts, which were added before, from `sum`. */
export function takeFrom(sum: OpenCounters, part: Counters): void {
  for (const key of KEYS) if (part[key] !== 0) sum[key] -= part[key]
}

/** Returns the counters of a group of attempts between two moments: the counters `now` minus the earlier counters `before`. */
export function countersSince(now: Counters, before: Counters): Counters {
  const rest: OpenCounters = { ...now }
  for (const key of KEYS) rest[key] -= before[key]
  return rest
}

/** Returns the counters of a group of attempts in the form in which a result file stores them: counters that are 0 are left out. */
export function storedCounters(counters: Counters): Record<string, number> {
  return Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0))
}

/** Returns the counters of attempts stored in a result file; missing ones are 0, and names that this version does not know are left out. */
export function readCounters(stored: Readonly<Record<string, number>>): Counters {
  return { ...NO_COUNTERS, ...Object.fromEntries(KEYS.map((key) => [key, stored[key] ?? 0])) }
}

/** Returns the numbers of attempts by outcome, in the form in which a result file stores them. */
export function countsOf({ planned, started, ok, failed, cut, dropped, skipped }: Counters): Counts {
  return { planned, started, ok, failed, cut, dropped, ...(skipped > 0 ? { skipped } : {}) }
}

/** The facts that are counted for an attempt besides its outcome: passed and failed checks, and whether it met every objective. */
export interface AttemptEvaluation {
  /** True for an attempt of a message step, whose reply should contain text. */
  readonly message?: boolean
  /** True when every objective (limit on time, speed or price) was met; false for any attempt that is not ok. */
  readonly good: boolean
  readonly checksPassed: number
  readonly checksFailed: number
  /** True when the attempt ended before the end of the load, so that it counts for rates. */
  readonly inWindow: boolean
}

/**
 * True when the `expect` checks of an attempt are counted: always, except when an injected fault made the attempt fail, because its reply then says
 * nothing about the target.
 */
export const countsChecks = ({ failure }: Pick<Exchange, 'failure'>): boolean => !isInjected(failure)

/** Adds one attempt that has ended to the counters of a group of attempts. */
export function countAttempt(counters: OpenCounters, exchange: Exchange, evaluation: AttemptEvaluation): void {
  const { good, checksPassed, checksFailed, message = false } = evaluation
  counters.bytesSent += exchange.bytesSent
  counters.bytesReceived += exchange.bytesReceived
  if (countsChecks(exchange)) {
    counters.checksHeld += checksPassed
    counters.checksMade += checksPassed + checksFailed
    if (exchange.afterFault) counters.checksAfterFault += checksPassed
  }
  if (exchange.fault !== undefined) counters.injected += 1
  if (exchange.outcome === 'cut') countCut(counters, exchange)
  else if (exchange.outcome === 'failed') countFailed(counters, exchange, message)
  else {
    counters.ok += 1
    if (good) counters.good += 1
    if (exchange.afterFault) countOkAfterFault(counters, good)
    if (exchange.usage) countTokens(counters, exchange.usage)
    counters.items += exchange.items ?? 0
    if (message && exchange.replied) countReply(counters, exchange)
  }
}

function countFailed(counters: OpenCounters, exchange: Exchange, message: boolean): void {
  const { failure } = exchange
  counters.failed += 1
  if (isInjected(failure)) {
    counters.injectedFailed += 1
    if (isByEarlier(failure)) counters.failedAfterFault += 1
    return
  }
  if (failure?.class === LIMIT_CLASS) counters.failedByLimit += 1
  if (isTimeout(exchange)) counters.timeouts += 1
  if (isAuthFailure(exchange)) counters.authFailures += 1
  if (message && (failure?.class === 'blocked' || isBlockWord(failure?.code ?? ''))) counters.failedBlocked += 1
}

function countOkAfterFault(counters: OpenCounters, good: boolean): void {
  counters.okAfterFault += 1
  if (good) counters.goodAfterFault += 1
}

function countTokens(counters: OpenCounters, { inputTokens, cachedInputTokens, outputTokens }: Usage): void {
  counters.outputTokens += outputTokens ?? 0
  counters.inputTokens += inputTokens ?? 0
  // Without the tokens of its prompt, a reply says of no share what was cached.
  if (cachedInputTokens === null || inputTokens === null) return
  counters.cachedTokens += cachedInputTokens
  counters.repliesWithCache += 1
}

function countReply(counters: OpenCounters, { warnings }: Exchange): void {
  counters.replies += 1
  if (warnings.includes('empty_reply')) counters.repliesEmpty += 1
  if (warnings.includes('text_not_found')) counters.repliesUnread += 1
  if (warnings.includes('blocked')) counters.repliesBlocked += 1
}

function countCut(counters: OpenCounters, { firstByteAt, firstTokenAt, firstOutputAt }: Exchange): void {
  counters.cut += 1
  if (Number.isNaN(firstByteAt)) counters.cutBeforeFirstByte += 1
  if (Number.isNaN(firstTokenAt)) counters.cutBeforeFirstToken += 1
  if (Number.isNaN(firstOutputAt)) counters.cutBeforeFirstOutput += 1
}
