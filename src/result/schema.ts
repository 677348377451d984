import * as z from 'zod'
import { EXIT } from '../errors.ts'
import { anomalyCountsSchema, anomalyGroupSchema } from './schema/anomaly.ts'
import { blockSchema } from './schema/block.ts'
import { comparisonSchema } from './schema/comparison.ts'
import { connectionMetricsSchema, generatorHealthSchema } from './schema/connections.ts'
import { costSchema, energySchema } from './schema/cost.ts'
import type { distributionSchema, metricUnitSchema } from './schema/distribution.ts'
import { number, numberOrNull, text } from './schema/fields.ts'
import {
  type checkCountSchema,
  type countsSchema,
  groupMetricsSchema,
  phaseMetricsSchema,
  stepMetricsSchema,
  type tokenTotalsSchema,
} from './schema/group.ts'
import {
  type breakerSummarySchema,
  configurationSchema,
  environmentSchema,
  fileSchema,
  healthSchema,
  type limiterSummarySchema,
  machineSchema,
  outlineLineSchema,
  type rateLimitSummarySchema,
  serverEndpointSchema,
  targetSchema,
  timelineRowSchema,
} from './schema/origin.ts'
import {
  alertResultSchema,
  budgetUseSchema,
  conversationWindowSchema,
  errorGroupSchema,
  exportedToSchema,
  faultsSchema,
  hookSummarySchema,
  type injectedFaultSchema,
  iterationsSchema,
  outagesSchema,
  retrySummarySchema,
  stopFindingSchema,
  thresholdResultSchema,
  validityReasonSchema,
  wireFaultsSchema,
} from './schema/outcome.ts'
import { judgeSchema, type pairSummarySchema, qualitySchema, type shareSummarySchema } from './schema/quality.ts'
import { shardDataSchema, shardsSchema } from './schema/shard-data.ts'
import { RESULT_VERSION } from './version.ts'

const exitCode = z.literal(Object.values(EXIT))

