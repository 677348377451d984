import type { MetricUnit } from '../../../result/schema.ts'
import type { MetricDefinition, MetricKind } from '../../groups/catalogue.ts'

/**
 * How a threshold reduces the values of a metric to the one number that it compares: to a percentile, the smallest or largest value, the mean, the
 * sum or the count. A metric that is one number already, such as the error rate, has the aggregate `ratio`, `rate` or `count`.
 */
export type Aggregate =
  | { readonly kind: 'percentile'; readonly p: number }
  | { readonly kind: 'min' | 'max' | 'avg' | 'count' | 'sum' | 'ratio' | 'rate' }

const PERCENTILE = /^p(\d{1,3}(?:\.\d{1,4})?)$/
const WORDS: Readonly<Record<string, Aggregate>> = {
  min: { kind: 'min' },
  max: { kind: 'max' },
  avg: { kind: 'avg' },
  mean: { kind: 'avg' },
  med: { kind: 'percentile', p: 50 },
  median: { kind: 'percentile', p: 50 },
  count: { kind: 'count' },
  sum: { kind: 'sum' },
  ratio: { kind: 'ratio' },
  rate: { kind: 'rate' },
}

/** The aggregates that each kind of metric can have. The first is the default, except for distributions, where one must be named. */
const FITTING: Readonly<Record<MetricKind, readonly string[]>> = {
  distribution: ['p50', 'p95', 'p99', 'p99.9', 'min', 'max', 'avg', 'mean', 'med', 'median', 'count', 'sum'],
  share: ['ratio', 'count'],
  count: ['count'],
  rate: ['rate'],
}

/**
 * Parses the aggregate of a threshold: a word such as `p99.9` or `avg`, which says how the values of a metric become one number. Undefined for a word
 * that is no aggregate.
 */
export function readAggregate(word: string): Aggregate | undefined {
  const percentile = PERCENTILE.exec(word)
  if (!percentile) return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  const p = Number(percentile[1])
  return p <= 100 ? { kind: 'percentile', p } : undefined
}

/**
 * Returns the aggregate (how the values of a metric become one number) for a threshold that states none, such as `ratio` for `errors < 1%`. Undefined
 * for a metric that has many values, such as a latency: its threshold must state an aggregate, such as p95.
 */
export function defaultAggregate(kind: MetricKind): Aggregate | undefined {
  return kind === 'distribution' ? undefined : readAggregate(FITTING[kind][0] ?? '')
}

/**
 * True when a threshold on this kind of metric can have the aggregate (how values become one number). For example, p95 suits a metric with many
 * values, such as a latency, but not a rate.
 */
export function hasAggregate(kind: MetricKind, aggregate: Aggregate): boolean {
  return aggregate.kind === 'percentile' ? kind === 'distribution' : FITTING[kind].includes(aggregate.kind)
}

/**
 * Returns the names of the aggregates that a threshold on this kind of metric can have, for error messages. Of the percentiles, only common ones such
 * as p95 are in the list; any from p0 to p100 is allowed.
 */
export function aggregatesOf(kind: MetricKind): readonly string[] {
  return FITTING[kind]
}

/** Returns the name of an aggregate, such as `p95` or `avg`. */
export function aggregateName(aggregate: Aggregate): string {
  return aggregate.kind === 'percentile' ? `p${aggregate.p}` : aggregate.kind
}

/**
 * Returns the unit of the number that a threshold compares: `count` for the aggregate `count`, else that of the metric. A metric that is a count
 * itself always keeps its own unit, such as tokens.
 */
export function observedUnit(metric: MetricDefinition, aggregate: Aggregate): MetricUnit {
  return aggregate.kind === 'count' && metric.kind !== 'count' ? 'count' : metric.unit
}
