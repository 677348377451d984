import type { GroupMetrics } from './schema.ts'

/** Returns the main numbers at the top level of a result, such as `p95LatencyMs` and `errorRate`, taken from the metrics of the whole run. */
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

/**
 * Returns the notes of a result about steps that were never sent because no iteration reached them: one note with the `names` of these steps, or none
 * when there are no such steps.
 */
export function neverSentNotes(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`never sent: ${names.join(', ')}; no iteration came to ${names.length === 1 ? 'it' : 'them'}`]
}
