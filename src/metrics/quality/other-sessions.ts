/** Detects that sessions get the same answer to different messages, as from a canned reply or a cache that mixes up its entries. */
import { likeness, type Sketch, sketchOf } from '../../text-metrics/minhash.ts'
import { wordSimilarity } from '../../text-metrics/similarity.ts'
import { SAME_ANSWER } from '../../text-metrics/turns.ts'
import { wordsOf } from '../../text-metrics/words.ts'

/** Largest number of answers that are kept, those that came last: about 2 MB. */
const MAX_KEPT = 1024
/** Largest number of words of a message that are compared. */
const MAX_PROMPT_WORDS = 64
/**
 * The likeness (0 to 1) from which two replies count as the same. Replies in which a tenth of the words differ have a higher likeness; unrelated
 * prose has one below 0.1.
 */
export const SHARED_ANSWER = 0.5
/** A likeness below this is chance, so that the messages need not be compared. */
const NOISE = 0.05

/** An answer with its message and its session (the user and the iteration). */
interface SessionAnswer {
  readonly place?: { readonly user: number; readonly iteration: number }
  readonly prompt: string
  readonly text: string
  /** The words of the text, if they are known already. */
  readonly words?: readonly string[]
}

interface KeptAnswer {
  readonly session: string
  readonly asked: readonly string[]
  readonly sketch: Sketch
}

/**
 * Compares each reply with those that other sessions got to different messages, to find replies that are the same although the messages are not. To
 * limit memory, only the latest 1,024 different replies are stored.
 */
export class OtherSessions {
  private readonly kept: KeptAnswer[] = []
  private next = 0

  /**
   * Returns how similar an answer is (0 to 1) to the most similar answer that another session got to a different message, and keeps the answer. Null
   * for fewer than 20 words, and while there is nothing to compare with. Messages that differ only in numbers count as the same.
   */
  likenessOf({ place, prompt, text, words }: SessionAnswer): number | null {
    const sketch = place && sketchOf(text, words)
    if (!sketch) return null
    const session = `${place.user}#${place.iteration}`
    const asked = wordsOf(prompt)
      .filter((word) => !/^\p{N}+$/u.test(word))
      .slice(0, MAX_PROMPT_WORDS)
    let most: number | null = null
    let isKnown = false
    for (const other of this.kept) {
      const alike = likeness(sketch, other.sketch)
      if (alike <= (most ?? -1) && alike < SHARED_ANSWER) continue
      const isSameMessage = alike > NOISE && isSame(asked, other.asked)
      if (isSameMessage && alike >= SHARED_ANSWER) isKnown = true
      if (!isSameMessage && other.session !== session) most = Math.max(most ?? 0, alike)
    }
    if (!isKnown) this.keep({ session, asked, sketch })
    return most
  }

  private keep(answer: KeptAnswer): void {
    this.kept[this.next] = answer
    this.next = (this.next + 1) % MAX_KEPT
  }
}

/** Returns true when two messages ask the same, or neither has any words. */
function isSame(a: readonly string[], b: readonly string[]): boolean {
  return (wordSimilarity(a, b) ?? 1) >= SAME_ANSWER
}
