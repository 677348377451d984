/** Checks the texts and the lengths of the replies to one prompt. */
import { formatNumber, formatShare } from '../../report/text/format.ts'
import type { StepMetrics } from '../../result/schema.ts'
import { type AuditFinding, finding } from './finding.ts'
import type { AuditReply } from './reply.ts'

/** The share (0 to 1) by which the mean length of replies may differ from that of another run. */
const TOLERANCE = 0.1
/** The number of characters that a message shows from the place where two texts begin to differ. */
const SHOWN = 20

/**
 * Counts how many different replies there were to one repeated prompt, and returns a finding that never fails, because models are meant to vary
 * their replies. `temperature` is the one that the requests asked for; undefined for none.
 */
export function determinism(texts: readonly string[], temperature: number | undefined): AuditFinding {
  const different = new Set(texts).size
  const asked = temperature === undefined ? 'no temperature is asked for' : `temperature ${temperature}`
  const figures = { replies: texts.length, different }
  if (texts.length < 2) return finding('determinism', 'unknown', 'too few replies to one prompt', { figures })
  const text =
    different === 1
      ? `all ${texts.length} replies to one prompt are alike`
      : `${different} different replies to one prompt in ${texts.length}`
  return finding('determinism', 'info', `${text} (${asked})`, { figures })
}

/**
 * Checks whether a reply without a stream (`whole`) has the same text as the `streamed` replies to the same prompt. The outcome is `unknown` when
 * streamed replies differ among themselves, or there is nothing to compare because one of the two is missing or failed.
 */
export function wholeText(streamed: readonly string[], whole: AuditReply | undefined): AuditFinding {
  const [text] = streamed
  if (whole === undefined || text === undefined)
    return finding('whole-text', 'unknown', 'no streamed reply and a whole one to compare')
  if (whole.failure)
    return finding(
      'whole-text',
      'unknown',
      `the reply that was to come whole failed: ${whole.failure.class}, ${whole.failure.message}`,
    )
  if (new Set(streamed).size > 1)
    return finding('whole-text', 'unknown', 'replies to one prompt differ, so that a streamed one and a whole one may, too', {
      hint: 'ask for temperature: 0 and a seed in the target, if it keeps to them',
    })
  if (whole.text === text) return finding('whole-text', 'passed', `the streamed text is the whole one, ${text.length} characters`)
  const at = partAt(text, whole.text)
  const ends = (one: string) => (at >= one.length ? 'ends there' : `goes on with ${JSON.stringify(one.slice(at, at + SHOWN))}`)
  return finding(
    'whole-text',
    'failed',
    `after ${at} characters the streamed text ${ends(text)}, and the whole one ${ends(whole.text)}`,
    {
      hint: 'burn misses a part of the replies, or the target answers otherwise when it streams: see burn ping --raw',
      figures: { commonCharacters: at, streamedCharacters: text.length, wholeCharacters: whole.text.length },
    },
  )
}

function partAt(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return at
}

/** Checks whether replies are as long as those of the same step in another run: the mean numbers of output tokens may differ by 10 %. */
export function sameLength(replies: readonly AuditReply[], step: string, reference: readonly StepMetrics[]): AuditFinding {
  const there = reference.find(({ name }) => name === step)
  const before = there?.distributions.output_tokens?.mean
  const tokens = replies.flatMap(({ failure, usage }) =>
    !failure && typeof usage?.outputTokens === 'number' ? [usage.outputTokens] : [],
  )
  if (there === undefined) return finding('length', 'undecided', `the reference has no step ${step}`)
  if (typeof before !== 'number' || before === 0 || tokens.length === 0)
    return finding('length', 'undecided', `${tokens.length === 0 ? 'no reply here' : 'none of the reference'} reports its tokens`)
  const now = tokens.reduce((sum, count) => sum + count, 0) / tokens.length
  const change = now / before - 1
  const text = `${formatNumber(now)} output tokens a reply, ${formatNumber(before)} in the reference: ${formatShare(Math.abs(change))} ${change < 0 ? 'fewer' : 'more'}`
  const figures = { outputTokens: now, referenceOutputTokens: before, change }
  if (Math.abs(change) <= TOLERANCE) return finding('length', 'passed', text, { figures })
  return finding('length', 'failed', text, {
    hint: 'times of replies that differ in length by more than 10% cannot be compared: is it the same model, prompt and maxTokens?',
    figures,
  })
}
