/** Makes the prompts of a trace: the recorded text or, where the trace has only a number of tokens, a generated text of that length. */
import { hash } from 'node:crypto'
import { textOfTokens } from '../../payloads/token-text.ts'
import { createRandom } from '../../random.ts'
import type { TracedTurn } from './formats/format.ts'

/** Number of block texts that are cached, with about 2.5 KB each. */
const MAX_BLOCKS = 4096

/**
 * Generates the prompts of a replayed trace; each prompt depends only on the seed of the run and on the turn (recorded request). A trace states a
 * prompt as its text, as a number of tokens, or as a list of ids, one for each block of its tokens. Where two lists begin with the same ids, the
 * prompts begin with the same text, so that they hit a server's prefix cache as the recorded requests did.
 */
export class TracePrompts {
  private readonly blockTokens: number
  private readonly blocks = new Map<string, string>()

  /** Makes a generator of prompts. `blockTokens` is the number of tokens in each block of a prompt. */
  constructor(blockTokens: number) {
    this.blockTokens = blockTokens
  }

  /**
   * Returns the prompt of a turn; `number` is its index, so that turns without blocks get different texts. Returns '' when neither text nor
   * length is known.
   */
  of({ prompt, inputTokens, blocks }: TracedTurn, number: number, seed: string): string {
    if (prompt !== undefined) return prompt
    if (blocks !== undefined && blocks.length > 0) return this.ofBlocks(blocks, inputTokens, seed)
    return textOfTokens(createRandom(seed, 'trace', number), inputTokens ?? 0)
  }

  private ofBlocks(blocks: readonly number[], inputTokens: number | undefined, seed: string): string {
    const texts: string[] = []
    let left = inputTokens ?? blocks.length * this.blockTokens
    let prefix = seed
    for (const id of blocks) {
      if (left <= 0) break
      // The text of a block depends on all blocks before it, as its place in a prefix cache does.
      prefix = hash('sha256', `${prefix}/${id}`)
      const text = this.block(prefix)
      texts.push(left >= this.blockTokens ? text : text.split(' ', left).join(' '))
      left -= this.blockTokens
    }
    // The tokens that no block covers belong to this prompt alone.
    if (left > 0) texts.push(textOfTokens(createRandom(prefix, 'rest'), left))
    return texts.join(' ')
  }

  private block(prefix: string): string {
    const known = this.blocks.get(prefix)
    if (known !== undefined) return known
    const text = textOfTokens(createRandom(prefix, 'block'), this.blockTokens)
    if (this.blocks.size >= MAX_BLOCKS) this.blocks.clear()
    this.blocks.set(prefix, text)
    return text
  }
}
