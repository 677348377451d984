/** The metrics of model servers that burn knows, under burn's own names. */

/** The unit of a metric that a server reports at its metrics endpoint, such as tokens or seconds. */
export type ServerUnit = 'count' | 'ratio' | 'ms' | 'tokens' | 'bytes' | 'watts' | 'joules' | ''

/** What a metric of a server is in the terms of Prometheus: a state (gauge), a sum that only grows (counter), or a histogram. */
export type ServerFigureKind = 'gauge' | 'counter' | 'histogram'

/** A metric that different inference servers report under different names, such as the number of waiting requests. */
export interface Meaning {
  readonly kind: ServerFigureKind
  readonly unit: ServerUnit
  /** The name of the metric in reports. */
  readonly label: string
  /** How several values of one gauge, such as one for each model, are combined to one. */
  readonly combine?: 'sum' | 'max' | 'mean'
}

/**
 * The metrics of inference servers that burn knows, by burn's own names for them, the most important first. `servers.ts` has the names that each
 * server uses.
 */
export const MEANINGS = {
  running: { kind: 'gauge', unit: 'count', label: 'running', combine: 'sum' },
  queue: { kind: 'gauge', unit: 'count', label: 'waiting', combine: 'sum' },
  kv_usage: { kind: 'gauge', unit: 'ratio', label: 'KV cache', combine: 'max' },
  cache_hit_rate: { kind: 'gauge', unit: 'ratio', label: 'prefix cache hits', combine: 'mean' },
  gpu_usage: { kind: 'gauge', unit: 'ratio', label: 'GPU', combine: 'mean' },
  gpu_power: { kind: 'gauge', unit: 'watts', label: 'GPU power', combine: 'sum' },
  gpu_memory: { kind: 'gauge', unit: 'bytes', label: 'GPU memory', combine: 'sum' },
  preemptions: { kind: 'counter', unit: 'count', label: 'preemptions' },
  prefix_queries: { kind: 'counter', unit: 'tokens', label: 'looked up in the prefix cache' },
  prefix_hits: { kind: 'counter', unit: 'tokens', label: 'found in the prefix cache' },
  tokens_in: { kind: 'counter', unit: 'tokens', label: 'tokens in' },
  tokens_out: { kind: 'counter', unit: 'tokens', label: 'tokens out' },
  requests: { kind: 'counter', unit: 'count', label: 'requests done' },
  requests_failed: { kind: 'counter', unit: 'count', label: 'requests failed' },
  gpu_energy: { kind: 'counter', unit: 'joules', label: 'GPU energy' },
  ttft: { kind: 'histogram', unit: 'ms', label: 'first token' },
  queue_time: { kind: 'histogram', unit: 'ms', label: 'in the queue' },
  prefill_time: { kind: 'histogram', unit: 'ms', label: 'prefill' },
  decode_time: { kind: 'histogram', unit: 'ms', label: 'decode' },
  itl: { kind: 'histogram', unit: 'ms', label: 'between tokens' },
  e2e: { kind: 'histogram', unit: 'ms', label: 'whole request' },
} as const satisfies Readonly<Record<string, Meaning>>

/** The name by which burn calls a metric of inference servers, whatever their own name for it is: a key of `MEANINGS`, such as `queue_time`. */
export type MeaningName = keyof typeof MEANINGS
