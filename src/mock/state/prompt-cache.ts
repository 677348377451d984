/** The prompts that the mock has read, kept like in the prefix cache of a model server. */
import type { MockTurn } from '../persona/reply.ts'

/** The number of tokens in a block of the cache, as in vLLM. Only whole blocks are kept. */
const BLOCK_TOKENS = 16
/** The number of characters in a block, because the mock counts four characters as a token. */
const BLOCK_LENGTH = 4 * BLOCK_TOKENS
/** The largest number of blocks that are kept. When there are more, the cache is emptied. */
const MAX_BLOCKS = 200_000

/** A block of text, with the blocks that came after it in some prompt. */
type CachedBlock = Map<string, CachedBlock>

/** The mock's prefix cache: stores received prompts, in blocks of 16 tokens, to find how much of a new prompt's beginning is known. */
export class PromptCache {
  private first: CachedBlock = new Map()
  private blocks = 0

  /**
   * Reads a prompt and keeps it. Returns how many tokens at its beginning were part of an earlier prompt: a whole number of blocks, and never the
   * whole prompt, because a model has to read its end to go on.
   */
  read(turns: readonly MockTurn[]): number {
    const text = turns.map((turn) => turn.text).join('')
    let at = this.first
    let cached = 0
    let isKnown = true
    for (let end = BLOCK_LENGTH; end < text.length; end += BLOCK_LENGTH) {
      const block = text.slice(end - BLOCK_LENGTH, end)
      const known = at.get(block)
      isKnown &&= known !== undefined
      if (isKnown) cached += BLOCK_TOKENS
      at = known ?? this.keep(at, block)
    }
    if (this.blocks > MAX_BLOCKS) this.clear()
    return cached
  }

  private keep(after: CachedBlock, text: string): CachedBlock {
    const kept: CachedBlock = new Map()
    // A copy: V8 keeps the whole prompt for a part of it.
    after.set(structuredClone(text), kept)
    this.blocks += 1
    return kept
  }

  clear(): void {
    this.first = new Map()
    this.blocks = 0
  }
}
