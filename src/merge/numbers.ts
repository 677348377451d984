import { NO_CONNECTIONS } from '../metrics/counts/connections.ts'
import { NO_ITERATIONS } from '../metrics/counts/iterations.ts'
import { JudgeCounts, NO_JUDGE } from '../metrics/counts/judge-counts.ts'
import { Histogram } from '../metrics/histogram/histogram.ts'
import type { WholeRunNumbers } from '../metrics/threshold/group-evidence.ts'
import type { Result, ShardData } from '../result/schema.ts'

/** The merged result of a run's shards, together with the merged `shardData`, the additional data that only results of shards contain. */
export interface FoldedRun {
  readonly result: Result
  readonly data: ShardData
}

/**
 * Returns the numbers of a merged run on which thresholds for the run as a whole are evaluated: counters of iterations and connections, and
 * histograms of lag, connection times and judge scores. They are not split by step or other groups of attempts.
 */
export function wholeRunNumbers({
  result: { generator, connectionMetrics },
  data,
}: FoldedRun): WholeRunNumbers & { readonly judge: JudgeCounts } {
  const { connectTime, tlsTime, handshakeTime, recoveryTime } = connectionMetrics
  const stored = { connect_time: connectTime, tls_time: tlsTime, handshake_time: handshakeTime, recovery_time: recoveryTime }
  const judge = new JudgeCounts()
  for (const given of data.judgeScores) judge.add(given, given.criterion)
  const known = new Map<string, Histogram>([
    ['judge_score', judge.scores],
    ['lag', lagOf(generator.lag)],
  ])
  for (const [name, found] of Object.entries(stored)) known.set(name, found ? Histogram.of(found) : new Histogram('ms'))
  return {
    judge,
    runCounters: { ...NO_CONNECTIONS, ...NO_ITERATIONS, ...NO_JUDGE, ...data.counters },
    runHistogramOf: (metric) => known.get(metric),
  }
}

const lagOf = (lag: Result['generator']['lag']) => (lag.count === 0 ? new Histogram('ms') : Histogram.of(lag))