/** The schema of `result.json`, from which the TypeScript types, the check of stored results and the JSON Schema are derived. */
export const resultSchema = z.object({
  schemaVersion: text(
    `Format of this file, now ${RESULT_VERSION}; a first number that grows means that old readers would misread it`,
  ),
  runId: text('Id of the run'),
  status: z
    .enum(['running', 'completed', 'aborted', 'failed'])
    .describe('`running` in a checkpoint: found later, such a file is an incomplete run'),
  verdict: z
    .enum(['passed', 'failed', 'invalid', 'could_not_test', 'aborted', 'incomplete', 'error'])
    .describe('How the run ended'),
  reason: text('Reason for the verdict, in one line'),
  exitCode: exitCode.describe('The code that the command left with; in a checkpoint 4, or 3 while nothing was sent'),
  exitCodes: z.array(exitCode).describe('Every code that applied'),
  scenarioName: text('Name of the scenario'),
  scenarioFile: z.string().nullable().describe('Its file as it was named; null when the run came from flags'),
  scenarioHash: text('sha256 of the resolved scenario, secrets left out'),
  seed: text('Seed of everything random'),
  labels: z.record(z.string(), z.string()).describe('Tags of the scenario'),
  shard: z
    .object({
      index: number('Which part, from 0'),
      of: number('Number of parts'),
      run: text('Name of the whole run in all of its parts (BURN_RUN_ID); left out without a name').exactOptional(),
    })
    .nullable()
    .describe('Which part of a larger run this is; null for a whole one'),
  shards: shardsSchema.exactOptional().describe('The parts that were merged to this result; left out of all other results'),
  environment: environmentSchema.describe('Where the load came from'),
  target: z.array(targetSchema).describe('Where the load went'),
  startTime: number('Start of the run, in ms since 1970'),
  endTime: number('End of the run, in ms since 1970'),
  durationMs: number('From the first phase to the end of the drain, in ms'),
  windowMs: number('Declared length of the measured phases, in ms; rates are per second of it'),
  totalMessages: numberOrNull('Attempts that were planned: ok + failed + cut + dropped; null when not known'),
  successfulMessages: numberOrNull('Attempts that were ok; null when not known'),
  failedMessages: numberOrNull('Attempts that failed; null when not known'),
  averageLatencyMs: numberOrNull('Mean response_time, in ms; null without an ok attempt'),
  p95LatencyMs: numberOrNull('95th percentile of response_time, in ms; null without an ok attempt'),
  p99LatencyMs: numberOrNull('99th percentile of response_time, in ms; null without an ok attempt'),
  throughputQps: numberOrNull('Ok attempts per second; null when not known'),
  errorRate: numberOrNull(
    'failed ÷ attempts that ended or were dropped, 0 to 1, failures by injected faults left out on both sides; null when there were none',
  ),
  anomaliesDetected: numberOrNull('What stands out in the run: the sum of anomalies; null when not known'),
  anomalies: anomalyCountsSchema.describe('Anomalies by kind'),
  anomalyGroups: z
    .array(anomalyGroupSchema)
    .exactOptional()
    .describe('Anomalies by kind and place, with the worst of each; failed, repeated and empty attempts are counted only'),
  errorTypes: number('Number of different failure classes'),
  warnings: z
    .record(z.string(), z.number())
    .describe(
      'Warnings, which are no failures, and how often they occurred: once for each reply, moved_… once for each move of a request',
    ),
  connectionMetrics: connectionMetricsSchema.describe('Connections and bytes'),
  errors: z.array(errorGroupSchema).describe('Failures that are alike (step, class, fingerprint), the most frequent first'),
  validity: z
    .object({
      state: z.enum(['ok', 'degraded', 'invalid']).describe('`invalid`: the numbers must not be used'),
      reasons: z.array(validityReasonSchema).describe('Reasons to doubt the numbers, the worst first'),
    })
    .describe('Whether the generator was able to measure this'),
  thresholds: z.array(thresholdResultSchema).describe('The thresholds and whether they passed'),
  baseline: comparisonSchema
    .exactOptional()
    .describe('This run (B) beside an earlier one or several (A): `--baseline`; left out without one'),
  bands: z
    .array(
      z.object({
        name: text('`fast`, `normal`, `slow` or `critical`'),
        untilMs: numberOrNull('Upper end of the band, in ms; null for the last one'),
        count: number('Ok attempts whose response_time lies in it'),
        share: number('Their share of all ok attempts, 0 to 1'),
      }),
    )
    .exactOptional()
    .describe('Response times in bands (`bands` of the scenario); left out without an ok attempt'),
  iterations: iterationsSchema,
  wireFaults: wireFaultsSchema
    .exactOptional()
    .describe('Faults that burn injected on the wire; left out without any in the scenario'),
  retries: retrySummarySchema
    .exactOptional()
    .describe('Number and outcome of retries, over the measured phases; left out when there were none'),
  alerts: z.array(alertResultSchema).exactOptional().describe('When the conditions of `alerts` held; left out without them'),
  alertsUnlisted: number('Alerts that began when 1,000 were listed, and are not; left out for none').exactOptional(),
  stopWhen: z.array(stopFindingSchema).exactOptional().describe('The rules of `stopWhen`; left out without them'),
  budget: z.array(budgetUseSchema).exactOptional().describe('What was used up of `budget`, money aside; left out without one'),
  faults: faultsSchema.exactOptional().describe('Faults that burn injected on purpose; left out without any in the scenario'),
  hooks: z
    .array(hookSummarySchema)
    .exactOptional()
    .describe('What hooks of plugins were called, and how long they took; left out when none was'),
  outages: z
    .array(outagesSchema)
    .exactOptional()
    .describe('When targets gave no success, as attempts saw it; left out when none had three failures in a row'),
  conversationWindow: conversationWindowSchema
    .exactOptional()
    .describe('Turns that conversation.window kept out of requests; left out when there were none'),
  cost: costSchema.exactOptional().describe('What the run cost; left out without prices'),
  quality: qualitySchema
    .exactOptional()
    .describe('Quality of the replies to messages; left out when there were none, or it was off'),
  judge: judgeSchema.exactOptional(),
  server: z
    .array(serverEndpointSchema)
    .exactOptional()
    .describe('Metrics that servers reported about themselves (`observe`), one entry for each endpoint; left out without any'),
  energy: energySchema
    .exactOptional()
    .describe('Energy that the run took, as observed servers report it; left out when none does'),
  machine: z.array(machineSchema).exactOptional().describe('Metrics of the watched machines (`monitor`); left out without any'),
  health: z
    .array(healthSchema)
    .exactOptional()
    .describe('What the health checks of the target found (`health`); left out without any'),
  exports: z
    .array(exportedToSchema)
    .exactOptional()
    .describe('Where the metrics of the run were sent (`export`, --otlp, --export); left out without any'),
  total: groupMetricsSchema.describe('All measured phases together'),
  warmup: groupMetricsSchema.nullable().describe('The warm-up phases, kept out of all else; null without any'),
  steps: z.array(stepMetricsSchema).describe('Metrics of each step'),
  phases: z.array(phaseMetricsSchema).describe('Metrics of each phase'),
  outline: z
    .array(outlineLineSchema)
    .exactOptional()
    .describe('The steps of the scenario in their order, those in loops and branches below these; left out by older versions'),
  tags: z.record(z.string(), groupMetricsSchema).describe('Metrics by tag, such as `flow=buy`'),
  timeline: z.array(timelineRowSchema).describe('One row per second, or per several seconds on long runs'),
  blocks: z
    .array(blockSchema)
    .exactOptional()
    .describe(
      '20 to 40 equal stretches of the measured phases, from which a comparison computes how certain a difference is; left out of runs of fewer than 8 s',
    ),
  generator: generatorHealthSchema.describe('How well burn itself kept up: lateness, event loop, CPU, memory'),
  shardData: shardDataSchema.exactOptional().describe('What merging needs of a part of a larger run; left out of other results'),
  files: z.array(fileSchema).describe('Files of this run'),
  configuration: configurationSchema
    .exactOptional()
    .describe('The configuration with which the run was started: `burn run --from` starts it again; left out by older versions'),
  notes: z.array(z.string()).describe('What else a reader should know'),
})

