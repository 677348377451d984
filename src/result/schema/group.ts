import * as z from 'zod'
import { arrivalsSchema } from './arrivals.ts'
import { distributionSchema } from './distribution.ts'
import { flag, number, numberOrNull, text } from './fields.ts'

/** The schema, in `result.json`, of the numbers of attempts with each outcome, such as ok, failed and dropped. */
export const countsSchema = z
  .object({
    planned: number('Attempts that were due: ok + failed + cut + dropped'),
    started: number('Attempts that were started'),
    ok: number('Attempts that succeeded'),
    failed: number('Attempts that failed'),
    cut: number('Attempts that the end of the run cut off'),
    dropped: number('Attempts that were due and never started'),
    skipped: number(
      'Steps that were not sent because an earlier one of their iteration had failed; left out when there are none',
    ).exactOptional(),
  })
  .meta({ id: 'counts', description: 'Number of attempts, by how they ended' })

/** The schema, in `result.json`, of the sums of token counts over all attempts that were ok. */
export const tokenTotalsSchema = z
  .object({
    input: numberOrNull('Prompt tokens, cached ones included; null when no reply reported them'),
    cachedInput: numberOrNull('Prompt tokens that were read from a cache; null when no reply reported them'),
    output: numberOrNull('Generated tokens, reasoning included; null when no reply reported them'),
    reasoning: numberOrNull('Generated tokens that are reasoning; null when no reply reported them'),
    sources: z.record(z.string(), z.number()).describe('Number of attempts, by where their token counts came from'),
  })
  .meta({ id: 'tokens', description: 'Sums of token counts over all ok attempts' })

const group = {
  counts: countsSchema,
  windowMs: number('Declared length of the load, in ms; rates are per second of it'),
  values: z
    .record(z.string(), z.number().nullable())
    .describe('Shares (0 to 1), counts and rates (per second), by name of metric; null when the denominator is zero'),
  counters: z.record(z.string(), z.number()).describe('What the values are formed from, by name; those that are 0 are left out'),
  countersAfterLoad: z
    .record(z.string(), z.number())
    .exactOptional()
    .describe('Of these, what was counted after the end of the load and is in no rate; left out when there is nothing'),
  distributions: z
    .record(z.string(), distributionSchema)
    .describe('Distributions by name of metric; a metric without samples is left out'),
  censored: z
    .record(z.string(), z.number())
    .exactOptional()
    .describe(
      'By latency: number of attempts that the end of the run kept out of it, though they would be among its slowest; left out when there are none',
    ),
  gapsTogether: number(
    'Number of gaps of itl that are 0 because several pieces came in one delivery; left out when there are none',
  ).exactOptional(),
  failedServiceTime: distributionSchema
    .exactOptional()
    .describe('service_time of failed attempts, which are in no other distribution; left out when there are none'),
  tainted: z
    .object({
      ok: number('Number of these attempts that succeeded'),
      failed: number('Number of these attempts that failed'),
      cut: number('Number of these attempts that the end of the run cut off'),
      distributions: z.record(z.string(), distributionSchema).describe('Their distributions by name of metric'),
    })
    .exactOptional()
    .describe(
      'The attempts among these that were under way, or due, while nothing of burn ran (it was stopped, throttled, or without a CPU), or that burn started late by more than 10 ms; left out when there are none',
    ),
  tokens: tokenTotalsSchema,
  serverTimes: z
    .record(z.string(), z.number())
    .exactOptional()
    .describe(
      'Number of replies that reported server times (server_queue and the like), by the server that reported them, such as `vLLM`; left out when none did',
    ),
  bytesSent: number('Bytes of all requests, failed and cut ones included'),
  bytesReceived: number('Bytes of all replies, failed and cut ones included'),
}

/** The schema, in `result.json`, of the metrics of a group of attempts, such as all of the run, or those with a certain tag. */
export const groupMetricsSchema = z.object(group).meta({ id: 'metrics', description: 'Metrics of one group of attempts' })

/** The schema, in `result.json`, of how often one check of a step (a line of its `expect` block) passed and failed. */
export const checkCountSchema = z.object({
  check: text('The check as it is written: `status 200`, `ttft < 1s`'),
  countOnly: flag('The check is only counted: it decides nothing').exactOptional(),
  passed: number('Number of attempts for which it held'),
  failed: number('Number of attempts for which it did not hold'),
  samples: z.array(z.string()).describe('Up to three observed values that did not hold, secrets removed'),
})

/** The schema, in `result.json`, of the metrics of one step, with its checks. */
export const stepMetricsSchema = z
  .object({
    name: text('Name of the step'),
    kind: text('Kind of the step: `message` or `request`'),
    checks: z.array(checkCountSchema).describe('The `expect` lines of the step, counted'),
    ...group,
  })
  .meta({ id: 'step', description: 'Metrics of one step' })

/** The schema, in `result.json`, of the metrics of one phase of the load. */
export const phaseMetricsSchema = z
  .object({
    name: text('Name of the phase'),
    shape: text('Shape of the load, such as `constant-arrival-rate`'),
    load: text('The load in words, such as `5 users, for 10s`'),
    warmup: flag('The phase is a warm-up: it counts in `warmup` only'),
    startMs: number('Start of the phase, in ms since the run began'),
    arrivals: arrivalsSchema
      .exactOptional()
      .describe('How well the starts of an open phase kept their timetable; left out for a closed phase'),
    ...group,
  })
  .meta({ id: 'phase', description: 'Metrics of one phase' })
