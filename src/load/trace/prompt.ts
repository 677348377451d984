/** The prompt of a turn: the recorded one or, where a trace has only numbers of tokens, a text of that length. */
import { hash } from 'node:crypto'
import { textOfTokens } from '../../payloads/token-text.ts'
import { createRandom } from '../../random.ts'
import type { TracedTurn } from './formats/format.ts'

/** The most blocks whose texts are kept, of about 2.5 KB each. */
const MAX_BLOCKS = 4096

/**
 * Makes prompts that depend on the seed of the run alone. Prompts whose blocks begin with the same ids begin with the same text, so that they hit
 * the prefix cache of a server as the recorded ones did.
 */
export class TracePrompts {
  private readonly blockTokens: number
  private readonly blocks = new Map<string, string>()

  /** `blockTokens`: number of tokens in each block of a prompt. */
  constructor(blockTokens: number) {
    this.blockTokens = blockTokens
  }

  /** Returns the prompt of a turn; `number` tells turns without blocks apart. '' when neither text nor length are known. */
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
    // What the blocks do not cover belongs to this prompt alone.
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
