/** The keys of `expect` lines that measure the answer itself. */
import * as z from 'zod'
import { lateObject } from '../../../fields.ts'

const reference = () => z.string().min(1)
const references = () => z.union([reference(), z.array(reference()).min(1).max(20)])
const least = (byDefault: number) => z.number().min(0).max(1).optional().describe(`Least score, 0 to 1. Default ${byDefault}`)

/** A text, several of them, or a map with a threshold of its own. */
const compared = (describe: string) =>
  z
    .union([
      ...references().options,
      lateObject(() => ({ to: references().describe('The text to compare with, or several'), threshold: least(0.5) })),
    ])
    .optional()
    .describe(describe)

/** Makes the schemas of the checks that measure a reply's text, by key. */
export const answerChecks = () => ({
  'rouge-n': z
    .union([
      reference(),
      lateObject(() => ({
        to: reference().describe('The text to compare with'),
        threshold: least(0.75),
        n: z.int().min(1).max(5).optional().describe('Words in a row that count as one. Default 1'),
        mode: z
          .enum(['f1', 'recall', 'precision'])
          .optional()
          .describe(
            'recall: the share of the reference that is in the reply; precision: the share of the reply that is in the reference; f1 (default): both',
          ),
      })),
    ])
    .optional()
    .describe('ROUGE: words in common with a reference'),
  bleu: compared('BLEU-4: n-grams of the reply that are in a reference, with a penalty for short replies; not smoothed'),
  gleu: compared('GLEU: n-grams in common with a reference, of all in the longer of both; fit for short replies'),
})
