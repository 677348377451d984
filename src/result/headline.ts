import type { GroupMetrics } from './schema.ts'

/** Returns the figures that stand at the top of a result, taken from its `total`. */
export function headlineOf({ counts, values, distributions }: GroupMetrics) {
  const response = distributions.response_time
  return {
    totalMessages: counts.planned,
    successfulMessages: counts.ok,
    failedMessages: counts.failed,
    averageLatencyMs: response?.mean ?? null,
    p95LatencyMs: response?.percentiles.p95 ?? null,
    p99LatencyMs: response?.percentiles.p99 ?? null,
    throughputQps: values.rate ?? 0,
    errorRate: values.errors ?? null,
  }
}
