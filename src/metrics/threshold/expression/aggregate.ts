import type { MetricUnit } from '../../../result/schema.ts'
import type { MetricDefinition, MetricKind } from '../../groups/catalogue.ts'

/** How a threshold makes one number of a metric: a percentile, mean, sum or number of its values, or the share or rate itself. */
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

/** Aggregates that each kind of metric has; the first is what is meant when none is written, except for distributions, which need one. */
const FITTING: Readonly<Record<MetricKind, readonly string[]>> = {
  distribution: ['p50', 'p95', 'p99', 'p99.9', 'min', 'max', 'avg', 'mean', 'med', 'median', 'count', 'sum'],
  share: ['ratio', 'count'],
  count: ['count'],
  rate: ['rate'],
}

/** Returns the aggregate with this name, such as `p99.9` or `avg`; undefined when the word is not one. */
export function readAggregate(word: string): Aggregate | undefined {
  const percentile = PERCENTILE.exec(word)
  if (!percentile) return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  const p = Number(percentile[1])
  return p <= 100 ? { kind: 'percentile', p } : undefined
}

/** Returns the aggregate of a threshold that names none; undefined for a distribution, for which one must be named. */
export function defaultAggregate(kind: MetricKind): Aggregate | undefined {
  return kind === 'distribution' ? undefined : readAggregate(FITTING[kind][0] ?? '')
}

/** Whether an aggregate exists for metrics of this kind: p95 does for a distribution, and does not for a rate. */
export function hasAggregate(kind: MetricKind, aggregate: Aggregate): boolean {
  return aggregate.kind === 'percentile' ? kind === 'distribution' : FITTING[kind].includes(aggregate.kind)
}

/** Returns the names of the aggregates that exist for a kind of metric, to be listed in messages. */
export function aggregatesOf(kind: MetricKind): readonly string[] {
  return FITTING[kind]
}

/** Returns the name of an aggregate, such as `p95` or `avg`. */
export function aggregateName(aggregate: Aggregate): string {
  return aggregate.kind === 'percentile' ? `p${aggregate.p}` : aggregate.kind
}

/** Returns the unit of a metric's aggregate: the metric's own, but `count` when the aggregate is a number of samples. */
export function observedUnit(metric: MetricDefinition, aggregate: Aggregate): MetricUnit {
  return aggregate.kind === 'count' && metric.kind !== 'count' ? 'count' : metric.unit
}
