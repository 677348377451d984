import * as z from 'zod'
import { type FieldMakers, lateObject, sparseObject } from '../../fields.ts'
import { compileExpression } from '../../language/expression/expression.ts'
import { compileJsonPath } from '../../language/jsonpath/jsonpath.ts'
import { nearest } from '../../language/suggest.ts'
import { isMap } from '../../text/json.ts'
import { ATTEMPT_DISTRIBUTIONS } from '../groups/catalogue.ts'
import { type BoundMetric, boundTest, latencyTest, mostTest } from './bound.ts'
import { compiles, pattern, text } from './kinds/fields.ts'
import { oppositeChecks, textChecks } from './kinds/text-schema.ts'
import { keyOfType, readTyped, type TypedForm } from './typed.ts'

const isNumberText = (text: string) => text.includes('{{') || (text.trim() !== '' && Number.isFinite(Number(text)))
const number = (describe: string) =>
  z
    .union([z.number(), z.string().min(1).refine(isNumberText, 'expected a number, or a template that makes one')])
    .describe(describe)
    .optional()
const refused = (why: string) => z.never(why).describe(`Not supported: ${why}`).optional()

const oneStatus = () =>
  z.union([
    z.int().min(0).max(999),
    z.string().regex(/^\s*(\d{1,3}|[1-5][xX]{2})\s*$|\{\{/, 'expected a status such as 200 or "2xx"'),
  ])
const status = () => z.union([oneStatus(), z.array(oneStatus()).min(1).max(100)])
/** The value of a `status` check, after validation: a status, a class such as "2xx", or a list of these. */
export type StatusSpec = z.output<ReturnType<typeof status>>

const header = () =>
  z.union([
    z.string().min(1).describe('Name of a header that must be there'),
    lateObject(() => ({
      name: z.string().min(1).describe('Name of the header, in any case'),
      exists: z.boolean().optional().describe('false: it must not be there'),
      equals: z.string().optional().describe('The whole value'),
      contains: text('Part of the value'),
      matches: pattern('Regular expression (RE2) that occurs in the value'),
    })),
  ])
/** The value of a `header` check, after validation: the name of a header, or an object that also says what its value must be. */
export type HeaderSpec = z.output<ReturnType<typeof header>>

const path = () => compiles('JSONPath (RFC 9535); of several values the first counts', compileJsonPath)
const json = () =>
  z.union([
    path(),
    lateObject(() => ({
      path: path(),
      in: z
        .enum(['reply', 'text'])
        .optional()
        .describe('reply: the body, or the text when the body is not JSON (default); text: the generated text'),
      exists: z.boolean().optional().describe('false: nothing may be there'),
      equals: z.json().optional().describe('The value, compared deeply'),
      'not-equals': z.json().optional().describe('Any other value'),
      contains: z.json().optional().describe('Part of a text, or an item of a list'),
      matches: pattern('Regular expression (RE2) that occurs in the value'),
      type: z
        .enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])
        .optional()
        .describe('Type of the value'),
      gt: number('Above this number'),
      gte: number('This number or above'),
      lt: number('Below this number'),
      lte: number('This number or below'),
    })),
  ])
/** The value of a `json` check, after validation: a JSONPath, or an object that also says what the value there must be. */
export type JsonSpec = z.output<ReturnType<typeof json>>

const bounds = Object.fromEntries(
  ATTEMPT_DISTRIBUTIONS.map(({ name, describe: what, formula }) => {
    const describe = `${what} (${formula}): a bound such as "< 1s", "> 10" or "10..200", with its unit`
    return [name, () => compiles(describe, (bound) => boundTest(name, bound)).optional()]
  }),
) as Record<BoundMetric, () => z.ZodOptional<z.ZodString>> // fromEntries forgets which names it was given

