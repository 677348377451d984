/** Generates prompts: texts of a given length in tokens, which may begin with a prefix that several prompts share. */

import * as z from 'zod'
import { lateObject, templated, whole } from '../fields.ts'
import { createRandom, type Random } from '../random.ts'
import { type Lengths, lengthSchema, lengthsOf } from './lengths.ts'
import { textOfTokens } from './token-text.ts'

/** A function that generates a text of about `tokens` tokens, from the numbers of `random`. */
type TextOfTokens = (random: Random, tokens: number) => string

/** The largest number of characters of cached prefixes; other prefixes are generated again, which gives the same text. */
const MAX_KEPT = 32_000_000
const NO_PREFIX = { tokens: 0, pool: 1 }

const prefixSchema = lateObject(() => ({
  tokens: whole(0, 10_000_000).describe('Length of the prefix; 0 for none'),
  pool: whole(1, 100_000).default(1).describe('How many different prefixes there are; each prompt begins with any of them'),
  weight: z.number().positive().max(1e9).default(1).describe('How often, against the weights of the other entries of the list'),
}))

/** The schema of the `prompt:` block of a step, which says how long the text `{{prompt}}` in its message is. */
export const promptSchema = lateObject(() => ({
  tokens: lengthSchema.describe('Length of the text, without the prefix and the salt'),
  sharedPrefix: z
    .union([prefixSchema, z.array(prefixSchema).min(1).max(1000)])
    .optional()
    .describe(
      'A text at the beginning that prompts share, as a system prompt or a document is: what a prefix cache keeps. A list: each prompt takes one of the entries, by weight',
    ),
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

/** The `prompt:` block of a step, after validation; it says how long the generated prompts are, and what they are made of. */
export type PromptSpec = z.output<typeof promptSchema>

/**
 * A generated prompt: its text, the salt at the very beginning of the text, and its planned length in tokens. A salt that differs in each prompt,
 * such as `{{uuid}}`, keeps prefix caches from knowing the text.
 */
export interface GeneratedPrompt {
  readonly text: string
  /** The text that the template `salt` of the step's `prompt:` block rendered to; '' for none. */
  readonly salt: string
  /** The planned number of tokens, the shared prefix included and the salt not. */
  readonly tokens: number
}

/** Generates the prompts of one step: texts of common words or from a corpus, as long as the step's `prompt:` block asks for. */
export class PromptMaker {
  private readonly lengths: Lengths
  private readonly prefixSpecs: readonly z.output<typeof prefixSchema>[]
  private readonly prefixes = new Map<string, string>()
  private keptLength = 0
  private readonly textOf: TextOfTokens

  /** `textOf` generates the texts; by default from common words. */
  constructor({ tokens, sharedPrefix }: PromptSpec, textOf: TextOfTokens = textOfTokens) {
    this.textOf = textOf
    this.lengths = lengthsOf(tokens)
    this.prefixSpecs = sharedPrefix === undefined ? [] : [sharedPrefix].flat()
  }

  /** The largest number of tokens that a prompt can have, without its salt; undefined without a limit. */
  get most(): number | undefined {
    return this.mostOf(this.lengths)
  }

  /** Returns the largest number of tokens that a prompt can have if its parts have these lengths; undefined without a limit. */
  mostOf({ most }: Lengths): number | undefined {
    return most === undefined ? undefined : most + Math.max(0, ...this.prefixSpecs.map((prefix) => prefix.tokens))
  }

  /** Generates the next prompt, of the lengths of the step or of others. `random` is the random stream of the user; shared prefixes follow from `seed` alone. */
  make(random: Random, seed: string, salt: string, lengths: Lengths = this.lengths): GeneratedPrompt {
    const tokens = lengths.draw(random)
    const entry = this.prefixSpecs.length > 1 ? random.pickWeighted(this.prefixSpecs) : 0
    const spec = this.prefixSpecs[entry] ?? NO_PREFIX
    const number = spec.tokens === 0 ? 0 : random.int(0, spec.pool - 1)
    const parts = [salt, this.prefixOf(spec.tokens, [number, ...(entry === 0 ? [] : [entry])], seed), this.textOf(random, tokens)]
    return { text: parts.filter((part) => part !== '').join(' '), salt, tokens: tokens + spec.tokens }
  }

  /** Returns a shared prefix, given by its number in the pool and, unless it is from the first entry of the list, the index of the entry. */
  private prefixOf(tokens: number, place: readonly number[], seed: string): string {
    if (tokens === 0) return ''
    const key = place.join('/')
    const known = this.prefixes.get(key)
    if (known !== undefined) return known
    const text = this.textOf(createRandom(seed, 'prompt-prefix', ...place), tokens)
    this.keptLength += text.length
    if (this.keptLength > MAX_KEPT) {
      this.prefixes.clear()
      this.keptLength = text.length
    }
    this.prefixes.set(key, text)
    return text
  }
}
