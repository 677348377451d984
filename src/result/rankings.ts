/**
 * The metrics by which the tests of a suite can be ranked. They are separate from the schema of a suite's result, because the command-line flags do
 * not need that schema.
 */

/**
 * The metrics by which the tests of a suite can be ranked, by name. Each states which field of a test's result holds its value, and whether a lower
 * value is better.
 */
export const RANKINGS = {
  'response_time p50': { figure: 'p50Ms', less: true },
  'response_time p95': { figure: 'p95Ms', less: true },
  'response_time p99': { figure: 'p99Ms', less: true },
  'ttft p95': { figure: 'ttftP95Ms', less: true },
  tokens_per_second: { figure: 'tokensPerSecond', less: false },
  rate: { figure: 'okPerSecond', less: false },
  errors: { figure: 'errorRate', less: true },
  cost: { figure: 'costPerThousand', less: true },
} as const satisfies Readonly<Record<string, { readonly figure: string; readonly less: boolean }>>

/** The name of a metric by which the tests of a suite can be ranked, such as `response_time p95`. */
export type RankedBy = keyof typeof RANKINGS
/** The metric by which the tests of a suite are ranked unless the user chooses another. */
export const DEFAULT_RANKING: RankedBy = 'response_time p95'
/** The names of all metrics by which the tests of a suite can be ranked. */
export const RANKING_NAMES = Object.keys(RANKINGS) as [RankedBy, ...RankedBy[]]