/** The type `T` with everything in it read-only: a result does not change once it is made or read. */
export type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T
type Of<Schema extends z.ZodType> = Frozen<z.infer<Schema>>

/** The result of a run, as in `result.json`; `resultSchema` describes each field. */
export type Result = Of<typeof resultSchema>
/** The verdict in a run's result: the outcome of the run in one word, such as `passed` or `invalid`. */
export type Verdict = Result['verdict']
/** The unit of a metric in a run's result, such as `ms` or `tokens`. */
export type MetricUnit = z.infer<typeof metricUnitSchema>
/** The distribution of one metric, such as `ttft`, in a result: exact mean and extremes, and a histogram with the percentiles computed from it. */
export type Distribution = Of<typeof distributionSchema>
/** The statistics of one hook of one plugin in a run's result: how often it was called, how long that took, and how often it failed. */
export type HookSummary = Of<typeof hookSummarySchema>
/**
 * The faults, in a run's result, that burn's relays (TCP proxies before the targets) injected into connections, and the number of affected
 * connections.
 */
export type InjectedOnWire = Of<typeof wireFaultsSchema>
/** The metrics, in a run's result, that one observed server reported while the load went on. */
export type ServerEndpoint = Of<typeof serverEndpointSchema>
/** The CPU, memory, disk and network use, in a result, of one machine that `monitor:` watched. */
export type WatchedMachine = Of<typeof machineSchema>
/** The outcome of one health check (`health:`) in a run's result: how often it succeeded during the run, and when it did not. */
export type HealthSummary = Of<typeof healthSchema>
/** The outcome, in a run's result, of exporting metrics to one monitoring system: how much of them it accepted, and how much was lost. */
export type ExportedTo = Of<typeof exportedToSchema>
/** The numbers of attempts by outcome in a run's result: planned = ok + failed + cut (the run ended first) + dropped (never started). */
export type Counts = Of<typeof countsSchema>
/** The statistics of one kind of injected fault in a run's result: how many attempts got it, and how these attempts ended. */
export type InjectedFault = Of<typeof injectedFaultSchema>
/** The sums, in a run's result, of input and output tokens over all attempts that were ok; a sum is null when no reply reported the count. */
export type TokenTotals = Of<typeof tokenTotalsSchema>
/** The metrics, in a run's result, of a group of attempts, such as all of the run, those of the warm-up, or those with a certain tag. */
export type GroupMetrics = Of<typeof groupMetricsSchema>
/** The metrics of one step of the scenario in a run's result, with the counts of the step's checks. */
export type StepMetrics = Of<typeof stepMetricsSchema>
/** The metrics of one phase of the load in a run's result. */
export type PhaseMetrics = Of<typeof phaseMetricsSchema>
/** The punctuality, in a run's result, of a phase with an arrival rate (open model): how late its iterations started after they were due. */
export type ArrivalMetrics = NonNullable<PhaseMetrics['arrivals']>
/** The counts, in a run's result, of how often one check of a step (a line of its `expect` block) passed and failed. */
export type CheckCount = Of<typeof checkCountSchema>
/** A group of errors in a run's result, with their count: errors of one step, class and phase whose messages differ only in ids and numbers. */
export type ErrorGroup = Of<typeof errorGroupSchema>
/** The field `shardData` of the result of a shard (one part of a run); `burn merge` needs it to join the shards to one result. */
export type ShardData = Of<typeof shardDataSchema>
/** One line of the scenario's outline (the indented list of its steps) in a run's result: a step, or the head of a block such as a loop. */
export type OutlineLine = Of<typeof outlineLineSchema>
/** One row of the timeline in a run's result: a second of the run, or several seconds of a long run. */
export type TimelineRow = Of<typeof timelineRowSchema>
/** The comparison of two runs, or of two sets of runs, as in `comparison.json`. */
export type Comparison = Of<typeof comparisonSchema>
/**
 * One block in a run's result: one of the stretches of time into which the measured phases are divided, equally long but for the first and the last,
 * with the counts and latencies of the attempts that ended in it.
 */
