/** The measure of a threshold: the observed value, and the number of samples behind it. */
import { hasFewSamples, type PercentileBounds, percentileBounds, percentileRank } from '../histogram/bounds.ts'
import type { Histogram } from '../histogram/histogram.ts'
import type { Evidence } from './evidence.ts'
import type { Aggregate } from './expression/aggregate.ts'
import type { ThresholdExpression } from './expression/expression.ts'

/** The value that a threshold compares with its limit, and the number of samples that it was computed from. */
export interface Measure {
  /** The observed value, in the threshold's unit; null without samples. */
  readonly observed: number | null
  readonly samples: number
  readonly fewSamples: boolean
  /** How many attempts have no sample because the run ended first, and how this may change the value; undefined when there are none. */
  readonly censored?: Censored
  /** Two values between which the percentile lies; undefined for other aggregates, and with too few samples. */
  readonly bounds?: PercentileBounds
}

/** The effect of censored attempts (cut by the end of the run) on a threshold with an upper limit. */
interface Censored {
  readonly count: number
  /** What the observed value would be if all censored attempts were slower than every sample; null when that cannot be known. */
  readonly atLeast: number | null
}

/** The measurement of a threshold for which there are no samples: no value, and 0 samples. */
export const NOTHING_MEASURED: Measure = { observed: null, samples: 0, fewSamples: false }

/** A metric and its aggregate; `uncertainty` is the probability with which bounds of a percentile may be wrong, when it is not the default. */
type MeasuredMetric = ThresholdExpression & { readonly uncertainty?: number | undefined }

/**
 * Returns the value that a threshold compares with its limit. Without samples it is null and not 0, so that a run without requests does not meet
 * `errors < 1%`.
 */
export function measure({ metric, aggregate, uncertainty }: MeasuredMetric, evidence: Evidence): Measure {
  if (metric.kind === 'distribution') {
    const histogram = evidence.histogram(metric.name)
    const cut = metric.source === 'attempt' ? (metric.censored?.(evidence.counters) ?? 0) : 0
    const bounds = boundsIn(histogram, aggregate, cut, uncertainty)
    return { ...ofHistogram(histogram, aggregate), ...bounds, ...censoredIn(histogram, aggregate, cut) }
  }
  const part = metric.kind === 'share' && aggregate.kind === 'count'
  const observed = part ? metric.part(evidence.counters) : evidence.value(metric)
  // A share of a whole that is 0 has no value.
  const samples = metric.kind === 'share' ? metric.whole(evidence.counters) : behindCounts(evidence)
  // Attempts are no samples of a number that none of them reported, such as tokens.
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

/**
 * Returns the bounds of a percentile in an object; an empty one for other aggregates, for too few samples, and when `cut` attempts could shift the
 * percentile.
 */
function boundsIn(
  histogram: Histogram | undefined,
  aggregate: Aggregate,
  cut: number,
  uncertainty?: number,
): Pick<Measure, 'bounds'> {
  const [bounds] =
    histogram && aggregate.kind === 'percentile' ? percentileBounds(histogram, [aggregate.p], uncertainty, cut) : []
  return bounds ? { bounds } : {}
}

/** Returns how `count` censored attempts affect an aggregate: low percentiles stay known; high ones, means, sums and maxima do not. */
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

/**
 * Returns the number of attempts on which a count or rate rests; 0 means that there is nothing to evaluate. In a time window, attempts planned before
 * it, or in flight all through it, count too.
 */
function behindCounts({ counters: c, inFlight }: Evidence): number {
  return Math.max(c.planned, c.ok + c.failed + c.dropped + c.cut, inFlight)
}
