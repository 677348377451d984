/** The prompts that the mock has read, as the prefix cache of a model server keeps them. */
import type { MockTurn } from '../persona/reply.ts'

/** Tokens of one block, as of vLLM; only whole blocks are kept. */
const BLOCK_TOKENS = 16
/** The mock counts a quarter of the characters as tokens. */
const BLOCK_LENGTH = 4 * BLOCK_TOKENS
/** Blocks that are kept; all are forgotten when there are more. */
const MAX_BLOCKS = 200_000

/** A block of text, with the blocks that came after it in some prompt. */
type Block = Map<string, Block>

/** Keeps the prompts that it is shown, in blocks of 16 tokens from their beginning. */
export class PromptCache {
  private first: Block = new Map()
  private blocks = 0

  /**
   * Reads a prompt: returns how many of its tokens, from its beginning, were in a prompt before, and keeps it. A whole number of blocks, and
   * never the whole prompt: a model has to read the end of it to go on.
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

  private keep(after: Block, text: string): Block {
    const kept: Block = new Map()
    after.set(text, kept)
    this.blocks += 1
    return kept
  }

  clear(): void {
    this.first = new Map()
    this.blocks = 0
  }
}
