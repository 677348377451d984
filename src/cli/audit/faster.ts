/** How much faster the replies to a repeated prompt are than those to distinct ones. */
import { hodgesLehmann } from '../../statistics/signed-rank.ts'
import { median } from '../../statistics/spread.ts'
import type { AuditReply } from './reply.ts'

/** The time of a reply that is compared. */
type ComparedTime = 'ttft' | 'serviceTime' | 'pieceTime'

/** A comparison of one time: the medians of both kinds in ms, and by which share (0 to 1) the repeated prompt is faster, with 95 % confidence. */
export interface Faster {
  readonly repeatedMs: number
  readonly distinctMs: number
  readonly share: number
  readonly low: number
  readonly high: number
  readonly pairs: number
}

/** The fewest pairs from which bounds of 95 % confidence can be had. */
export const MIN_PAIRS = 6

/** The smallest ratio of two times: a reply that comes in one delivery has no time between its tokens. */
const LEAST = 1e-3

/** A distinct prompt and the repeated one after it, as the audit sent them. */
export interface AuditPair {
  readonly distinct: AuditReply
  readonly repeated: AuditReply
}

/** Returns the pairs of replies of which both were ok. The first pair is left out: its repeated prompt is new, too. */
export function pairsOf(replies: readonly AuditReply[]): AuditPair[] {
  return replies.flatMap((distinct, at) => {
    const repeated = replies[at + 1]
    if (at < 2 || at % 2 === 1 || !repeated || distinct.failure || repeated.failure) return []
    return [{ distinct, repeated }]
  })
}

/** Compares a time of both replies of each pair; undefined when fewer than six pairs have it. */
export function fasterIn(time: ComparedTime, pairs: readonly AuditPair[]): Faster | undefined {
  const both = pairs.flatMap(({ distinct, repeated }) => {
    const [before, after] = [distinct[time], repeated[time]]
    return before !== undefined && after !== undefined && before > 0 ? [{ before, after }] : []
  })
  if (both.length < MIN_PAIRS) return undefined
  const { estimate, low, high } = hodgesLehmann(both.map(({ before, after }) => Math.log(Math.max(after / before, LEAST))))
  return {
    repeatedMs: median(both.map(({ after }) => after)),
    distinctMs: median(both.map(({ before }) => before)),
    share: 1 - Math.exp(estimate),
    low: 1 - Math.exp(high),
    high: 1 - Math.exp(low),
    pairs: both.length,
  }
}

/**
 * Decides whether something is faster by more than a share `limit`: `yes` when the estimate is and the difference is no chance, `no` when the whole
 * interval lies below the limit, else `open`.
 */
export function isFasterBy(limit: number, { share, low, high }: Faster): 'yes' | 'no' | 'open' {
  if (share > limit && low > 0) return 'yes'
  return high < limit ? 'no' : 'open'
}
