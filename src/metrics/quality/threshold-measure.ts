/** Computes the values of thresholds on the quality of replies. */
import { hasFewSamples } from '../histogram/bounds.ts'
import { type Measure, NOTHING_MEASURED } from '../threshold/measure.ts'
import type { Threshold } from '../threshold/threshold.ts'
import type { QualityFlag, QualityMeasure } from './measure.ts'
import type { QualityQueue } from './queue.ts'
import type { QualityRecorder, Shares } from './recorder.ts'

type QualityCondition = Pick<Threshold, 'metric' | 'aggregate' | 'tags'>

/** For each name behind `quality.` in a threshold, the measure that it stands for. */
const MEASURES: Readonly<Record<string, QualityMeasure>> = {
  relevance: 'relevance',
  coherence: 'coherence',
  completeness: 'completeness',
  safety: 'safety',
  latency: 'latency',
  overall: 'overall',
  repetition: 'repetition',
  turn_similarity: 'turnSimilarity',
  session_similarity: 'sessionSimilarity',
}
/** For each name behind `quality.` in a threshold, the flag that it stands for. */
const FLAGS: Readonly<Record<string, QualityFlag>> = {
  stuck: 'stuck',
  loops: 'loop',
  truncated: 'truncated',
  refusals: 'refusal',
  wrong_language: 'wrongLanguage',
  same_answer: 'sameAnswer',
  shared_answer: 'sharedAnswer',
}

/** True for a threshold on a metric of the quality of replies, such as `quality.relevance`. */
export const isOfQuality = ({ metric }: Pick<Threshold, 'metric'>): boolean => 'source' in metric && metric.source === 'quality'

/**
 * Returns the value that a threshold on the quality of replies is compared with: over all replies of the run or, with the tag `step`, over the
 * replies to that step. Percentiles, min and max are rounded to 0.01. `queue` holds the measured quality; without it, quality is not measured, and
 * there is no value.
 */
export function measureQuality(
  { metric, aggregate, tags }: QualityCondition,
  queue: Pick<QualityQueue, 'recorderOf'> | undefined,
): Measure {
  const recorder = queue?.recorderOf(tags.step)
  const name = metric.name.slice('quality.'.length)
  const measure = MEASURES[name]
  const measured =
    measure === undefined ? ofFlag(recorder, FLAGS[name], aggregate) : ofShares(recorder?.sharesOf(measure), aggregate)
  return measured ?? NOTHING_MEASURED
}

function ofFlag(recorder: QualityRecorder | undefined, flag: QualityFlag | undefined, { kind }: QualityCondition['aggregate']) {
  const counts = flag && recorder?.flagOf(flag)
  if (counts === undefined) return undefined
  return { observed: kind === 'count' ? counts.flagged : counts.flagged / counts.of, samples: counts.of, fewSamples: false }
}

function ofShares(shares: Shares | undefined, aggregate: QualityCondition['aggregate']): Measure | undefined {
  if (shares === undefined || shares.count === 0) return undefined
  const of = (observed: number, fewSamples = false): Measure => ({ observed, samples: shares.count, fewSamples })
  switch (aggregate.kind) {
    case 'percentile':
      return of(shares.quantile(aggregate.p / 100), hasFewSamples(shares.count, aggregate.p))
    case 'min':
      return of(shares.quantile(0))
    case 'max':
      return of(shares.quantile(1))
    case 'avg':
      return of(shares.sum / shares.count)
    case 'count':
      return of(shares.count)
    case 'sum':
    case 'ratio':
    case 'rate':
      return undefined
  }
}
