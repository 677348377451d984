/** Generated prompts: texts of a given length in tokens, which may begin with a text that several of them share. */

import * as z from 'zod'
import { lateObject, templated, whole } from '../fields.ts'
import { createRandom, type Random } from '../random.ts'
import { lengthSchema, lengthsOf } from './lengths.ts'
import { textOfTokens } from './token-text.ts'

/** Returns a text of about as many tokens. */
export type TextOfTokens = (random: Random, tokens: number) => string

/** The schema of the `prompt:` block of a step, which says how long the text is that its message may use as `{{prompt}}`. */
export const promptSchema = lateObject(() => ({
  tokens: lengthSchema.describe('Length of the text, without the prefix and the salt'),
  sharedPrefix: lateObject(() => ({
    tokens: whole(1, 10_000_000).describe('Length of the prefix'),
    pool: whole(1, 100_000).default(1).describe('How many different prefixes there are; each prompt begins with any of them'),
  }))
    .optional()
    .describe('A text at the beginning that prompts share, as a system prompt or a document is: what a prefix cache keeps'),
  corpus: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Text file in the scenario's folder of which the texts are cut (a token: 4 bytes), in place of common words; up to 16 MB. Nothing in it is a template",
    ),
  salt: templated()
    .optional()
    .describe('Text in front of everything, such as {{uuid}}: prompts with different salts share nothing in a prefix cache'),
})).describe('A text of a given length, of common words or a corpus, for {{prompt}}')

/** A `prompt:` block after validation. */
export type PromptSpec = z.output<typeof promptSchema>

/** A text that was generated. */
export interface GeneratedPrompt {
  readonly text: string
  /** What stands in front of it; '' for nothing. */
  readonly salt: string
  /** Tokens that were asked for, the prefix included and the salt left out. */
  readonly tokens: number
}

/** Makes the prompts of one step. */
export class PromptMaker {
  private readonly lengths: ReturnType<typeof lengthsOf>
  private readonly prefix: PromptSpec['sharedPrefix']
  private readonly prefixes = new Map<number, string>()
  private readonly textOf: TextOfTokens

  /** `textOf` makes the texts; of common words by default. */
  constructor({ tokens, sharedPrefix }: PromptSpec, textOf: TextOfTokens = textOfTokens) {
    this.textOf = textOf
    this.lengths = lengthsOf(tokens)
    this.prefix = sharedPrefix
  }

  /** The most tokens that a prompt can have, without its salt; undefined when there is no bound. */
  get most(): number | undefined {
    const { most } = this.lengths
    return most === undefined ? undefined : most + (this.prefix?.tokens ?? 0)
  }

  /** Returns the next prompt. `random` is the user's stream; prefixes follow from `seed` alone, so that all users share them. */
  make(random: Random, seed: string, salt: string): GeneratedPrompt {
    const tokens = this.lengths.draw(random)
    const number = this.prefix ? random.int(0, this.prefix.pool - 1) : 0
    const parts = [salt, this.prefixOf(number, seed), this.textOf(random, tokens)]
    return { text: parts.filter((part) => part !== '').join(' '), salt, tokens: tokens + (this.prefix?.tokens ?? 0) }
  }

  private prefixOf(number: number, seed: string): string {
    if (!this.prefix) return ''
    const known = this.prefixes.get(number)
    if (known !== undefined) return known
    const text = this.textOf(createRandom(seed, 'prompt-prefix', number), this.prefix.tokens)
    this.prefixes.set(number, text)
    return text
  }
}