/** Makes the schema of an upper limit: a text such as `< 1s`, a number, or an object with the number as `threshold`. */
function most(describe: string, compile: (bound: string) => unknown, number: z.ZodNumber) {
  const limit = z.union([number, compiles(describe, compile)])
  return z.union([...limit.options, z.strictObject({ threshold: limit.describe('The most that is allowed') })]).optional()
}

const checkName = (describe: string) => z.string().trim().min(1).max(60).describe(describe).optional()

/** Schemas of the checks of a reply's content, by key. They may also stand in an `assert-set`. */
const saidChecks = {
  ...textChecks,
  ...oppositeChecks,
  json: () => json().optional().describe('A value in the JSON of the reply: a path that must exist, or a path with conditions'),
  header: () => header().optional().describe('A header of the reply'),
  finish: () =>
    z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe(
        'Why the reply ended: stop, length, tool_calls or content_filter, whatever the API calls it; or the word of the API itself',
      ),
} as const

/** Schemas of the keys with which other tools name a check, such as `type` and `value`. */
const typedKeys = {
  type: () => z.string().optional().describe('One of the keys above, as promptfoo has it: { type: contains, value: order }'),
  value: () => z.json().optional().describe('Value of the check that type names'),
  threshold: () => z.number().optional().describe('Limit of the check that type names, if it has one'),
  assert: () => z.array(z.json()).optional().describe('Checks of the set, with type: assert-set'),
} as const

/** Schemas of the keys of one entry in an `assert-set`. */
const partKeys = {
  ...saidChecks,
  expression: () => compiles('Condition in CEL, such as reply.text.size() < 500', compileExpression).optional(),
  weight: () => z.number().min(0).optional().describe('Weight of this check among the others. Default 1'),
} as const
const part = sparseObject(partKeys)

const partSchema = inBothForms(partKeys, part)
  .transform((line) => (line.type === undefined ? line : part.parse(readTyped(line)))) // typeProblems has found nothing
  .refine((line) => Object.keys(line).some((key) => key !== 'weight'), 'expected at least one check, such as contains: order')
  .refine((line) => !namesFile(line), 'a file goes only with a check outside of a set; write its content here')

/** Returns true when a check reads a file, such as a JSON Schema: files can only be read for checks that stand directly in an `expect` line. */
const namesFile = (line: Readonly<Record<string, unknown>>) =>
  Object.entries(line).some(([key, value]) =>
    /json-schema$/.test(key) ? typeof value === 'string' : isMap(value) && key.endsWith('is-refusal') && value.file !== undefined,
  )

/** Schemas of all keys of an `expect` line. */
const keyMakers = {
  status: () => status().optional().describe('Status of the reply: 200, "2xx", or a list; also the status number of gRPC'),
  ...saidChecks,
  'assert-set': () =>
    lateObject(() => ({
      assert: z
        .array(partSchema)
        .min(1)
        .max(50)
        .refine((parts) => parts.some(({ weight = 1 }) => weight > 0), 'expected a check with a weight above 0')
        .describe('The checks: those of the text, json, header, finish and expression, each with its weight'),
      threshold: z.number().min(0).max(1).optional().describe('Least share of them, by weight, that must hold. Default 1: all'),
    }))
      .optional()
      .describe('Several checks that count as one: enough of them must hold'),
  latency: () =>
    most('A time or bound', latencyTest, z.number().positive()).describe(
      'The most that response_time may be: ms, or a duration; also { threshold: 1000 }',
    ),
  tokens: () =>
    most('A number of tokens or bound', (bound) => mostTest('output_tokens', bound), z.number().min(0)).describe(
      'Generated tokens: the most, or a bound such as "> 10" or "10..200"',
    ),
  expression: () => compiles('Condition in CEL, such as reply.text.size() < 500', compileExpression).optional(),
  ...bounds,
  cost: () =>
    most('A price or bound', (bound) => mostTest('cost', bound), z.number().min(0)).describe(
      'Price of an attempt, in the currency of target.pricing (tokens × target.pricing): the most, also { threshold: 0.01 }, or a bound such as "< 0.02"',
    ),
  itl: () => refused('one reply has many gaps; use stall (the longest) or tpot (the mean), or a threshold on itl'),
  javascript: () => refused('no script of a scenario is run; use expression (CEL)'),
  python: () => refused('no script of a scenario is run; use expression (CEL)'),
  'llm-rubric': () =>
    refused(
      'no model is asked while the load runs: write judge: { target: …, rubric: … } beside steps, and a threshold on judge_score',
    ),
  name: () => checkName('What the check is called in tables, and in thresholds: checks{check=blocked} > 95%'),
  metric: () => checkName('Another word for name, as promptfoo has it'),
  countOnly: () =>
    z.boolean().optional().describe('Only count how often the check passes: a reply that does not pass is no failure'),
} as const

