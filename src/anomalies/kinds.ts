import type { AnomalyCounts } from '../result/schema.ts'

/**
 * The kinds of anomalies that an attempt can be, each with the field of the result that counts it. The last three are heuristics on the reply's text.
 */
export const ATTEMPT_ANOMALIES = {
  failed: 'failed',
  slow: 'slow',
  stalled: 'stalled',
  costly: 'costly',
  empty: 'empty',
  repeated: 'repeated',
  loop: 'loops',
  truncated: 'truncated',
  refusal: 'refusals',
} as const satisfies Record<string, keyof AnomalyCounts>

/** A kind of anomaly that an attempt can be, such as `slow`. */
export type AnomalyFlag = keyof typeof ATTEMPT_ANOMALIES

/** The fields of the result that count anomalies, one for each kind; `anomaliesDetected` is their sum. */
export const ANOMALY_COUNTS: readonly (keyof AnomalyCounts)[] = [...Object.values(ATTEMPT_ANOMALIES), 'bursts', 'drifts']
