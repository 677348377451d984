/** Whether the target answers a prompt faster that it has seen before. */
import { formatShare } from '../../report/text/format.ts'
import { formatMs } from '../../text/units.ts'
import { type AuditPair, type Faster, fasterIn, isFasterBy, MIN_PAIRS } from './faster.ts'
import { type AuditFinding, finding } from './finding.ts'
import type { AuditReply } from './reply.ts'

/** A repeated prompt that is faster by more than this was in a cache. */
const CACHED = 0.1
/** So is the rest of a reply that is faster by more than this: nothing generates the same text twice as fast. */
const REPLAYED = 0.5

const VARY = 'prompts that repeat measure the cache: vary them ({{uuid}} in front, prompt.salt), or allow it with --allow-cache'

/**
 * Tells whether prompts are cached: whether the first token (the whole reply, where none is streamed) of a repeated prompt comes more than 10 % sooner.
 * Says what the usage reports of it.
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

/** Tells whether whole replies are cached: whether the pieces after the first come more than twice as fast for a repeated prompt. */
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

/** Whole percents: the bounds show that more digits would say nothing. */
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

/** The share of the prompt tokens that the usage reports as cached; null when none does. */
function reportedShare(replies: readonly AuditReply[]): number | null {
  let [cached, input] = [0, 0]
  for (const { usage } of replies) {
    if (typeof usage?.cachedInputTokens !== 'number' || typeof usage.inputTokens !== 'number') continue
    cached += usage.cachedInputTokens
    input += usage.inputTokens
  }
  return input > 0 ? cached / input : null
}
