import { isBlockWord } from '../../blocking.ts'
import { answerScores, type ScoreName, type ScoreSettings } from '../../text-metrics/answer-scores.ts'
import { languageMatch, languageOf } from '../../text-metrics/language.ts'
import { endsInFence } from '../../text-metrics/prose.ts'
import { refusalIn } from '../../text-metrics/refusal.ts'
import { isLoop, isStuck, type Repetition, type RepetitionMeasure, repetitionOf } from '../../text-metrics/repetition.ts'
import { truncationOf } from '../../text-metrics/truncation.ts'
import { type AnsweredMessage, SAME_ANSWER, turnSimilarity } from '../../text-metrics/turns.ts'
import { wordsOf } from '../../text-metrics/words.ts'
import { finishMeaning } from '../check/kinds/finish.ts'
import { type OtherSessions, SHARED_ANSWER } from './other-sessions.ts'

/** The `quality` block of a scenario, with defaults filled in: the language of replies, and the weights of the scores. */
export interface QualitySettings extends ScoreSettings {
  /** The language that replies should be in, such as `en`; undefined for that of each message. */
  readonly language: string | undefined
}

/** Identifies the attempt that got a reply whose quality is measured: user, iteration, number of the try, and when it ended. */
export interface AttemptPlace {
  readonly user: number
  readonly iteration: number
  /** Number of the attempt within its step: 1 for the first try, more for retries. */
  readonly attempt: number
  /** When the attempt that got the reply ended (monotonic ms). */
  readonly endedAt: number
}

/** A reply whose quality is to be measured, with the message that it answers and facts about the attempt. */
export interface MeasuredReply extends AnsweredMessage {
  /** Which attempt the reply belongs to; left out for a reply that does not come from a run under way. */
  readonly place?: AttemptPlace
  /** The place under which the reply was offered to the sample for a judge; left out when it was not. */
  readonly sampledAs?: readonly number[]
  /** Cost of the attempt; left out when it is not known or the attempt failed. */
  readonly cost?: number
  /** Name of the step that got the reply. */
  readonly step: string
  /** Time in ms from when the attempt was due until it ended. */
  readonly latencyMs: number
  readonly finishReason: string | undefined
  /** True when the API marks the reply as a refusal. */
  readonly refused: boolean
  /** Earlier messages of the conversation with their replies. */
  readonly earlier: readonly AnsweredMessage[]
}

/** The name of a measure of a reply's quality, such as `relevance`. Its value is a number from 0 to 1. */
export type QualityMeasure = ScoreName | 'overall' | RepetitionMeasure | 'repetition' | 'turnSimilarity' | 'sessionSimilarity'

/** The name of a flag that marks a defect of a reply, such as `truncated`. */
export type QualityFlag = 'loop' | 'stuck' | 'truncated' | 'refusal' | 'wrongLanguage' | 'sameAnswer' | 'sharedAnswer'

/** The quality of one reply. A measure or flag that does not apply, for example because the reply is too short, is null. */
export interface ReplyQuality {
  readonly measures: Readonly<Record<QualityMeasure, number | null>>
  readonly flags: Readonly<Record<QualityFlag, boolean | null>>
}

/** The largest number of earlier turns of a conversation with which a reply is compared; the latest turns are taken. */
export const MAX_EARLIER = 3
/**
 * Largest number of characters that are measured of a reply, its prompt and each earlier turn; those at the beginning, for repetition those at the
 * end.
 */
const MAX_MEASURED = 4 * 1024

/**
 * Measures the quality of a reply by its first 4,096 characters, and how much it repeats itself by its last 4,096. Only whether it was cut off is
 * decided by the whole text. If `others` (replies of other sessions) is given, a reply of 20 words or more with a `place` is also compared with those
 * replies, and kept for later comparisons.
 */
export function qualityOf(reply: MeasuredReply, settings: QualitySettings, others?: OtherSessions): ReplyQuality {
  const text = beginningOf(reply.text)
  const prompt = beginningOf(reply.prompt)
  const words = wordsOf(text)
  const repeating = text === reply.text ? repetitionOf(text, words) : repetitionOf(endOf(reply.text))
  const { score: repetition, loop, rep4, longestRepeat, sameSentence } = repeating
  const earlier = reply.earlier.slice(-MAX_EARLIER)
  const similarity = turnSimilarity(
    prompt,
    words,
    earlier.map((turn) => ({ prompt: beginningOf(turn.prompt), text: beginningOf(turn.text) })),
  )
  const shared = others?.likenessOf({ ...(reply.place && { place: reply.place }), prompt, text, words }) ?? null
  return {
    measures: {
      ...answerScores({ prompt, text, words, latencyMs: reply.latencyMs }, settings),
      loop,
      rep4,
      longestRepeat,
      repetition,
      turnSimilarity: similarity,
      sessionSimilarity: shared,
    },
    flags: {
      ...textFlagsOf(reply, repeating),
      ...(loop === null && !sameSentence && { loop: null }),
      stuck: repetition === null ? null : isStuck({ score: repetition }),
      wrongLanguage: isWrongLanguage(prompt, text, words, settings.language),
      sameAnswer: similarity === null ? null : similarity >= SAME_ANSWER,
      sharedAnswer: shared === null ? null : shared >= SHARED_ANSWER,
    },
  }
}

/**
 * Returns whether a reply repeats itself (a loop), is cut off, or is a refusal. Decides this by the text, the finish reason and the API's own mark
 * for refusals; the message that the reply answers is not needed.
 */
export function textFlagsOf(
  { text, finishReason, refused }: Pick<MeasuredReply, 'text' | 'finishReason' | 'refused'>,
  repeating: Pick<Repetition, 'loop' | 'sameSentence'> = repetitionOf(text.length > MAX_MEASURED ? endOf(text) : text),
): { readonly loop: boolean; readonly truncated: boolean; readonly refusal: boolean } {
  return {
    loop: isLoop(repeating),
    truncated: isTruncated({ text, finishReason }),
    refusal: refused || isBlockWord(finishReason ?? '') || refusalIn(beginningOf(text)) !== undefined,
  }
}

const beginningOf = (text: string) => text.slice(0, MAX_MEASURED)

/** Returns the end of a long text. If it begins within a code block, the block's opening mark is put in front of it. */
function endOf(text: string): string {
  const end = text.slice(-MAX_MEASURED)
  return endsInFence(text.slice(0, -MAX_MEASURED)) ? `\`\`\`\n${end}` : end
}

/**
 * True when a reply was cut off, as its finish reason or its text (such as an open code block) shows. A missing end mark in the text counts only
 * when the reply has no finish reason.
 */
function isTruncated({ text, finishReason }: Pick<MeasuredReply, 'text' | 'finishReason'>): boolean {
  if (finishReason !== undefined && finishMeaning(finishReason) === 'length') return true
  const how = truncationOf(text)
  return how !== undefined && (how !== 'no end mark' || finishReason === undefined)
}

/** Returns whether a reply is in another language than the expected one, or than its prompt; null when there is too little text to decide. */
function isWrongLanguage(prompt: string, text: string, words: readonly string[], language: string | undefined): boolean | null {
  if (language !== undefined) {
    const match = languageMatch(text, language)
    return match && !match.matches
  }
  const [asked, said] = [languageOf(prompt), languageOf(text, words)]
  return asked === undefined || said === undefined ? null : asked !== said
}