const keys = sparseObject(keyMakers)

/** One item of an `expect` block, after validation: checks by their keys, such as `contains`. */
export type ExpectItem = z.output<typeof keys>

/** One item of an `assert-set` check, after validation: its checks, and the weight that they have in the set. */
export type SetPart = z.output<typeof partSchema>

/** The keys of an `expect` item that are not checks, such as `name`. */
export const NOT_CHECKS: readonly string[] = ['name', 'metric', 'countOnly']

/** The schema of an item of an `expect` block in burn's own form, where each check is a key: `contains: order`. */
export const lineSchema = keys

/**
 * The schema of an item of an `expect` block in both accepted forms: `contains: order`, and `type: contains` with `value: order` as in other tools.
 */
export const checkItemSchema = inBothForms(keyMakers, keys)
  .refine(
    (item) => Object.keys(item).some((key) => !NOT_CHECKS.includes(key)),
    'expected at least one check, such as status: 200',
  )
  .describe('A check of one reply; several keys are several checks')

/**
 * Converts an item of an `expect` block from the form of promptfoo to burn's own: `type: contains` with `value: order` becomes `contains: order`, and
 * the key `metric` is renamed to `name`. An item in burn's form stays as it is.
 */
export function ownForm(item: z.output<typeof checkItemSchema>): ExpectItem {
  const { metric, ...line }: ExpectItem = item.type === undefined ? item : keys.parse(readTyped(item)) // typeProblems has found nothing
  return metric === undefined ? line : { name: metric, ...line }
}

/** Makes the schema of an `expect` line in both forms: each check as a key, or one check named by `type`. */
function inBothForms<Makers extends FieldMakers>(makers: Makers, known: z.ZodObject) {
  return sparseObject({ ...makers, ...typedKeys }).superRefine((item, context) => {
    // these keys belong to the form with `type`, whatever the keys of Makers are
    for (const { message, path, hint } of typeProblems(Object.keys(makers), known, item as TypedForm))
      context.addIssue({ code: 'custom', message, path: [path], params: { message, hint } })
  })
}

function typeProblems(
  names: readonly string[],
  known: z.ZodObject,
  item: TypedForm,
): { message: string; path: string; hint?: string | undefined }[] {
  const { type, value, threshold, assert } = item
  if (type === undefined) {
    const path = value !== undefined ? 'value' : threshold !== undefined ? 'threshold' : 'assert'
    return (value ?? threshold ?? assert) === undefined
      ? []
      : [{ message: `${path} goes with type`, path, hint: 'write contains: some text' }]
  }
  if (!names.includes(keyOfType(type))) {
    const near = nearest(type, names)
    const hint = near === undefined ? 'there are contains, regex, similar, json-schema and more' : `did you mean ${near}?`
    return [{ message: `there is no check ${type.slice(0, 40)}`, path: 'type', hint }]
  }
  const issue = known.safeParse(readTyped(item)).error?.issues[0]
  const path = value === undefined && threshold !== undefined ? 'threshold' : value === undefined ? 'type' : 'value'
  return issue === undefined ? [] : [{ message: `${type}: ${issue.message}`, path }]
}
