import type { ThresholdExpression } from './expression.ts'

/** Returns why a threshold cannot have the option `certain` (met with statistical confidence, not only by the samples); undefined when it can. */
export function whyNeverCertain({ metric, aggregate, operator }: ThresholdExpression, windowMs?: number): string | undefined {
  if (aggregate.kind !== 'percentile' || aggregate.p <= 0 || aggregate.p >= 100)
    return 'only a percentile above p0 and below p100 can hold for certain, such as p95'
  if (metric.kind === 'distribution' && metric.source === 'pooled')
    return `the samples of ${metric.name} are not independent of each other, as each reply has many: nothing about them is certain`
  if (metric.kind !== 'distribution' || !(metric.source === 'attempt' || metric.source === 'connection'))
    return `${metric.name} is not measured per attempt or connection: nothing about it is certain`
  if (operator === '==' || operator === '!=') return `${operator} cannot hold for certain: use < or >`
  return windowMs === undefined ? undefined : 'certain is about the run as a whole: leave out window'
}
