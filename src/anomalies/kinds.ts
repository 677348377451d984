import type { AnomalyCounts } from '../result/schema.ts'

/** Why an attempt stands out, and where the result counts such attempts. The last three are heuristics that look at the text. */
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

/** Why an attempt stands out. */
export type AnomalyFlag = keyof typeof ATTEMPT_ANOMALIES

/** All kinds of what stands out in a run, as the result counts them; `anomaliesDetected` is their sum. */
export const ANOMALY_COUNTS: readonly (keyof AnomalyCounts)[] = [...Object.values(ATTEMPT_ANOMALIES), 'bursts', 'drifts']
