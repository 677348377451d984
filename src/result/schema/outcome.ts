/** Parts of a result about errors, injected faults, thresholds, validity, iterations and retries. */
import * as z from 'zod'
import { metricUnitSchema, percentileBoundsSchema } from './distribution.ts'
import { flag, number, numberOrNull, text } from './fields.ts'

/**
 * The schema, in `result.json`, of a group of errors that have the same step, class and phase of the exchange, and whose messages differ only in ids
 * and numbers. Errors beyond the 200th group are put together whatever their message.
 */
export const errorGroupSchema = z.object({
  class: text('Class of the failure, such as `http_status`'),
  phase: text('Phase of the exchange in which it came, such as `connect`'),
  step: text('Name of the step'),
  fingerprint: text('The message with its ids and numbers taken out; `other` for those beyond the 200th group'),
  sample: text('One message as it was seen. Untrusted; secrets removed'),
  count: number('Number of failures'),
  firstMs: number('The first of them, in ms since the run began'),
  lastMs: number('The last of them, in ms since the run began'),
  hint: text('What to do about it'),
  onReused: number(
    'Of them, those on a connection that had carried an exchange before; left out when there are none',
  ).exactOptional(),
  overTime: z
    .object({
      widthMs: number('Length of a stretch, in ms; the first begins with the first failure'),
      counts: z.array(z.number()).describe('Failures in each, at most 40 stretches, up to the last with any'),
    })
    .exactOptional()
    .describe('When they came; left out for a single one, and by older versions'),
})

/** The schema, in `result.json`, of one threshold after the run: the observed value, and whether the threshold passed. */
export const thresholdResultSchema = z.object({
  threshold: text('The expression as it is written: the stable name of the threshold'),
  state: z
    .enum(['passed', 'failed', 'no_samples', 'undecided', 'skipped'])
    .describe(
      '`no_samples` counts as a failure; so does `undecided`, which holds for the samples, but not for all that `certain` asks for; `skipped` had no samples either, and `on_missing` lets it go',
    ),
  severity: z.enum(['fail', 'warn']).describe('`warn` is shown and does not change the exit code'),
  observed: numberOrNull('The value that was compared, in the unit; null without samples'),
  limit: number('The limit, in the unit'),
  unit: metricUnitSchema.describe('Unit of observed and limit'),
  samples: number('Number of samples behind the observed value'),
  fewSamples: flag('The percentile has fewer than 10 samples above it'),
  samplesNeeded: number(
    'The samples that it asks for (`min_samples`), or that `certain` needs, when there were fewer',
  ).exactOptional(),
  bounds: percentileBoundsSchema
    .exactOptional()
    .describe('Of a percentile: two samples between which it lies, if there are enough samples, independent of each other'),
  confidence: number(
    'Confidence of each bound, 0 to 1, when the threshold asks for `certain`: 0.99, or more for several of them. Else bounds have 0.99',
  ).exactOptional(),
  reason: text('Why it failed or was skipped').exactOptional(),
  worstWindow: z
    .object({
      fromMs: number('Start, in ms since the run began'),
      toMs: number('End, in ms since the run began'),
    })
    .exactOptional()
    .describe('The worst window of a threshold with `window`'),
  aborted: flag('This threshold ended the run').exactOptional(),
})

/** The schema, in `result.json`, of a reason why the numbers of a run may be wrong, such as a load generator that was too busy. */
export const validityReasonSchema = z.object({
  level: z.enum(['degraded', 'invalid']).describe('`invalid`: the numbers must not be used'),
  code: text('Stable word: `lag`, `stall`, `event_loop`, `dropped`, …'),
  message: text('What was seen'),
  hint: text('What to do about it'),
})

/** The schema, in `result.json`, of the numbers of iterations with each outcome, such as completed, failed and dropped. */
export const iterationsSchema = z
  .object({
    planned: number('Iterations that were due: completed + failed + cut + dropped'),
    completed: number('Iterations that ended well'),
    failed: number('Iterations that failed'),
    expired: number('Of the failed ones, those that took longer than iterationTimeout').exactOptional(),
    faulted: number('Of the failed ones, those that a template or condition outside of any attempt ended').exactOptional(),
    injected: number('Of the failed ones, those that failed by injected faults alone').exactOptional(),
    cut: number('Iterations that the end of the run cut off'),
    dropped: number('Iterations that were due and never started'),
  })
  .describe('Iterations by how they ended, warm-ups included')

