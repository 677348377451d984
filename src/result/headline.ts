import type { GroupMetrics } from './schema.ts'

/**
 * Returns the main numbers at the top level of a result, such as `p95LatencyMs` and `errorRate`, taken from the metrics of all measured phases. A
 * number without a value is null; `throughputQps` is then 0.
 */
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
 * Returns a list with one note for the user that names the steps that were never sent, because no iteration reached them; empty when `names`, the
 * names of these steps, is empty.
 */
export function neverSentNotes(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`never sent: ${names.join(', ')}; no iteration came to ${names.length === 1 ? 'it' : 'them'}`]
}
