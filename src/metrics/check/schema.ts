/** The keys of an `expect:` line. */
import * as z from 'zod'
import { compileExpression } from '../../language/expression.ts'
import { compileJsonPath } from '../../language/jsonpath.ts'
import { compileRegex } from '../../language/regex.ts'
import { findMetric } from '../catalogue.ts'
import { BOUND_METRICS, type BoundMetric, boundTest, latencyTest } from './bound.ts'

/** Text that has to compile, unless a template makes it only at run time. */
function compiles(describe: string, compile: (text: string) => unknown) {
  return z
    .string()
    .min(1, 'expected some text')
    .superRefine((text, context) => {
      if (text.includes('{{')) return
      try {
        compile(text)
      } catch (error) {
        const { message, hint, column } = error as Error & { hint?: string; column?: number } // every compiler throws errors of ours
        const offset = column === undefined ? {} : { offset: column - 1, length: 1 }
        context.addIssue({
          code: 'custom',
          message: hint === undefined ? message : `${message}; ${hint}`,
          params: { message, hint, ...offset },
        })
      }
    })
    .describe(describe)
}

const text = (describe: string) => z.string().min(1, 'expected some text').describe(describe).optional()
const texts = (describe: string) => z.array(z.string().min(1)).min(1).max(100).describe(describe).optional()
const pattern = (describe: string) => compiles(describe, compileRegex).optional()
const number = (describe: string) =>
  z
    .union([z.number(), z.string().min(1)])
    .describe(describe)
    .optional()
const refused = (why: string) => z.never(why).describe(`Not supported: ${why}`).optional()

const oneStatus = z.union([
  z.int().min(0).max(999),
  z.string().regex(/^\s*(\d{1,3}|[1-5][xX]{2})\s*$|\{\{/, 'expected a status such as 200 or "2xx"'),
])
const status = z.union([oneStatus, z.array(oneStatus).min(1).max(100)])
export type StatusSpec = z.output<typeof status>

const header = z.union([
  z.string().min(1).describe('Name of a header that must be there'),
  z.strictObject({
    name: z.string().min(1).describe('Name of the header, in any case'),
    exists: z.boolean().optional().describe('false: it must not be there'),
    equals: z.string().optional().describe('The whole value'),
    contains: text('Part of the value'),
    matches: pattern('Regular expression (RE2) that occurs in the value'),
  }),
])
export type HeaderSpec = z.output<typeof header>

const path = compiles('JSONPath (RFC 9535); of several values the first counts', compileJsonPath)
const json = z.union([
  path,
  z.strictObject({
    path,
    in: z
      .enum(['reply', 'text'])
      .optional()
      .describe('reply: the body, or the text when the body is not JSON (default); text: the generated text'),
    exists: z.boolean().optional().describe('false: nothing may be there'),
    equals: z.json().optional().describe('The value, compared deeply'),
    'not-equals': z.json().optional().describe('Any other value'),
    contains: z.json().optional().describe('Part of a text, or an item of a list'),
    matches: pattern('Regular expression (RE2) that occurs in the value'),
    type: z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']).optional().describe('Type of the value'),
    gt: number('Above this number'),
    gte: number('This number or above'),
    lt: number('Below this number'),
    lte: number('This number or below'),
  }),
])
export type JsonSpec = z.output<typeof json>

const bounds = Object.fromEntries(
  BOUND_METRICS.map((name) => {
    const metric = findMetric(name)
    const describe = `${metric?.describe ?? name} (${metric?.formula ?? ''}): a bound such as "< 1s", "> 10" or "10..200", with its unit`
    return [name, compiles(describe, (bound) => boundTest(name, bound)).optional()]
  }),
) as Record<BoundMetric, z.ZodOptional<z.ZodString>> // fromEntries forgets which names it was given

/** One line as written: one or more keys. */
export const checkItemSchema = z
  .strictObject({
    status: status.optional().describe('Status of the reply: 200, "2xx", or a list; also the status number of gRPC'),
    contains: text('Text that occurs in the reply'),
    icontains: text('The same, whatever its case'),
    'not-contains': text('Text that does not occur'),
    'not-icontains': text('The same, whatever its case'),
    'contains-any': texts('At least one of these occurs'),
    'contains-all': texts('Each of these occurs'),
    'icontains-any': texts('At least one of these occurs, whatever its case'),
    'icontains-all': texts('Each of these occurs, whatever its case'),
    'starts-with': text('How the reply begins'),
    'ends-with': text('How the reply ends'),
    equals: z.string().optional().describe('The whole reply'),
    'not-equals': z.string().optional().describe('Any other reply'),
    regex: pattern('Regular expression (RE2) that occurs in the reply'),
    'not-regex': pattern('Regular expression (RE2) that does not occur'),
    'is-json': z.boolean().optional().describe('Whether the text is JSON'),
    'contains-json': z.boolean().optional().describe('Whether an object or list in JSON stands somewhere in the text'),
    json: json.optional().describe('A value in the JSON of the reply: a path that must exist, or a path with conditions'),
    header: header.optional().describe('A header of the reply'),
    finish: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('Finish reason, such as stop or length'),
    similar: z
      .union([
        z.string().min(1),
        z.strictObject({
          to: z.string().min(1).describe('The text to compare with'),
          threshold: z.number().min(0).max(1).optional().describe('Least similarity, 0 to 1. Default 0.75'),
        }),
      ])
      .optional()
      .describe(
        'Alike by edit distance (1 − distance ÷ longer length), whatever the case; the first 4,096 characters are compared',
      ),
    levenshtein: z
      .union([
        z.string().min(1),
        z.strictObject({
          to: z.string().min(1).describe('The text to compare with'),
          max: z.int().min(0).optional().describe('Most letters that may differ. Default 5'),
        }),
      ])
      .optional()
      .describe('Alike but for a few letters'),
    'word-count': z
      .union([
        z.int().min(0),
        z
          .strictObject({
            min: z.int().min(0).optional().describe('At least'),
            max: z.int().min(0).optional().describe('At most'),
          })
          .refine(({ min, max }) => min !== undefined || max !== undefined, 'expected min, max or both'),
      ])
      .optional()
      .describe('Words of the reply: a number, or min and max'),
    latency: z
      .union([z.number().positive(), compiles('A time or bound', latencyTest)])
      .optional()
      .describe('The most that response_time may be: ms, or a duration'),
    expression: compiles('Condition in CEL, such as reply.text.size() < 500', compileExpression).optional(),
    ...bounds,
    itl: refused('one reply has many gaps; use stall (the longest) or tpot (the mean), or a threshold on itl'),
    javascript: refused('no script of a scenario is run; use expression (CEL)'),
    python: refused('no script of a scenario is run; use expression (CEL)'),
  })
  .refine((item) => Object.keys(item).length > 0, 'expected at least one check, such as status: 200')
  .describe('A check of one reply; several keys are several checks')

export type ExpectItem = z.output<typeof checkItemSchema>
