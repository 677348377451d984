import { wordSimilarity } from './similarity.ts'
import { wordsOf } from './words.ts'

/** A message of a conversation (`prompt`), and the text of the reply to it. */
export interface AnsweredMessage {
  readonly prompt: string
  readonly text: string
}

/** The smallest similarity (0 to 1) at which two replies of a conversation, or two messages, count as the same. */
export const SAME_ANSWER = 0.85
/** The smallest number of words of a reply that is compared, because short replies may well be given twice. */
const MIN_WORDS = 8
/** The number of characters of an earlier reply that are compared. */
const MAX_COMPARED = 16 * 1024

/**
 * Returns how similar a reply is to the most similar earlier reply in its conversation, 0 to 1, by the words and their order; `words` are those of
 * the reply. Earlier replies to nearly the same message are ignored, because the same question may get the same answer. Null when there is nothing to
 * compare with, or the reply has fewer than eight words.
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
