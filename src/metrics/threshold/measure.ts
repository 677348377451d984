/** What a threshold sees: the observed value, and over how many samples. */
import { type Histogram, hasFewSamples } from '../histogram.ts'
import type { Aggregate } from './aggregate.ts'
import type { Evidence } from './evidence.ts'
import type { ThresholdExpression } from './expression.ts'

export interface Measure {
  /** In the threshold's unit; null without samples. */
  readonly observed: number | null
  readonly samples: number
  readonly fewSamples: boolean
}

export const NOTHING_MEASURED: Measure = { observed: null, samples: 0, fewSamples: false }

/** The value that the threshold compares with its limit. A count of nothing is nothing, never 0: zero requests is never a pass. */
export function measure(threshold: ThresholdExpression, evidence: Evidence): Measure {
  const { metric, aggregate } = threshold
  if (metric.kind === 'distribution') return ofHistogram(evidence.histogram(metric.name), aggregate)
  const samples = denominator(metric.name, evidence)
  if (samples === 0) return NOTHING_MEASURED
  const counted = metric.kind === 'share' && aggregate.kind === 'count'
  return { observed: counted ? numerator(metric.name, evidence) : evidence.value(metric.name), samples, fewSamples: false }
}

function ofHistogram(histogram: Histogram | undefined, aggregate: Aggregate): Measure {
  if (!histogram || histogram.count === 0) return NOTHING_MEASURED
  const samples = histogram.count
  if (aggregate.kind === 'percentile') {
    return { observed: histogram.percentile(aggregate.p), samples, fewSamples: hasFewSamples(samples, aggregate.p) }
  }
  return { observed: plainAggregate(histogram, aggregate.kind), samples, fewSamples: false }
}

function plainAggregate(histogram: Histogram, kind: Exclude<Aggregate['kind'], 'percentile'>): number | null {
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

/** Samples behind a share, count or rate: 0 means that there is nothing to judge. */
function denominator(metric: string, { counts, checksMade, inFlight }: Evidence): number {
  const ended = counts.ok + counts.failed + counts.dropped
  if (metric === 'errors' || metric === 'good_share') return ended
  if (metric === 'checks') return checksMade ?? ended
  // A window may see attempts that were planned before it, or hang in it.
  return Math.max(counts.planned, ended + counts.cut, inFlight)
}

/** The count behind a share. */
function numerator(metric: string, evidence: Evidence): number | null {
  if (metric === 'errors') return evidence.counts.failed
  if (metric === 'dropped') return evidence.counts.dropped
  if (metric === 'checks' && evidence.checksHeld !== undefined) return evidence.checksHeld
  const ratio = evidence.value(metric)
  return ratio === null ? null : Math.round(ratio * denominator(metric, evidence))
}
