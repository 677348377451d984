/** The schemas of checks that measure the answer in a reply, such as its language or similarity, for `expect` lines. */
import * as z from 'zod'
import { lateObject } from '../../../fields.ts'
import { LANGUAGE_CODES } from '../../../text-metrics/language.ts'

const reference = () => z.string().min(1)
const references = () => z.union([reference(), z.array(reference()).min(1).max(20)])
const least = (byDefault: number) => z.number().min(0).max(1).optional().describe(`Least score, 0 to 1. Default ${byDefault}`)

/** Makes the schema of a check that compares the reply with a text: one text, several, or an object with texts and a threshold. */
const compared = (describe: string) =>
  z
    .union([
      ...references().options,
      lateObject(() => ({ to: references().describe('The text to compare with, or several'), threshold: least(0.5) })),
    ])
    .optional()
    .describe(describe)

const LANGUAGES_SHOWN = LANGUAGE_CODES.join(', ')
const languageCode = () =>
  z.string().refine((code) => LANGUAGE_CODES.includes(code) || code.includes('{{'), `expected one of ${LANGUAGES_SHOWN}`)

/** Makes the schema of a check with a numeric limit: a number, or an object with the number as `threshold`. */
const limit = (number: z.ZodNumber, describe: string) =>
  z.union([number, z.strictObject({ threshold: number.describe(describe) })]).optional()

const toolNames = () => z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(100)])

/**
 * The checks that measure a reply's text, such as `rouge-n` or `perplexity`, for the schema of `expect` blocks. Each key is the name of a check; its
 * value is a function that returns a new schema for what a scenario writes after the name.
 */
export const answerChecks = {
  'rouge-n': () =>
    z
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
      .describe('ROUGE: words in common with a reference; the first 32 Ki characters are compared'),
  bleu: () => compared('BLEU-4: n-grams of the reply that are in a reference, with a penalty for short replies; not smoothed'),
  gleu: () => compared('GLEU: n-grams in common with a reference, of all in the longer of both; fit for short replies'),
  loop: () =>
    z
      .boolean()
      .optional()
      .describe(
        'Whether the reply is a loop: a span said three times or more in a row is 15 % of its words or more (of at least 20), or a sentence stands three times in a row',
      ),
  repetition: () =>
    z
      .union([
        z.boolean(),
        z.number().min(0).max(1),
        z.strictObject({ threshold: z.number().min(0).max(1).describe('The most that is allowed') }),
      ])
      .optional()
      .describe(
        'Whether the reply is stuck; or the most that its score may be, 0 to 1, where 0 is healthy and 0.5 is stuck: the worst of loops, repeated groups of four words and the longest repeated part',
      ),
  truncated: () =>
    z
      .boolean()
      .optional()
      .describe(
        'Whether the reply was cut off: it ended by length, or within code or JSON; or without an end mark, when it does not say why it ended',
      ),
  'duplicate-turn': () =>
    z
      .boolean()
      .optional()
      .describe(
        'Whether another message among the last ten of the conversation got the same answer: 85 % of the words of at least eight. Needs conversation.memory',
      ),
  'is-refusal': () =>
    z
      .union([
        z.boolean(),
        lateObject(() => ({
          phrases: z.array(z.string().min(1)).min(1).max(1000).optional().describe('Further phrases, in any language'),
          file: z
            .string()
            .min(1)
            .optional()
            .describe('File of further phrases in the folder of the scenario, one on each line; # begins a comment'),
        })),
      ])
      .optional()
      .describe(
        'Whether the reply refuses: it is marked so, empty, or has a phrase such as "I cannot help with" near its beginning (English, German, Spanish, French, Italian, Portuguese)',
      ),
  language: () =>
    z
      .union([languageCode(), z.array(languageCode()).min(1).max(20)])
      .optional()
      .describe(
        `Language of the reply, or several: ${LANGUAGES_SHOWN}. By its script; where languages share one, by frequent short words, if there are 12 words`,
      ),
  'tool-call': () =>
    z
      .union([
        z.string().min(1),
        lateObject(() => ({
          name: z.string().min(1).describe('Name of the tool'),
          arguments: z
            .record(z.string(), z.json())
            .optional()
            .describe('Arguments that it must get, compared deeply; others may be there'),
        })),
      ])
      .optional()
      .describe('A tool that the reply calls; not with arguments that are no JSON, as those of a reply that was cut off'),
  'tool-call-f1': () =>
    z
      .union([
        ...toolNames().options,
        lateObject(() => ({
          to: toolNames().describe('Names of the tools'),
          threshold: z.number().min(0).max(1).optional().describe('Least F1, 0 to 1. Default 1: exactly these tools'),
        })),
      ])
      .optional()
      .describe('The tools that the reply calls, by their names: a list, or names with commas between them'),
  'is-xml': () =>
    z
      .boolean()
      .optional()
      .describe('Whether the text is one well-formed XML element, perhaps with a declaration, comments and a document type'),
  'contains-xml': () => z.boolean().optional().describe('Whether the text is XML, or has a block of code that says it is and is'),
  'is-html': () =>
    z
      .boolean()
      .optional()
      .describe(
        'Whether the text is HTML from its first to its last character: known elements, each that needs an end closed in order',
      ),
  'contains-html': () =>
    z.boolean().optional().describe('Whether the text is HTML, or has a block of code that says it is and is'),
  'is-sql': () =>
    z
      .boolean()
      .optional()
      .describe(
        'Whether the text is SQL, one statement or several, by its form and for no database in particular: clauses in their order, whole expressions, quotes and brackets closed',
      ),
  'contains-sql': () => z.boolean().optional().describe('Whether the text is SQL, or has a block of code that says it is and is'),
  perplexity: () =>
    limit(z.number().min(1), 'The most that is allowed').describe(
      'The most that exp(−mean log-probability of the tokens) may be, 1 or more; for OpenAI-compatible targets with body: { logprobs: true }',
    ),
  'perplexity-score': () =>
    limit(z.number().gt(0).max(0.5), 'The least that is allowed').describe(
      'The least that 1 ÷ (1 + perplexity) may be, up to 0.5',
    ),
} as const
