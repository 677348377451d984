/** Checks whether the target answers a repeated prompt faster than a new one. */
import { formatShare } from '../../report/text/format.ts'
import { formatMs } from '../../text/units.ts'
import { type AuditPair, type Faster, fasterIn, isFasterBy, MIN_PAIRS } from './faster.ts'
import { type AuditFinding, finding } from './finding.ts'
import type { AuditReply } from './reply.ts'

/** The share of the time (0 to 1) by which a repeated prompt must be faster to count as cached. */
const CACHED = 0.1
/** The share of the time (0 to 1) by which the rest of a reply must be faster to count as cached: no model generates the same text twice as fast. */
const REPLAYED = 0.5

const VARY = 'prompts that repeat measure the cache: vary them ({{uuid}} in front, prompt.salt), or allow it with --allow-cache'

/**
 * Checks whether the target caches prompts. It does when the first token (or a whole reply without a stream) of a repeated prompt arrives more than
 * 10 % sooner than that of a new prompt. The finding also states how many tokens the usage reports as cached. With `allowed`, the check passes even
 * if a cache is found.
 */
export function promptCache(pairs: readonly AuditPair[], allowed: boolean): AuditFinding {
  const [times, what] = [fasterIn('ttft', pairs), 'first token'] as const
  const compared = times ?? fasterIn('serviceTime', pairs)
  const reported = {
    repeated: reportedShare(pairs.map(({ repeated }) => repeated)),
    distinct: reportedShare(pairs.map(({ distinct }) => distinct)),
  }
  const figures = { ...figuresOf(compared), repeatedCachedShare: reported.repeated, distinctCachedShare: reported.distinct }
  if (compared === undefined) return finding('prompt-cache', 'undecided', tooFew(pairs.length), { figures })
  const decided = isFasterBy(CACHED, compared)
  const usage =
    reported.repeated === null
      ? 'the usage reports no cached tokens'
      : `by the usage ${formatShare(reported.repeated)} of it is cached${reported.distinct === null ? '' : `, ${formatShare(reported.distinct)} of distinct ones`}`
  const text = `${times ? what : 'whole reply'} ${comparedText(compared)}; ${usage}`
  if (decided === 'yes')
    return finding('prompt-cache', allowed ? 'passed' : 'failed', `${text}: cached`, { hint: allowed ? '' : VARY, figures })
  if (decided === 'no') return finding('prompt-cache', 'passed', text, { figures })
  return finding('prompt-cache', 'undecided', text, { hint: MORE, figures })
}

const MORE = 'the replies scatter too much to say whether more than 10% lie between them: --pairs 40'
const tooFew = (pairs: number) => `${pairs} pairs of replies were ok; it takes ${MIN_PAIRS}`

/**
 * Checks whether the target caches whole replies: a cache is found when, for a repeated prompt, the pieces after the first one arrive more than twice
 * as fast as for a new one.
 */
export function replyCache(pairs: readonly AuditPair[]): AuditFinding {
  const compared = fasterIn('pieceTime', pairs)
  const figures = figuresOf(compared)
  if (compared === undefined)
    return finding('reply-cache', 'unknown', 'replies have no pieces after the first one whose speed could be compared', {
      figures,
    })
  const text = `time per piece ${comparedText(compared)}`
  return isFasterBy(REPLAYED, compared) === 'yes'
    ? finding('reply-cache', 'failed', `${text}: kept replies are sent again`, {
        hint: 'nothing was generated for a prompt that repeats: no figure of such a test is that of the model',
        figures,
      })
    : finding('reply-cache', 'passed', text, { figures })
}

/** Formats a share (0 to 1) in whole per cent; the confidence interval is too wide for more digits. */
const percent = (share: number) => `${Math.round(100 * share) || 0}%`

function comparedText({ repeatedMs, distinctMs, share, low, high }: Faster): string {
  const by = share >= 0 ? `${percent(share)} faster` : `${percent(-share)} slower`
  return `${formatMs(repeatedMs)} of the repeated prompt, ${formatMs(distinctMs)} of distinct ones: ${by} (${percent(low)} to ${percent(high)})`
}

function figuresOf(compared: Faster | undefined): AuditFinding['figures'] {
  const { repeatedMs, distinctMs, share, low, high, pairs } = compared ?? {}
  return {
    repeatedMs: repeatedMs ?? null,
    distinctMs: distinctMs ?? null,
    faster: share ?? null,
    fasterLow: low ?? null,
    fasterHigh: high ?? null,
    pairs: pairs ?? 0,
  }
}

/** Returns the share (0 to 1) of the prompt tokens that the usage reports as cached; null when no reply reports it. */
function reportedShare(replies: readonly AuditReply[]): number | null {
  let [cached, input] = [0, 0]
  for (const { usage } of replies) {
    if (typeof usage?.cachedInputTokens !== 'number' || typeof usage.inputTokens !== 'number') continue
    cached += usage.cachedInputTokens
    input += usage.inputTokens
  }
  return input > 0 ? cached / input : null
}
