/** The `judge:` block: a model that scores a sample of the replies, after the load. */
import * as z from 'zod'
import { identifier, lateObject, whole } from '../../fields.ts'
import { DEFAULT_RUBRIC, DEFAULT_SCALE } from '../../metrics/judge/rubric.ts'
import { type TargetBlock, targetSchema, targetsOf } from './target.ts'
import { allSteps, namedTargets } from './written-steps.ts'

/** Largest number of criteria, because each means one more question for each reply. */
const MAX_CRITERIA = 10
/** Largest possible end of a scale of scores. */
const MAX_SCORE = 1000

const OUTSIDE = 'the least good score lies outside of the scale'

const scaleSchema = z
  .tuple([z.number().min(0).max(MAX_SCORE), z.number().min(0).max(MAX_SCORE)])
  .refine(([min, max]) => min < max, 'expected two numbers, the lower one first, such as [1, 5]')

const rubricSchema = () => z.string().min(1).max(10_000)

const criterionSchema = z.strictObject({
  rubric: rubricSchema().describe('Instructions for the judge: what makes a reply good; no template'),
  pass: z.number().min(0).max(MAX_SCORE).optional().describe('Lowest score that is good enough. Left out: that of the judge'),
})

/** The schema of the `judge` block of a scenario: which model scores a sample of the replies after the load, and by which rubric. */
export const judgeSchema = lateObject(() => ({
  target: z
    .union([identifier(), targetSchema])
    .describe(
      'The model that is asked: a block as under target, or the name of one of `targets`. It gets no load of its own, and its answers are in no total of the run',
    ),
  rubric: rubricSchema()
    .optional()
    .describe(`Instructions for the judge: what makes a reply good; no template. Left out: ${DEFAULT_RUBRIC}`),
  criteria: z
    .record(identifier(), z.union([rubricSchema(), criterionSchema]))
    .refine(
      (all) => Object.keys(all).length >= 1 && Object.keys(all).length <= MAX_CRITERIA,
      `expected 1 to ${MAX_CRITERIA} criteria`,
    )
    .optional()
    .describe('In place of rubric: several, by name, each a question and a score of its own: a text, or { rubric, pass }'),
  scale: scaleSchema.default([...DEFAULT_SCALE]).describe('Worst and best score, 0 or more. Default [1, 5]'),
  pass: z
    .number()
    .min(0)
    .max(MAX_SCORE)
    .optional()
    .describe('Lowest score that is good enough. Left out: three quarters of the way up the scale, 4 of [1, 5]'),
  sample: whole(1, 1000).default(50).describe('Replies that are scored, drawn from all ok ones by the seed of the run'),
  askTwice: whole(0, 1000)
    .default(10)
    .describe('Number of these replies that the model is asked about twice, which shows how far it agrees with itself'),
  perGroup: whole(0, 100)
    .default(5)
    .describe(
      'Replies of each step, and of each flag of quality such as truncated, that are scored at least, where there are so many; those beyond sample count in the figures of their group alone',
    ),
  maxCost: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe('Largest cost of all questions, in the currency of target.pricing; no question is sent that could exceed it'),
  concurrency: whole(1, 100).default(4).describe('Largest number of questions in flight at once'),
  cache: z
    .boolean()
    .default(true)
    .describe(
      'Use what the same model answered to the same question before, from judgements.jsonl in the folder of results, and keep new answers there',
    ),
}))
  .refine(({ scale: [min, max], pass }) => pass === undefined || (pass >= min && pass <= max), {
    path: ['pass'],
    message: OUTSIDE,
  })
  .refine(({ rubric, criteria }) => rubric === undefined || criteria === undefined, {
    path: ['rubric'],
    message: 'a judge has a rubric or criteria, not both',
  })
  .check(({ value: { scale, criteria }, issues }) => {
    for (const [name, one] of Object.entries(criteria ?? {})) {
      const own = typeof one === 'string' ? undefined : one.pass
      if (own !== undefined && (own < scale[0] || own > scale[1]))
        issues.push({ code: 'custom', path: ['criteria', name, 'pass'], message: OUTSIDE, input: own })
    }
  })
  .describe('A model that scores a sample of the replies after the load; left out: replies are not scored')

/** The keys of a scenario that concern its judge and its targets. */
type JudgeKeys = Parameters<typeof targetsOf>[0] & {
  readonly judge?: { readonly target: string | TargetBlock } | undefined
}

/**
 * Returns the settings of the target to which the judge model's requests are sent. These stand in `judge`, or in `targets` if `judge` names a target
 * there. Undefined for a scenario without a judge, and when the target that it names does not exist.
 */
export function judgeBlock(scenario: JudgeKeys): TargetBlock | undefined {
  const target = scenario.judge?.target
  return typeof target === 'string' ? targetsOf(scenario)[target] : target
}

/**
 * Returns the name of a target that only the judge model uses: no step sends to it, so it gets no load. Undefined when there is none. `written` is
 * the scenario as it stands in the file, before validation.
 */
export function unloadedTarget(scenario: JudgeKeys, written: unknown): string | undefined {
  const name = scenario.judge?.target
  const names = Object.keys(scenario.targets ?? {})
  if (typeof name !== 'string' || !names.includes(name) || names.length < 2) return undefined
  // When no step names a target, the scenario is run against each one; otherwise steps without a target send to the first.
  if (namedTargets(written).length === 0) return name
  const used = allSteps(written).flatMap(({ step, target }) =>
    SENDS.some((key) => step[key] !== undefined) ? [target ?? names[0]] : [],
  )
  return used.includes(name) ? undefined : name
}

/** The keys of a step that sends something. */
const SENDS = ['message', 'request'] as const
