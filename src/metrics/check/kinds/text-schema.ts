/** The schemas of checks that test the text of a reply, for `expect` lines. */
import * as z from 'zod'
import { lateObject, madeBy } from '../../../fields.ts'
import { answerChecks } from './answer-schema.ts'
import { pattern, text } from './fields.ts'
import { compileJsonSchema, JsonSchemaError } from './json-schema.ts'
import { SIMILARITIES } from './text.ts'

const SIMILARITY_NAMES = Object.keys(SIMILARITIES) as (keyof typeof SIMILARITIES)[]

const texts = (describe: string) => z.array(z.string().min(1)).min(1).max(100).describe(describe).optional()

/** The schema of a JSON Schema written in the scenario. It is compiled while the file is checked, so that an error is reported with its place. */
const inlineSchema = z.record(z.string(), z.json()).superRefine((schema, context) => {
  try {
    compileJsonSchema(schema)
  } catch (error) {
    if (!(error instanceof JsonSchemaError)) throw error
    const { message, hint, path } = error
    context.addIssue({ code: 'custom', message, path: [...path], params: { message, hint } })
  }
})

/**
 * The checks that compare a reply's text, such as `contains`, for the schema of `expect` blocks. Each key is the name of a check; its value is a
 * function that returns a new schema for what a scenario writes after the name.
 */
export const textChecks = {
  contains: () => text('Text that occurs in the reply'),
  icontains: () => text('The same, whatever its case'),
  'contains-any': () => texts('At least one of these occurs'),
  'contains-all': () => texts('Each of these occurs'),
  'icontains-any': () => texts('At least one of these occurs, whatever its case'),
  'icontains-all': () => texts('Each of these occurs, whatever its case'),
  'starts-with': () => text('How the reply begins'),
  'ends-with': () => text('How the reply ends'),
  equals: () => z.string().optional().describe('The whole reply'),
  regex: () => pattern('Regular expression (RE2) that occurs in the reply'),
  'is-json': () =>
    z.union([z.boolean(), inlineSchema]).optional().describe('Whether the text is JSON; or a JSON Schema that it fits'),
  'json-schema': () =>
    z
      .union([z.string().min(1), inlineSchema])
      .optional()
      .describe(
        'JSON Schema that the text, as JSON, fits: the schema itself, or a JSON file in the folder of the scenario. Draft 2020-12 unless `$schema` says 2019-09 or draft-07',
      ),
  'contains-json': () => z.boolean().optional().describe('Whether an object or list in JSON stands somewhere in the text'),
  similar: () =>
    z
      .union([
        z.string().min(1),
        lateObject(() => ({
          to: z.string().min(1).describe('The text to compare with'),
          threshold: z.number().min(0).max(1).optional().describe('Least similarity, 0 to 1. Default 0.75'),
          by: z
            .enum(SIMILARITY_NAMES)
            .optional()
            .describe(
              'letters (default) or words: 1 − edit distance ÷ longer length; trigrams: cosine of groups of three characters',
            ),
        })),
      ])
      .optional()
      .describe(
        'The text is similar to another, whatever the case; the first 4,096 letters, or the words or trigrams of the first 32 Ki characters, are compared',
      ),
  levenshtein: () =>
    z
      .union([
        z.string().min(1),
        lateObject(() => ({
          to: z.string().min(1).describe('The text to compare with'),
          max: z.int().min(0).optional().describe('Most letters that may differ. Default 5'),
        })),
      ])
      .optional()
      .describe('The text equals another but for a few letters'),
  'word-count': () =>
    z
      .union([
        z.int().min(0),
        lateObject(() => ({
          min: z.int().min(0).optional().describe('At least'),
          max: z.int().min(0).optional().describe('At most'),
        }))
          .refine(({ min, max }) => min !== undefined || max !== undefined, 'expected min, max or both')
          .refine(({ min = 0, max = min }) => min <= max, { path: ['max'], message: 'must not be below `min`' }),
      ])
      .optional()
      .describe('Words of the reply: a number, or min and max'),
  ...answerChecks,
} as const
type TextChecks = typeof textChecks
/** The key of a check that compares a reply's text, such as `contains`. */
export type TextKey = keyof TextChecks

type Opposites = { readonly [K in TextKey as `not-${K}`]: TextChecks[K] }

/**
 * The opposites of the checks in `textChecks`, such as `not-contains`, for the schema of `expect` blocks. Each key is the name of a check; its value
 * is a function that returns a new schema for what a scenario writes after the name.
 */
export const oppositeChecks = Object.fromEntries(
  Object.entries<() => z.ZodOptional>(textChecks).map(([key, make]) => [
    `not-${key}`,
    () => madeBy(make).describe(`The opposite of ${key}`),
  ]),
) as Opposites // fromEntries forgets which names it was given
