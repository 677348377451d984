import { isBlockWord } from '../../blocking.ts'
import { answerScores, type ScoreName, type ScoreSettings } from '../../text-metrics/answer-scores.ts'
import { languageMatch, languageOf } from '../../text-metrics/language.ts'
import { refusalIn } from '../../text-metrics/refusal.ts'
import { isLoop, isStuck, type RepetitionMeasure, repetitionOf } from '../../text-metrics/repetition.ts'
import { truncationOf } from '../../text-metrics/truncation.ts'
import { type AnsweredMessage, SAME_ANSWER, turnSimilarity } from '../../text-metrics/turns.ts'
import { wordsOf } from '../../text-metrics/words.ts'
import { finishMeaning } from '../check/kinds/finish.ts'

/** What the quality of replies is measured with: the `quality` block of a scenario, with its defaults filled in. */
export interface QualitySettings extends ScoreSettings {
  /** The language that replies should be in, such as `en`; undefined for that of each message. */
  readonly language: string | undefined
}

/** A reply whose quality is to be measured. */
export interface MeasuredReply extends AnsweredMessage {
  /** Name of the step that it belongs to. */
  readonly step: string
  /** From when it was due to its end, in ms. */
  readonly latencyMs: number
  readonly finishReason: string | undefined
  /** True when the reply is marked as a refusal. */
  readonly refused: boolean
  /** Earlier turns of the conversation. */
  readonly earlier: readonly AnsweredMessage[]
}

/** The measures of a reply that have a number from 0 to 1. */
export type QualityMeasure = ScoreName | 'overall' | RepetitionMeasure | 'repetition' | 'turnSimilarity'

/** What may be wrong with a reply. */
export type QualityFlag = 'loop' | 'stuck' | 'truncated' | 'refusal' | 'wrongLanguage' | 'sameAnswer'

/** The quality of one reply. A measure or flag that does not apply, for example because the reply is too short, is null. */
export interface ReplyQuality {
  readonly measures: Readonly<Record<QualityMeasure, number | null>>
  readonly flags: Readonly<Record<QualityFlag, boolean | null>>
}

/** Characters of a reply that are measured, from its beginning; repetition looks at the end of longer ones as well. */
const MAX_MEASURED = 16 * 1024

/** Measures the quality of a reply. */
export function qualityOf(reply: MeasuredReply, settings: QualitySettings): ReplyQuality {
  const text = reply.text.slice(0, MAX_MEASURED)
  const words = wordsOf(text)
  const {
    score: repetition,
    loop,
    rep4,
    longestRepeat,
    sameSentence,
  } = repetitionOf(reply.text, text === reply.text ? words : undefined)
  const similarity = turnSimilarity(reply.prompt, words, reply.earlier)
  return {
    measures: {
      ...answerScores({ prompt: reply.prompt, text, words, latencyMs: reply.latencyMs }, settings),
      loop,
      rep4,
      longestRepeat,
      repetition,
      turnSimilarity: similarity,
    },
    flags: {
      loop: loop === null && !sameSentence ? null : isLoop({ loop, sameSentence }),
      stuck: repetition === null ? null : isStuck({ score: repetition }),
      truncated: isTruncated(reply),
      refusal: reply.refused || isBlockWord(reply.finishReason ?? '') || refusalIn(text) !== undefined,
      wrongLanguage: isWrongLanguage(reply.prompt, text, words, settings.language),
      sameAnswer: similarity === null ? null : similarity >= SAME_ANSWER,
    },
  }
}

/** True when a reply was cut off, as its finish reason or its text shows. A missing end mark alone is no sign when a reason is given. */
export function isTruncated({ text, finishReason }: Pick<MeasuredReply, 'text' | 'finishReason'>): boolean {
  if (finishReason !== undefined && finishMeaning(finishReason) === 'length') return true
  const how = truncationOf(text)
  return how !== undefined && (how !== 'no end mark' || finishReason === undefined)
}

/** Null when there is too little text to say. */
function isWrongLanguage(prompt: string, text: string, words: readonly string[], language: string | undefined): boolean | null {
  if (language !== undefined) {
    const match = languageMatch(text, language)
    return match && !match.matches
  }
  const [asked, said] = [languageOf(prompt), languageOf(text, words)]
  return asked === undefined || said === undefined ? null : asked !== said
}
