import * as z from 'zod'
import { number } from './fields.ts'

export { judgeSchema } from './judge.ts'

/** The schema of the distribution of values from 0 to 1: their number, mean and percentiles. */
export const shareSummarySchema = z
  .object({
    count: number('Replies to which the measure applies'),
    mean: number('Mean, 0 to 1'),
    p5: number('5th percentile, in hundredths'),
    p50: number('Median, in hundredths'),
    p95: number('95th percentile, in hundredths'),
  })
  .describe('How the values of one measure are distributed')

const measured = () => ({
  measures: z
    .record(z.string(), shareSummarySchema)
    .describe(
      'relevance, coherence, completeness, safety, latency and overall (1 is good); loop, rep4, longestRepeat, repetition, turnSimilarity and sessionSimilarity (0 is good)',
    ),
  flags: z
    .record(z.string(), z.object({ flagged: number('Replies with the flag'), of: number('Replies to which it applies') }))
    .describe(
      'loop, stuck, truncated, refusal, wrongLanguage, sameAnswer: another message of the conversation got the same answer, and sharedAnswer: another session got it to another message',
    ),
})

/** The schema of the quality of replies to messages. */
export const qualitySchema = z
  .object({
    method: z.literal('heuristic').describe('Words and marks are counted: of use is a change, not the value'),
    measured: number(
      'Replies that were measured: those to messages with a text, ok or failed by a check alone, without warm-ups',
    ),
    leftOut: number('Replies that came faster than they could be measured in 4 % of the time'),
    settings: z
      .object({
        weights: z.record(z.string(), z.number()).describe('How much each score counts in overall'),
        targetLatencyMs: number('Response time up to which the score latency is 1, in ms'),
        blocklist: z.array(z.string()).describe('Texts that lower the score safety'),
        language: z.string().nullable().describe('Language that replies should be in; null for that of each message'),
      })
      .describe('What the scores were computed with'),
    ...measured(),
    steps: z
      .record(z.string(), z.object({ measured: number('Replies of the step that were measured'), ...measured() }))
      .exactOptional()
      .describe('The same for each step; left out when there is only one'),
  })
  .describe('Quality of the replies to messages, without a model')
