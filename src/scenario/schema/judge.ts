/** The `judge:` block: a model that scores a sample of the replies, after the load. */
import * as z from 'zod'
import { lateObject, whole } from '../../fields.ts'
import { DEFAULT_RUBRIC, DEFAULT_SCALE } from '../../metrics/judge/rubric.ts'
import { targetSchema } from './target.ts'

/** Highest end of a scale. */
const MAX_SCORE = 1000

const scaleSchema = z
  .tuple([z.number().min(0).max(MAX_SCORE), z.number().min(0).max(MAX_SCORE)])
  .refine(([min, max]) => min < max, 'expected two numbers, the lower one first, such as [1, 5]')

/** The schema of the `judge` block of a scenario. */
export const judgeSchema = lateObject(() => ({
  target: targetSchema.describe('The model that is asked. It gets no load, and its answers are in no total of the run'),
  rubric: z
    .string()
    .min(1)
    .max(10_000)
    .default(DEFAULT_RUBRIC)
    .describe(`What it looks at; no template. Left out: ${DEFAULT_RUBRIC}`),
  scale: scaleSchema.default([...DEFAULT_SCALE]).describe('Worst and best score, 0 or more. Default [1, 5]'),
  pass: z
    .number()
    .min(0)
    .max(MAX_SCORE)
    .optional()
    .describe('Least score that is good enough. Left out: three quarters of the way up the scale, 4 of [1, 5]'),
  sample: whole(1, 1000).default(50).describe('Replies that are scored, drawn from all ok ones by the seed of the run'),
  askTwice: whole(0, 1000)
    .default(10)
    .describe('Of those, how many are asked about twice, which shows how far the model agrees with itself'),
  maxCost: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe('No further question is sent that could make all of them cost more, in the currency of target.pricing'),
  concurrency: whole(1, 100).default(4).describe('Questions under way at once'),
}))
  .refine(({ scale: [min, max], pass }) => pass === undefined || (pass >= min && pass <= max), {
    path: ['pass'],
    message: 'the least good score lies outside of the scale',
  })
  .refine(({ maxCost, target }) => maxCost === undefined || target.pricing?.inputPer1M !== undefined, {
    path: ['maxCost'],
    message: 'maxCost needs prices: write pricing: { inputPer1M: …, outputPer1M: … } under judge.target, or run with --prices',
  })
  .describe('A model that scores a sample of the replies, after the load; nobody does without')
