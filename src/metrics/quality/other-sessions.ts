/** Detects that sessions get the same answer to different messages, as from a canned reply or a cache that mixes up its entries. */
import { likeness, type Sketch, sketchOf } from '../../text-metrics/minhash.ts'
import { wordSimilarity } from '../../text-metrics/similarity.ts'
import { SAME_ANSWER } from '../../text-metrics/turns.ts'
import { wordsOf } from '../../text-metrics/words.ts'

/** Answers that are kept, the latest different ones: about 2 MB. */
const MAX_KEPT = 1024
/** Words of a message that are compared. */
const MAX_PROMPT_WORDS = 64
/**
 * The likeness (0 to 1) from which two replies count as the same. A reply with a tenth of its words changed is above it; that of unrelated
 * prose is below 0.1.
 */
export const SHARED_ANSWER = 0.5
/** Less is noise: the messages need not be compared. */
const NOISE = 0.05

/** An answer, the message that it was given to, and the session: an iteration of a user. */
interface SessionAnswer {
  readonly place?: { readonly user: number; readonly iteration: number }
  readonly prompt: string
  readonly text: string
}

interface KeptAnswer {
  readonly session: string
  readonly asked: readonly string[]
  readonly sketch: Sketch
}

/**
 * Finds out whether a reply is the same as one that another session got to another message. Memory is bounded: the latest 1,024 different
 * replies are kept.
 */
export class OtherSessions {
  private readonly kept: KeptAnswer[] = []
  private next = 0

  /**
   * Returns the likeness of an answer to the most alike one of another session to another message, 0 to 1, and keeps the answer. Null for one of
   * fewer than 20 words, and while there is none to compare with. Numbers in messages do not make them different.
   */
  likenessOf({ place, prompt, text }: SessionAnswer): number | null {
    const sketch = place && sketchOf(text)
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

/** Whether two messages ask the same; two without words do. */
function isSame(a: readonly string[], b: readonly string[]): boolean {
  return (wordSimilarity(a, b) ?? 1) >= SAME_ANSWER
}
