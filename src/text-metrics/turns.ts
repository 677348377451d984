import { wordSimilarity } from './similarity.ts'
import { wordsOf } from './words.ts'

/** A message of a conversation, and the answer to it. */
export interface AnsweredMessage {
  readonly prompt: string
  readonly text: string
}

/** Answers with this similarity are the same, and so are messages: the same question may well get the same answer. */
export const SAME_ANSWER = 0.85
/** An answer with fewer words may well be given twice. */
const MIN_WORDS = 8
/** Characters of an earlier answer that are compared. */
const MAX_COMPARED = 16 * 1024

/**
 * Returns how similar an answer, of which the words are given, is to the most similar one before it that another message got: 0 to 1, by
 * words in their order; null when there is none, or when the answer has fewer than eight words.
 */
export function turnSimilarity(prompt: string, words: readonly string[], earlier: readonly AnsweredMessage[]): number | null {
  if (words.length < MIN_WORDS || earlier.length === 0) return null
  const asked = wordsOf(prompt)
  let most: number | null = null
  for (const turn of earlier) {
    if ((wordSimilarity(asked, wordsOf(turn.prompt)) ?? 1) >= SAME_ANSWER) continue
    most = Math.max(most ?? 0, wordSimilarity(words, wordsOf(turn.text.slice(0, MAX_COMPARED))) ?? 0)
  }
  return most
}
