/** What a result says of errors, of the verdict, and of whether it can be believed. */
import * as z from 'zod'
import { metricUnitSchema } from './distribution.ts'

export const errorGroupSchema = z.object({
  class: z.string().describe('Class of the failure, such as `http_status`'),
  phase: z.string().describe('Phase of the exchange in which it came, such as `connect`'),
  step: z.string().describe('Name of the step'),
  fingerprint: z.string().describe('The message with its ids and numbers taken out; `other` for those beyond the 200th group'),
  sample: z.string().describe('One message as it was seen. Untrusted; secrets removed'),
  count: z.number().describe('Number of failures'),
  firstMs: z.number().describe('The first of them, in ms since the run began'),
  lastMs: z.number().describe('The last of them, in ms since the run began'),
  hint: z.string().describe('What to do about it'),
  onReused: z
    .number()
    .exactOptional()
    .describe('Of them, those on a connection that had carried an exchange before; left out when there are none'),
})

export const thresholdResultSchema = z.object({
  threshold: z.string().describe('The expression as it is written: the stable name of the threshold'),
  state: z
    .enum(['passed', 'failed', 'no_samples', 'skipped'])
    .describe('`no_samples` counts as a failure; `skipped` had no samples either, and `on_missing` lets it go'),
  severity: z.enum(['fail', 'warn']).describe('`warn` is shown and does not change the exit code'),
  observed: z.number().nullable().describe('The value that was compared, in the unit; null without samples'),
  limit: z.number().describe('The limit, in the unit'),
  unit: metricUnitSchema.describe('Unit of observed and limit'),
  samples: z.number().describe('Number of samples behind the observed value'),
  fewSamples: z.boolean().describe('The percentile has fewer than 10 samples above it'),
  samplesNeeded: z.number().exactOptional().describe('The samples that it asks for (`min_samples`), when there were fewer'),
  reason: z.string().exactOptional().describe('Why it failed or was skipped'),
  worstWindow: z
    .object({
      fromMs: z.number().describe('Start, in ms since the run began'),
      toMs: z.number().describe('End, in ms since the run began'),
    })
    .exactOptional()
    .describe('The worst window of a threshold with `window`'),
  aborted: z.boolean().exactOptional().describe('This threshold ended the run'),
})

export const validityReasonSchema = z.object({
  level: z.enum(['degraded', 'invalid']).describe('`invalid`: the numbers cannot be believed'),
  code: z.string().describe('Stable word: `lag`, `stall`, `event_loop`, `dropped`, …'),
  message: z.string().describe('What was seen'),
  hint: z.string().describe('What to do about it'),
})

export const iterationsSchema = z
  .object({
    planned: z.number().describe('Iterations that were due: completed + failed + cut + dropped'),
    completed: z.number().describe('Iterations that ended well'),
    failed: z.number().describe('Iterations that failed'),
    expired: z.number().exactOptional().describe('Of the failed ones, those that took longer than iterationTimeout'),
    faulted: z
      .number()
      .exactOptional()
      .describe('Of the failed ones, those that a template or condition outside of any attempt ended'),
    cut: z.number().describe('Iterations that the end of the run cut off'),
    dropped: z.number().describe('Iterations that were due and never started'),
  })
  .describe('Iterations by how they ended, warm-ups included')

export const retrySummarySchema = z.object({
  attempts: z.number().describe('Attempts beyond the first of their exchange'),
  exchanges: z.number().describe('Exchanges that ended. An exchange is one step as a user takes it, with all its attempts'),
  firstOk: z.number().describe('Exchanges whose first attempt was ok'),
  afterRetryOk: z.number().describe('Exchanges that were ok after one retry or more'),
  longestWaitMs: z.number().describe('Longest wait between two attempts, in ms'),
  longestAskedMs: z
    .number()
    .nullable()
    .describe('Longest wait that the target asked for before a retry, in ms; null when it asked for none'),
})

export const conversationWindowSchema = z.object({
  trimmedTurns: z.number().describe('Turns that were not sent again because the window was full, warm-ups included'),
  trimmedRequests: z.number().describe('Requests that went without some turns'),
  estimator: z.string().describe('How tokens were estimated: `characters ÷ 4`'),
})
