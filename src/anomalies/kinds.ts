import type { AnomalyCounts } from '../result/schema.ts'

/**
 * The flags for what can be abnormal about an attempt (`slow`, `empty` …), each with the name of the result field that counts it. `loop`,
 * `truncated` and `refusal` are guessed from the reply's text.
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

/** The name of something abnormal about an attempt, such as `slow`. */
export type AnomalyFlag = keyof typeof ATTEMPT_ANOMALIES

/** The fields of the result that count anomalies, one for each type of anomaly, such as `slow` or `bursts`; `anomaliesDetected` is their sum. */
export const ANOMALY_COUNTS: readonly (keyof AnomalyCounts)[] = [...Object.values(ATTEMPT_ANOMALIES), 'bursts', 'drifts']