/**
 * The schema, in `result.json`, of the statistics of retries: how many attempts were retries, and how many steps were ok at the first attempt or only
 * after retries.
 */
export const retrySummarySchema = z.object({
  attempts: number('Attempts beyond the first of their exchange'),
  exchanges: number('Exchanges that ended. An exchange is one step as a user takes it, with all its attempts'),
  firstOk: number('Exchanges whose first attempt was ok'),
  afterRetryOk: number('Exchanges that were ok after one retry or more'),
  longestWaitMs: number('Longest wait between two attempts, in ms'),
  longestAskedMs: numberOrNull('Longest wait that the target asked for before a retry, in ms; null when it asked for none'),
  overBudget: number(
    'Retries that were not made because `retry.budget` was used up; left out when there were none',
  ).exactOptional(),
})

/** The schema, in `result.json`, of how much of one limit of the scenario's `budget` (requests, tokens or time) a run has used up. */
export const budgetUseSchema = z.object({
  name: z.enum(['requests', 'tokens', 'time']).describe('What was limited'),
  limit: number('The limit: a count, or ms'),
  used: number('How much of it was used'),
  ended: flag('The run ended before it would have been exceeded'),
})

/** The schema, in `result.json`, of what became of one `stopWhen` rule: when it was met, if at all, and by which values. */
export const stopFindingSchema = z.object({
  when: z.enum(['saturated', 'settled']).describe('The rule'),
  mode: z.enum(['enforce', 'monitor']).describe('enforce: it may end the run'),
  metAtMs: numberOrNull('When it was met, in ms since the run began; null when it was not'),
  ended: flag('It ended the run'),
  text: text('What the rule found, in words'),
  figures: z
    .record(z.string(), z.number())
    .describe(
      'Figures that the rule found: slopes per second with the lower ends of their intervals; values with half the widths of their intervals',
    ),
})

/** The schema, in `result.json`, of a stretch of time in which the condition of an alert held. */
export const alertResultSchema = z.object({
  alert: text('The alert as it is written'),
  fromMs: number('When it began, in ms since the run began'),
  untilMs: numberOrNull('When it ended, in ms since the run began; null when it lasted until the end'),
  worst: number('The value furthest beyond the limit'),
  unit: metricUnitSchema.describe('Unit of the value'),
})

/**
 * The schema, in `result.json`, of the outcome of exporting metrics to one monitoring system: how much of them it accepted, and how much was lost.
 */
export const exportedToSchema = z
  .object({
    kind: text('Form in which the metrics were sent, such as `otlp`'),
    to: text('Address or file, without credentials'),
    sent: number('Snapshots of the metrics that were accepted; the last one is that of the result'),
    lost: number('Snapshots that were not accepted; the totals in the next one include theirs'),
    leftOut: number(
      'Largest number of values that a snapshot left out: a metric has at most 1,000, such as checks of steps',
    ).exactOptional(),
    rejected: number('Values that the receiver rejected although it accepted the rest; left out for none').exactOptional(),
    remark: text(
      'Latest message of the receiver about a snapshot that it accepted, such as why it rejected values. Untrusted',
    ).exactOptional(),
    error: z.string().nullable().describe('Why the latest lost snapshot was not accepted. Untrusted; null when none was lost'),
  })
  .meta({ id: 'exportedTo', description: 'Metrics that were sent to one system' })

/**
 * The schema, in `result.json`, of the effect of `conversation.window`, which limits how many earlier turns a request repeats: how many turns were
 * left out, and how many requests that concerned.
 */
export const conversationWindowSchema = z.object({
  trimmedTurns: number('Turns that were not sent again because the window was full, warm-ups included'),
  trimmedRequests: number('Requests that went without some turns'),
  estimator: text('How tokens were estimated: `characters ÷ 4`'),
})

