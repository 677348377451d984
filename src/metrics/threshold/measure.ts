/** What a threshold sees: the observed value, and over how many samples. */
import { type Histogram, hasFewSamples, percentileRank } from '../histogram/histogram.ts'
import type { Evidence } from './evidence.ts'
import type { Aggregate } from './expression/aggregate.ts'
import type { ThresholdExpression } from './expression/expression.ts'

/** The observed value of a threshold, and what stands behind it. */
export interface Measure {
  /** In the threshold's unit; null without samples. */
  readonly observed: number | null
  readonly samples: number
  readonly fewSamples: boolean
  /** Left out when the observed value is all there is. */
  readonly censored?: Censored
}

/** What the attempts that the end of the run kept out of a latency do to an upper bound on it. */
interface Censored {
  readonly count: number
  /** The value if each of them were slower than all others; null when it cannot be known: it would be one of theirs. */
  readonly atLeast: number | null
}

/** The measure of nothing. */
export const NOTHING_MEASURED: Measure = { observed: null, samples: 0, fewSamples: false }

/** The value that the threshold compares with its limit. A count of nothing is nothing, never 0: zero requests is never a pass. */
export function measure({ metric, aggregate }: ThresholdExpression, evidence: Evidence): Measure {
  if (metric.kind === 'distribution') {
    const histogram = evidence.histogram(metric.name)
    const cut = metric.source === 'attempt' ? (metric.censored?.(evidence.counters) ?? 0) : 0
    return { ...ofHistogram(histogram, aggregate), ...censoredIn(histogram, aggregate, cut) }
  }
  const part = metric.kind === 'share' && aggregate.kind === 'count'
  const observed = part ? metric.part(evidence.counters) : evidence.value(metric)
  // Without its whole there is no share: nothing was there that it could be of.
  const samples = metric.kind === 'share' ? metric.whole(evidence.counters) : behindCounts(evidence)
  // Attempts alone are no samples of what none of them told, such as tokens.
  return samples === 0 || observed === null ? NOTHING_MEASURED : { observed, samples, fewSamples: false }
}

function ofHistogram(histogram: Histogram | undefined, aggregate: Aggregate): Measure {
  if (!histogram || histogram.count === 0) return NOTHING_MEASURED
  const samples = histogram.count
  if (aggregate.kind === 'percentile') {
    return { observed: histogram.percentile(aggregate.p), samples, fewSamples: hasFewSamples(samples, aggregate.p) }
  }
  return { observed: aggregateOf(histogram, aggregate.kind), samples, fewSamples: false }
}

/** Half of the values is known when a tenth is missing, the slowest twentieth is not; of a mean, sum or maximum nothing is. */
function censoredIn(histogram: Histogram | undefined, aggregate: Aggregate, count: number): { censored?: Censored } {
  if (count === 0 || !histogram || histogram.count === 0 || aggregate.kind === 'min' || aggregate.kind === 'count') return {}
  const rank = aggregate.kind === 'percentile' ? percentileRank(histogram.count + count, aggregate.p) : Number.POSITIVE_INFINITY
  const atLeast = rank > histogram.count ? null : histogram.percentile((rank / histogram.count) * 100)
  return { censored: { count, atLeast } }
}

function aggregateOf(histogram: Histogram, kind: Exclude<Aggregate['kind'], 'percentile'>): number | null {
  switch (kind) {
    case 'min':
      return histogram.min
    case 'max':
      return histogram.max
    case 'avg':
      return histogram.mean
    case 'count':
      return histogram.count
    case 'sum':
      return histogram.sum
    case 'ratio':
    case 'rate':
      return null
  }
}

/** Samples behind a count or rate: 0 means that there is nothing to evaluate. A window may see attempts that were planned before it, or hang in it. */
function behindCounts({ counters: c, inFlight }: Evidence): number {
  return Math.max(c.planned, c.ok + c.failed + c.dropped + c.cut, inFlight)
}
