/** Keeps the first replies that are loops, cut off or refusals, with the text that shows it. */
import { truncationOf } from '../../text-metrics/truncation.ts'
import { finishMeaning } from '../check/kinds/finish.ts'
import type { AttemptPlace, MeasuredReply, ReplyQuality } from './measure.ts'

/** A defect of a reply that shows without the message that it answers: the reply repeats itself (a loop), is cut off, or is a refusal. */
export type TextFlag = 'loop' | 'truncated' | 'refusal'

/** A reply that is a loop, cut off or a refusal: which attempt it was, and the text that shows it. */
interface FlaggedReply extends AttemptPlace {
  readonly step: string
  /**
   * For a loop, the share of the text that it takes up; null for other flags, and for a loop that was recognised by one sentence three times in a
   * row.
   */
  readonly value: number | null
  /** The text that shows the flag: how the reply was cut off, or its beginning. */
  readonly evidence: string
}

const MAX_KEPT = 50

/**
 * Keeps the first 50 replies that repeat themselves (loops), the first 50 that are cut off, and the first 50 refusals, as evidence for the list of
 * anomalies.
 */
export class FlaggedReplies {
  private readonly kept: Readonly<Record<TextFlag, FlaggedReply[]>> = { loop: [], truncated: [], refusal: [] }

  /** Keeps a measured reply under each of its flags, as long as there is room. A reply without `place` is not kept. */
  add(reply: MeasuredReply, { flags, measures }: ReplyQuality): void {
    if (reply.place === undefined) return
    for (const flag of ['loop', 'truncated', 'refusal'] as const) {
      const kept = this.kept[flag]
      if (flags[flag] !== true || kept.length >= MAX_KEPT) continue
      const value = flag === 'loop' ? measures.loop : null
      kept.push({ ...reply.place, step: reply.step, value, evidence: evidenceOf(flag, reply) })
    }
  }

  /** Returns the replies with a flag, in the order in which they were measured. */
  of(flag: TextFlag): readonly FlaggedReply[] {
    return this.kept[flag]
  }
}

function evidenceOf(flag: TextFlag, { text, finishReason, refused }: MeasuredReply): string {
  if (flag === 'refusal' && refused) return 'the API marks it as a refusal'
  if (flag !== 'truncated') return beginningKept(text)
  const isOfLength = finishReason !== undefined && finishMeaning(finishReason) === 'length'
  return isOfLength ? `finish reason ${finishReason}` : (truncationOf(text) ?? '')
}

/** Number of characters that are kept of a text: more than is shown, so that secrets are masked before the text is cut. */
const MAX_EVIDENCE = 8 * 1024

/** Returns a copy of the first 8 Ki characters of a text. It is a copy because a slice of the string would keep the whole text in memory. */
export function beginningKept(text: string): string {
  return Buffer.from(text.slice(0, MAX_EVIDENCE)).toString()
}
