/** The merge rule of every field of a result. Its type requires a rule for each field, so that none is forgotten. */
import type { BudgetUse, ConversationWindow, Iterations, Result, RetrySummary } from '../../result/schema.ts'
import { anomalies, anomalyGroups } from './anomaly-rules.ts'
import { cost, environment, generator, hooks, machines, servers } from './beside-rules.ts'
import { group, phases, steps, tags } from './group-rules.ts'
import { judge } from './judge-rules.ts'
import { shardData } from './shard-rules.ts'
import { connections, faults, targets, wireFaults } from './target-rules.ts'
import {
  all,
  each,
  either,
  fields,
  first,
  largest,
  later,
  listBy,
  type MergeRule,
  orNull,
  record,
  smallest,
  sum,
} from './values.ts'

type Bands = NonNullable<Result['bands']>

/** Adds up the replies of all parts in each band of response times, and computes the share of each band from the sums. */
const bands: MergeRule<Bands> = (lists) => {
  const added = listBy<Bands[number]>(
    ({ name }) => name,
    fields<Bands[number]>({ name: first, untilMs: first, count: sum, share: later }),
  )(lists)
  const count = added.reduce((total, band) => total + band.count, 0)
  return added.map((band) => ({ ...band, share: band.count / count }))
}

/**
 * Merges how much of each budget the parts used. Requests and tokens were divided among the parts, so they are added; time is the same for all parts,
 * so it is not.
 */
const budget = listBy<BudgetUse>(
  ({ name }) => name,
  (parts) => {
    const add = first(parts).name === 'time' ? largest : sum
    return fields<BudgetUse>({ name: first, limit: add, used: add, ended: either })(parts)
  },
)

const byStart = <T extends { readonly fromMs: number }>(lists: readonly (readonly T[])[]) =>
  lists.flat().toSorted((a, b) => a.fromMs - b.fromMs)

/**
 * Merges the results of a run's shards, field by field. Fields that cannot be merged by themselves, such as the verdict, keep the value of the first
 * shard until the caller computes them from the other fields.
 */
export const folded = fields<Result>({
  schemaVersion: first,
  runId: first,
  status: later,
  verdict: later,
  reason: later,
  exitCode: later,
  exitCodes: later,
  scenarioName: first,
  scenarioFile: first,
  scenarioHash: first,
  seed: first,
  labels: first,
  shard: later,
  shards: later,
  environment,
  target: targets,
  startTime: smallest,
  endTime: largest,
  durationMs: later,
  windowMs: largest,
  totalMessages: later,
  successfulMessages: later,
  failedMessages: later,
  averageLatencyMs: later,
  p95LatencyMs: later,
  p99LatencyMs: later,
  throughputQps: later,
  errorRate: later,
  anomaliesDetected: later,
  anomalies,
  anomalyGroups,
  errorTypes: later,
  warnings: record(sum),
  connectionMetrics: connections,
  errors: later,
  validity: later,
  thresholds: later,
  baseline: later,
  bands,
  iterations: fields<Iterations>({
    planned: sum,
    completed: sum,
    failed: sum,
    expired: sum,
    faulted: sum,
    injected: sum,
    cut: sum,
    dropped: sum,
  }),
  wireFaults,
  retries: fields<RetrySummary>({
    attempts: sum,
    exchanges: sum,
    firstOk: sum,
    afterRetryOk: sum,
    longestWaitMs: largest,
    longestAskedMs: orNull(largest),
    overBudget: sum,
  }),
  alerts: byStart,
  // Only workers on one machine have such rules in common; the first process evaluates them for all.
  stopWhen: first,
  alertsUnlisted: sum,
  budget,
  faults,
  hooks,
  conversationWindow: fields<ConversationWindow>({ trimmedTurns: sum, trimmedRequests: sum, estimator: first }),
  cost,
  quality: later,
  judge,
  server: servers,
  energy: later,
  machine: machines,
  // Health checks of all parts are listed, because each part made its own; a threshold on them is evaluated on the worst part.
  health: all,
  // Outages of all parts are listed, because attempts that failed in a row in one part may not be in a row among all attempts.
  outages: all,
  exports: all,
  total: group,
  warmup: orNull(group),
  steps,
  phases,
  outline: first,
  tags,
  timeline: later,
  blocks: later,
  generator,
  shardData,
  files: later,
  configuration: first,
  notes: each(),
})
