/** Computes the verdict, exit code and reason with which a search ends. */
import { EXIT, type ExitCode } from '../errors.ts'
import type { MeasuredPoint, SearchResult, SearchTier } from '../result/search.ts'

/** The reason why a capacity search (`burn search`) was stopped before it had found the highest load. */
export type SearchStop =
  /** A signal, a bug or a problem of this machine, such as a full disk, ended the search; `code` is the exit code for it. */
  | { readonly kind: 'broken'; readonly code: ExitCode; readonly why: string }
  /** burn itself was too slow for valid measurements. */
  | { readonly kind: 'invalid'; readonly why: string }
  /** The target did not answer, or the measurements had too few samples. */
  | { readonly kind: 'untestable'; readonly why: string }
  /** The time or money that the search may use is used up. */
  | { readonly kind: 'budget'; readonly why: string }

type SearchEnd = Pick<SearchResult, 'status' | 'verdict' | 'reason' | 'exitCode'>
type SearchGoals = Pick<SearchResult, 'for' | 'holds'>

/**
 * The status, verdict, exit code and reason in `search.json` while a capacity search goes on, so that a file left by a killed process does not count
 * as a result.
 */
export const SEARCH_UNDER_WAY: SearchEnd = {
  ...{ status: 'running', verdict: 'incomplete', exitCode: EXIT.notValid },
  reason: 'the search was still under way when this was written',
}

/** Returns a load that a capacity search measured, in words: `64 users`, `12.5/s`. */
export function loadText(load: number, { for: unit }: Pick<SearchResult, 'for'>): string {
  const digits = Number(load.toPrecision(4))
  return unit === 'users' ? `${digits} ${digits === 1 ? 'user' : 'users'}` : `${digits}/s`
}

/** Returns status, verdict, exit code and reason of a capacity search. `stop` says why it was stopped early; undefined when it went on to its end. */
export function searchEnd(
  asked: SearchGoals,
  tiers: readonly SearchTier[],
  points: readonly MeasuredPoint[],
  stop: SearchStop | undefined,
): SearchEnd {
  if (stop !== undefined) return stoppedEnd(asked, tiers, points, stop)
  if (asked.holds !== null) return heldEnd(asked, asked.holds, points, tiers.length)
  const below = tiers.filter(({ ended }) => ended === 'below')
  const reason = tiers.map((tier) => `${tiers.length > 1 ? `${tier.name}: ` : ''}${foundText(tier, asked)}`).join('; ')
  return below.length === 0
    ? { status: 'completed', verdict: 'found', reason, exitCode: EXIT.ok }
    : { status: 'completed', verdict: 'does_not_hold', reason, exitCode: EXIT.verdictFailed }
}

/**
 * Describes in words what a capacity search found for one set of thresholds, such as "holds 64 users; the limit is estimated at 70 users (95 %: 66
 * to 75 users)".
 */
export function foundText({ confirmed, estimate, ended, failed }: SearchTier, asked: Pick<SearchResult, 'for'>): string {
  const text = (load: number) => loadText(load, asked)
  if (ended === 'below') return `does not hold even ${text(failed ?? 1)}`
  if (confirmed === null) return 'no load is confirmed'
  if (ended === 'max') return `holds ${text(confirmed)}, the highest load that was tried: it may hold more`
  if (estimate === null) return `holds ${text(confirmed)}`
  const interval = estimate.high === null ? `${text(estimate.low)} or more` : `${plain(estimate.low)} to ${text(estimate.high)}`
  return `holds ${text(confirmed)}; the limit is estimated at ${text(estimate.load)} (95 %: ${interval})`
}

const plain = (load: number) => String(Number(load.toPrecision(4)))

/**
 * True when a capacity search needs no further measurement of a load. This is so when all sets of thresholds have had enough samples, or when one has
 * failed, since the load is then too high. `sets` is the number of sets.
 */
export function isDecided({ counts, tiers }: MeasuredPoint, sets: number): boolean {
  return counts && (tiers.length === sets || tiers.some(({ holds }) => !holds))
}

function heldEnd(asked: SearchGoals, load: number, points: readonly MeasuredPoint[], sets: number): SearchEnd {
  const point = points.findLast((one) => isDecided(one, sets) && one.isLong && one.load === load)
  const broken = point?.tiers.filter(({ holds }) => !holds) ?? []
  if (point && broken.length === 0)
    return { status: 'completed', verdict: 'holds', reason: `holds ${loadText(load, asked)}`, exitCode: EXIT.ok }
  const why = broken.map(({ tier, nearest }) => (nearest === null ? tier : `${nearest} (${tier})`)).join(', ')
  const reason = `does not hold ${loadText(load, asked)}: ${point?.reason ?? ''}${why === '' ? '' : `; ${why}`}`
  return { status: 'completed', verdict: 'does_not_hold', reason, exitCode: EXIT.verdictFailed }
}

function stoppedEnd(
  asked: SearchGoals,
  tiers: readonly SearchTier[],
  points: readonly MeasuredPoint[],
  stop: SearchStop,
): SearchEnd {
  const held = points
    .filter((point) => isDecided(point, tiers.length) && point.tiers.every(({ holds }) => holds))
    .map(({ load }) => load)
  const failed = tiers.flatMap((tier) => tier.failed ?? [])
  // A load that passed above one that failed passed by chance.
  const sure = held.filter((load) => failed.every((other) => load < other))
  const least = sure.length === 0 ? 'no load was seen to hold' : `at least ${loadText(Math.max(...sure), asked)}, not confirmed`
  const end = (verdict: SearchResult['verdict'], exitCode: ExitCode, reason: string): SearchEnd => ({
    status: 'stopped',
    verdict,
    exitCode,
    reason,
  })
  switch (stop.kind) {
    case 'broken':
      return end('incomplete', stop.code, `${stop.why}; ${least}`)
    case 'invalid':
      return end('invalid', EXIT.notValid, `${least}; burn itself was the limit: ${stop.why}`)
    case 'untestable':
      return end('could_not_test', EXIT.couldNotTest, stop.why)
    case 'budget':
      return end('unconfirmed', EXIT.couldNotTest, `${stop.why}; ${least}`)
  }
}