/** The schema, in `result.json`, of how often one kind of fault was injected into attempts of the measured phases, and how these attempts ended. */
export const injectedFaultSchema = z.object({
  kind: text('The kind, such as `delay`: the value of the tag `fault`'),
  offered: number('Attempts that it might have hit, by its window, steps and target'),
  expected: number('Number of hits to be expected: the sum of the probabilities of those attempts'),
  drawn: number('Attempts for which it was drawn'),
  injected: number('Of those, the ones that it changed: the path of a drift may not be there'),
  ok: number('Of the attempts that it changed: those that were ok'),
  failed: number('Of the attempts that it changed: those that failed'),
  blamed: number('Of the failed ones: those that failed by the fault, and are in no error rate'),
  serverErrors: number('Of the failed ones: those with a status of 500 or more; the rest of a drift or corruption was rejected'),
  cut: number('Of the attempts that it changed: those that the end of the run cut off'),
  neverSent: number(
    'Attempts that were not sent: burn gave their answer itself, or the run ended first; left out when there are none',
  ).exactOptional(),
  copies: number('Copies of requests that were sent beside the attempts; left out when there are none').exactOptional(),
  copiesPlanned: number('Copies that were to be sent; when the run is over, copies + copiesNeverSent').exactOptional(),
  copiesNeverSent: number(
    'Of those, the ones that were not sent: the attempt failed first, the connection could carry none, or the budget or the run was over',
  ).exactOptional(),
  copyReplies: z
    .object({
      accepted: number('Copies with a good reply, or that needed none'),
      rejected: number('Copies with a reply that is a failure'),
      unanswered: number('Copies without a reply: within a second after the attempt, or because the run ended'),
    })
    .exactOptional()
    .describe('How these copies ended'),
  waitedMs: number('Time that attempts were delayed, in ms; it is in no latency, and in no lag').exactOptional(),
  longestWaitMs: number('The longest of these delays, in ms').exactOptional(),
})

/**
 * The schema, in `result.json`, of the faults that burn injected into attempts: how many of each kind, how many attempts failed because of them, and
 * how many requests the target should have received.
 */
export const faultsSchema = z.object({
  kinds: z.array(injectedFaultSchema).describe('What was injected, by kind'),
  failures: number('Attempts that injected faults made fail: they are in `failed`, and in no error rate'),
  failureShare: z
    .number()
    .nullable()
    .describe('failures ÷ all attempts that ended or were dropped, 0 to 1; null when there were none'),
  sent: number('Requests that the target should have seen: attempts, without those that were never sent, and with the copies'),
})

/** The schema of the outages of one target in a result: the stretches of time in which three or more of its attempts in a row failed. */
export const outagesSchema = z.object({
  target: text('Name of the target'),
  count: number('Outages: three or more attempts that failed in a row, those that failed on the side of burn left out'),
  longestMs: number('Length of the longest, in ms'),
  longestFromMs: number('When it began, in ms since the run began'),
  longestFailures: number('Attempts that failed in it'),
  listed: z
    .array(
      z.object({
        fromMs: number('When the first attempt that failed was due, or the last success before it ended, whichever came later'),
        untilMs: numberOrNull('When the first success after it ended; null when there was none'),
        failures: number('Attempts that failed'),
        injected: number('Of these, the ones that a fault of `faults` was injected into'),
        class: text('Failure class of the first'),
      }),
    )
    .describe('The first 100'),
})

/** The schema, in `result.json`, of how often one hook of one plugin was called, how long that took, and how often it failed. */
export const hookSummarySchema = z.object({
  plugin: text('File of the plugin'),
  hook: text('The hook, such as `beforeSend`'),
  calls: number('How often it was called, for warm-up, setup and teardown as well'),
  failed: number('Calls that threw, returned something, or did not end in time'),
  totalMs: number('Time that all calls took, in ms, those that waited included; it is in no latency'),
  longestMs: number('The longest call, in ms'),
  blockedMs: number(
    'Of totalMs, the time until calls returned or gave a promise: burn sent and read nothing meanwhile, which shows as lag',
  ).exactOptional(),
  problem: text('What was wrong with the first call that failed').exactOptional(),
})

/** The schema, in `result.json`, of the faults that burn's relays (TCP proxies before the targets) injected into connections since the load began. */
export const wireFaultsSchema = z.object({
  connections: number('Connections that were led through a relay; refused ones included'),
  unreached: number('Of these, the ones whose target could not be reached, by no injected fault'),
  bytesUp: number('Bytes that were passed on to targets'),
  bytesDown: number('Bytes that were passed on from targets'),
  kinds: z
    .array(
      z.object({
        kind: text('The kind, such as `latency`'),
        drawn: number('Connections that it was drawn for'),
        acted: number('Of these, the ones on which it changed anything'),
        failed: number(
          'Measured attempts that failed by it: they are in `failed`, with a class that begins with `injected_`, and in no error rate',
        ),
      }),
    )
    .describe('What was injected, by kind'),
})
