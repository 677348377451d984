/** Computes how much faster the replies to a repeated prompt are than those to new prompts. */
import { hodgesLehmann } from '../../statistics/signed-rank.ts'
import { median } from '../../statistics/spread.ts'
import type { AuditReply } from './reply.ts'

/** A time by which `burn audit` compares replies: until the first token, of the whole reply, or per piece of the reply. */
type ComparedTime = 'ttft' | 'serviceTime' | 'pieceTime'

/**
 * How much faster replies to a repeated prompt are than replies to new prompts, measured by one of their times, such as the time to the first token.
 * It has both medians in ms, the gain as a fraction of the time for new prompts (0.1 is 10 % faster), and the 95 % confidence interval of this
 * fraction.
 */
export interface Faster {
  readonly repeatedMs: number
  readonly distinctMs: number
  readonly share: number
  readonly low: number
  readonly high: number
  readonly pairs: number
}

/** The smallest number of pairs of replies from which `burn audit` can compute a 95 % confidence interval. */
export const MIN_PAIRS = 6

/** The smallest ratio of two times. The time per piece is 0 for a reply that arrives all at once, and 0 has no logarithm. */
const LEAST = 1e-3

/** Two replies of `burn audit`: to a new prompt, and to the repeated prompt that was sent after it. */
export interface AuditPair {
  readonly distinct: AuditReply
  readonly repeated: AuditReply
}

/**
 * Returns the pairs of replies (one to a new prompt, then one to the repeated prompt) of which both succeeded, so that their times can be compared.
 * The first pair is left out: the target saw the prompt that is repeated later for the first time in it, so it could not have cached it.
 */
export function pairsOf(replies: readonly AuditReply[]): AuditPair[] {
  return replies.flatMap((distinct, at) => {
    const repeated = replies[at + 1]
    if (at < 2 || at % 2 === 1 || !repeated || distinct.failure || repeated.failure) return []
    return [{ distinct, repeated }]
  })
}

/**
 * Computes how much faster replies to a repeated prompt are than those to new prompts. `time` names the time that is compared, such as the time to
 * the first token. Returns undefined when fewer than six pairs of replies have this time.
 */
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
 * Decides whether replies to a repeated prompt are faster than those to new prompts by more than the fraction `limit` (0 to 1). Returns `yes` when
 * the estimate exceeds the limit and the whole confidence interval is above 0, `no` when the whole interval is below the limit, else `open`.
 */
export function isFasterBy(limit: number, { share, low, high }: Faster): 'yes' | 'no' | 'open' {
  if (share > limit && low > 0) return 'yes'
  return high < limit ? 'no' : 'open'
}
