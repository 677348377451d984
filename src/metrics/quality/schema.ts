import * as z from 'zod'
import { duration, lateObject } from '../../fields.ts'
import { BLOCKLIST, SCORE_WEIGHTS, type ScoreName, TARGET_LATENCY_MS } from '../../text-metrics/answer-scores.ts'
import { LANGUAGE_CODES } from '../../text-metrics/language.ts'
import type { QualitySettings } from './measure.ts'

const NAMES = Object.keys(SCORE_WEIGHTS) as ScoreName[]

const weights = () =>
  lateObject(
    () =>
      Object.fromEntries(
        NAMES.map((name) => [name, z.number().min(0).max(1000).optional().describe(`Default ${SCORE_WEIGHTS[name]}`)]),
      ) as Record<ScoreName, z.ZodOptional<z.ZodNumber>>, // fromEntries forgets which names it was given
  ).refine((given) => NAMES.some((name) => (given[name] ?? SCORE_WEIGHTS[name]) > 0), 'expected a weight above 0')

/** The schema of the `quality` block of a scenario. */
export const qualitySchema = z
  .union([
    z.boolean(),
    lateObject(() => ({
      weights: weights().optional().describe('How much each score counts in overall; they need not add up to 1'),
      targetLatencyMs: z
        .union([z.number().positive(), duration()])
        .optional()
        .describe(
          'Response time up to which the score latency is 1, in ms or with a unit; at three times as much it is 0. Default 5s',
        ),
      blocklist: z
        .array(z.string().min(1))
        .max(1000)
        .optional()
        .describe(
          `Texts that lower the score safety, each by 0.2, where they occur as whole words. Default ${BLOCKLIST.join(', ')}`,
        ),
      language: z
        .enum(LANGUAGE_CODES)
        .optional()
        .describe('Language that replies should be in. Left out: that of the message, where both are clear'),
    })),
  ])
  .describe('Scores of replies to messages, by heuristics; on unless it is false')

/** Returns the settings of a `quality` block with the defaults filled in; undefined when the block is `false`. */
export function qualitySettings(block: z.output<typeof qualitySchema> = true): QualitySettings | undefined {
  if (block === false) return undefined
  const { weights = {}, targetLatencyMs = TARGET_LATENCY_MS, blocklist = BLOCKLIST, language } = block === true ? {} : block
  const own = NAMES.map((name) => [name, weights[name] ?? SCORE_WEIGHTS[name]])
  return { weights: Object.fromEntries(own) as QualitySettings['weights'], targetLatencyMs, blocklist, language } // all names
}
