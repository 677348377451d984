/** What model servers say of themselves, whatever they call it. */

/** The unit of a figure in the result. */
export type ServerUnit = 'count' | 'ratio' | 'ms' | 'tokens' | 'bytes' | 'watts' | 'joules' | ''

/** How a figure is told: a state now, a sum that only grows, or a distribution in buckets. */
export type ServerFigureKind = 'gauge' | 'counter' | 'histogram'

/** One thing that servers tell. */
export interface Meaning {
  readonly kind: ServerFigureKind
  readonly unit: ServerUnit
  /** Its name in reports. */
  readonly label: string
  /** What several series of one gauge, such as one for each model, come to. */
  readonly combine?: 'sum' | 'max' | 'mean'
}

/** All of them by name, those that matter most first. */
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

/** The name of one of `MEANINGS`. */
export type MeaningName = keyof typeof MEANINGS