export type Block = Of<typeof blockSchema>
/** The outcome of one threshold in a run's result: the observed value, and whether the threshold passed. */
export type ThresholdResult = Of<typeof thresholdResultSchema>
/** The state of a threshold in a run's result, such as `passed`, or `undecided` when it is met, but not with the required confidence. */
export type ThresholdState = ThresholdResult['state']
/** A reason, in a run's result, why its numbers may be wrong, such as a load generator that was too busy. */
export type ValidityReason = Of<typeof validityReasonSchema>
/** The numbers of iterations by outcome in a run's result: planned = completed + failed + cut (the run ended first) + dropped (never started). */
export type Iterations = Of<typeof iterationsSchema>
/**
 * The statistics of retries in a run's result: how many attempts were retries, and how many steps were ok at the first attempt or only after retries.
 */
export type RetrySummary = Of<typeof retrySummarySchema>
/** The numbers of anomalies in a run's result, by their kind, such as `slow`. */
export type AnomalyCounts = Of<typeof anomalyCountsSchema>
/** A group of anomalies in a run's result: all anomalies of one kind (such as `slow`) in one step, target or phase, with the worst of them. */
export type AnomalyGroup = Of<typeof anomalyGroupSchema>
/** The cost of a run, in its result: in all, per session and per success; for hardware with an hourly price also per million output tokens. */
export type RunCost = Of<typeof costSchema>
/** The rate limits, in a run's result, that one target reported in its replies. */
export type RateLimitSummary = Of<typeof rateLimitSummarySchema>
/** An alert in a run's result: a stretch of time in which the condition of one of the scenario's alerts was met. */
export type Alert = Of<typeof alertResultSchema>
/** The use of one limit of the scenario's `budget` (requests, tokens or time) in a run's result: how much of it the run has used up. */
export type BudgetUse = Of<typeof budgetUseSchema>
/** The activity of one target's circuit breaker in a run's result: when it opened and closed, and how long attempts waited for it. */
export type BreakerSummary = Of<typeof breakerSummarySchema>
/** The effect, in a run's result, of the scenario's `rateLimit` on one target: how many attempts it delayed or refused. */
export type LimiterSummary = Of<typeof limiterSummarySchema>
/** The effect of `conversation.window` in a run's result: how many earlier turns it left out of requests, and how many requests that concerned. */
export type ConversationWindow = Of<typeof conversationWindowSchema>
/** The configuration of a run, in its result: the scenario as it was run (with profiles and flags), other flags, and the files that were read. */
export type Configuration = Of<typeof configurationSchema>
/**
 * The metrics of a run's connections, in its result: how many were opened, failed or lost, how long connecting took, and how many bytes were sent and
 * received.
 */
export type ConnectionMetrics = Of<typeof connectionMetricsSchema>
/** The quality of replies in a run's result: how their scores are distributed, and how many were stuck, cut off, refused and so on. */
export type QualitySummary = Of<typeof qualitySchema>
/** The scores, in a run's result, that a judge model gave to a sample of the replies after the load. */
export type JudgeSummary = Of<typeof judgeSchema>
/**
 * The verdicts, in a run's result, of a judge model that compared the run's replies with those of a reference run to the same messages: how often
 * they are better (`wins`), worse or equal.
 */
export type PairSummary = Of<typeof pairSummarySchema>
/** The distribution of quality scores from 0 to 1 in a result: their number, mean and percentiles. */
export type ShareSummary = Of<typeof shareSummarySchema>
/** The health of burn itself, the load generator, in a run's result: its lateness, event loop, CPU and memory. */
export type GeneratorHealth = Of<typeof generatorHealthSchema>
