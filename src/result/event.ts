/** The events of a run, which `burn run --events` writes while it lasts: one JSON object per line. */
import * as z from 'zod'
import { EXIT } from '../errors.ts'
import { number, numberOrNull, text } from './schema/fields.ts'
import { timelineRowSchema } from './schema/origin.ts'

const runId = text('Id of the run: with several scenarios, each has its own')
const atMs = number('When it happened, in ms since the load began')

const runEventSchema = z
  .object({
    event: z.literal('run'),
    runId,
    version: text('Version of burn'),
    scenario: text('Name of the scenario'),
    file: z.string().nullable().describe('Its file as it was named; null when the run came from flags'),
    seed: text('Seed of everything random'),
    folder: text('Folder of the result'),
    startTime: number('When the run was started, in ms since 1970; its load begins when the targets were reached'),
    targets: z
      .array(
        z.object({
          name: text('Name of the target'),
          protocol: text('Its protocol'),
          url: text('Its address, as the scenario writes it'),
        }),
      )
      .describe('Where the load goes'),
    load: text('The load in words'),
    phases: z
      .array(
        z.object({
          name: text('Name of the phase'),
          warmup: z.boolean().describe('The phase is a warm-up: it is in no total'),
          lengthMs: numberOrNull('Its planned length in ms; null when iterations end it'),
        }),
      )
      .describe('The phases of the load, in their order'),
  })
  .meta({ description: 'A run begins' })

const phaseEventSchema = z
  .object({
    event: z.literal('phase'),
    runId,
    atMs,
    phase: text('Name of the phase; `drain` when no more iterations start and what is in flight may finish'),
    warmup: z.boolean().describe('The phase is a warm-up: it is in no total'),
  })
  .meta({ description: 'A phase of the load begins. Seen once a second, its time is exact' })

const secondEventSchema = timelineRowSchema
  .extend({
    event: z.literal('second'),
    runId,
    queued: number('Arrivals that wait for a free user'),
    soFar: z
      .object({
        ok: number('Attempts that succeeded'),
        failed: number('Attempts that failed, without those that injected faults or `rateLimit` made fail'),
        injected: number('Attempts that injected faults made fail'),
        refused: number('Attempts that `rateLimit` with `whenFull: error` made fail'),
        cut: number('Attempts that were cut off'),
        dropped: number('Attempts that were due and never started'),
        outputTokens: number('Generated tokens'),
      })
      .describe('Counts of the measured phases so far'),
    errors: z.record(z.string(), z.number()).describe('Failures of the measured phases so far, by class'),
    cost: numberOrNull('What the calls of the measured phases with a known price have cost so far; null in a run without prices'),
  })
  .meta({ description: 'A second is over. Its figures are those of a row of `timeline` in the result' })

const breakerEventSchema = z
  .object({
    event: z.literal('breaker'),
    runId,
    atMs,
    target: text('Name of the target'),
    state: z.enum(['closed', 'open', 'half-open']).describe('Its new state; `closed`: attempts are sent as usual'),
    failed: number('Attempts that had failed, of those that ended'),
    ended: number('Attempts that had ended in its stretch of time; 1 for a probe'),
    worker: number(
      'With --workers, the number of the process whose breaker it is: each has its own. Left out for the first one',
    ).exactOptional(),
  })
  .meta({ description: 'The circuit breaker of a target has changed. Seen once a second, its time is exact' })

const alertEventSchema = z
  .object({
    event: z.literal('alert'),
    runId,
    atMs,
    alert: text('The alert as it is written'),
    state: z.enum(['began', 'ended']),
    worst: number('The value furthest beyond the limit so far'),
    unit: text('Unit of the value'),
  })
  .meta({ description: 'The condition of an alert holds, or does so no longer' })

const thresholdEventSchema = z
  .object({
    event: z.literal('threshold'),
    runId,
    atMs,
    threshold: text('The threshold as it is written'),
    observed: numberOrNull('The value so far; null without samples'),
    limit: number('Its limit'),
    unit: text('Unit of both'),
    reason: text('Why it does not hold, in words'),
  })
  .meta({ description: 'A threshold does not hold, for three seconds or in a whole window; reported once. The result decides' })

const failureEventSchema = z
  .object({
    event: z.literal('failure'),
    runId,
    atMs,
    class: text('Class of the failure, such as `http_status`'),
    phase: text('Phase of the exchange in which it came, such as `connect`'),
    step: text('Name of the step'),
    message: text('What happened, at most 300 characters. Untrusted; secrets removed'),
    hint: text('What to do about it'),
  })
  .meta({ description: 'The first failure of its class' })

const resultEventSchema = z
  .object({
    event: z.literal('result'),
    runId,
    scenario: text('Name of the scenario'),
    verdict: text('How the run ended, such as `passed`'),
    reason: text('Reason for the verdict, in one line'),
    exitCode: z.literal(Object.values(EXIT)).describe('The exit code that this run asks for'),
    folder: text('Folder of the result'),
    durationMs: number('From the first phase to the end of the drain, in ms'),
  })
  .meta({ description: 'The run is over, and its files are written' })

/** The schema of one event of a run, a line that `burn run --events` writes. */
const runEventsSchema = z.discriminatedUnion('event', [
  runEventSchema,
  phaseEventSchema,
  secondEventSchema,
  breakerEventSchema,
  alertEventSchema,
  thresholdEventSchema,
  failureEventSchema,
  resultEventSchema,
])

/** One event of a run, such as its end or an alert, as a line of JSON that `burn run --events` prints. */
export type RunEvent = z.infer<typeof runEventsSchema>

/** Returns the JSON Schema (draft 2020-12) of one line of `burn run --events`. Later versions of burn may add events and keys. */
export function eventJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(runEventsSchema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, title: 'burn event', description: 'One line of burn run --events', ...schema }
}
