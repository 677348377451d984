/** Checks whether streamed replies arrive piece by piece, and whether their token counts fit what arrived. */
import { formatCount, formatNumber } from '../../report/text/format.ts'
import { type AuditFinding, finding } from './finding.ts'
import type { AuditReply } from './reply.ts'

/** The smallest number of pieces of a reply that shows whether they arrive one by one. */
const MIN_FRAMES = 3
/** The smallest and the largest plausible number of characters for each token. */
const FEWEST_CHARACTERS = 0.5
const MOST_CHARACTERS = 20
/**
 * The largest plausible number of pieces for each token. It is above 1 because a character may be split, and some pieces contain only a part of a
 * token.
 */
const MOST_PIECES = 1.1

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * Checks whether the pieces of streamed replies arrived one by one. It fails when, in most replies, all pieces arrived at the same moment, as when a
 * proxy collects them.
 */
export function streamed(replies: readonly AuditReply[]): AuditFinding {
  const long = replies.filter(({ failure, frames }) => !failure && frames >= MIN_FRAMES)
  if (long.length === 0) return finding('stream', 'unknown', 'no reply came in pieces: it is not streamed, or too short')
  const whole = long.filter(({ frames, together }) => together === frames - 1).length
  const figures = { replies: long.length, inOneDelivery: whole, pieces: mean(long.map(({ frames }) => frames)) }
  const pieces = formatNumber(figures.pieces)
  if (whole > long.length / 2)
    return finding('stream', 'failed', `all ${pieces} pieces came in one delivery, in ${whole} of ${long.length} replies`, {
      hint: 'something on the way collects the stream (a proxy that buffers, compression): the time to the first token is that of the whole reply',
      figures,
    })
  const some = whole === 0 ? '' : `; in one delivery in ${whole} of ${long.length} replies`
  return finding('stream', 'passed', `${pieces} pieces a reply, one after the other${some}`, { figures })
}

/**
 * Checks whether the token counts that the target reports are plausible: at least about one token for each streamed piece, 0.5 to 20 characters for
 * each token, and the same number of input tokens each time the same prompt is sent.
 */
export function usageFits(replies: readonly AuditReply[]): AuditFinding {
  const counted = replies.flatMap(({ failure, usage, frames, characters }) => {
    const tokens = usage?.outputTokens
    return !failure && usage?.source !== 'estimate' && typeof tokens === 'number' && tokens > 0
      ? [{ tokens, visible: usage?.visibleTokens ?? null, frames, characters }]
      : []
  })
  if (counted.length === 0) return finding('usage', 'unknown', 'no reply reports its tokens')
  const sum = (of: (one: (typeof counted)[number]) => number) => counted.reduce((total, one) => total + of(one), 0)
  const [tokens, frames, characters] = [sum((one) => one.tokens), sum((one) => one.frames), sum((one) => one.characters)]
  // Tokens of reasoning count only if the reply shows the reasoning.
  const visible = counted.every((one) => one.visible !== null) ? sum((one) => one.visible ?? 0) : null
  const each = visible === null || visible === 0 ? null : characters / visible
  const figures = { outputTokens: tokens / counted.length, pieces: frames / counted.length, charactersPerToken: each }
  const per = (value: number) => formatNumber(value / counted.length)
  const problems = [
    ...(frames > tokens * MOST_PIECES ? [`${per(frames)} pieces came for ${per(tokens)} tokens, and each has at least one`] : []),
    ...(each !== null && (each < FEWEST_CHARACTERS || each > MOST_CHARACTERS)
      ? [`${formatCount(visible ?? 0)} tokens were counted for ${formatCount(characters)} characters`]
      : []),
    ...unsteadyInput(replies),
  ]
  if (problems.length > 0)
    return finding('usage', 'failed', problems.join('; '), {
      hint: 'figures of tokens (tpot, tokens per second, cost) cannot be believed as they are',
      figures,
    })
  return finding(
    'usage',
    'passed',
    `${per(tokens)} tokens a reply${frames > counted.length ? `, ${per(frames)} pieces` : ''}${each === null ? '' : `, ${formatNumber(each)} characters to a token`}`,
    { figures },
  )
}

/** Returns a problem when the same prompt was counted differently: some servers count only the part of a prompt that was not cached. */
function unsteadyInput(replies: readonly AuditReply[]): string[] {
  const input = replies.flatMap(({ kind, failure, usage }) =>
    kind === 'repeated' && !failure && typeof usage?.inputTokens === 'number' ? [usage.inputTokens] : [],
  )
  const [least, most] = [Math.min(...input), Math.max(...input)]
  return input.length > 0 && least < most
    ? [`the same prompt was counted as ${formatCount(least)} to ${formatCount(most)} tokens`]
    : []
}
