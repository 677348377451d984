/** What thresholds on outages observe, which the attempts of a run have seen. */
import { lengthOf, type Outages } from '../../metrics/failures/outages.ts'
import { isUpper } from '../../metrics/threshold/expression/limit.ts'
import { type Measure, NOTHING_MEASURED } from '../../metrics/threshold/measure.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'

/** True for a threshold on outages that attempts have seen. */
export const isOfTraffic = ({ metric }: Pick<Threshold, 'metric'>): boolean => 'source' in metric && metric.source === 'traffic'

/**
 * Returns the longest outage, their mean length in ms (0 without any) or their number, of the target that a tag names, or else of the one
 * furthest from meeting the threshold; their number is that of all. Nothing for a target without attempts that ended.
 */
export function measureOutages(
  { aggregate, operator, tags }: Pick<Threshold, 'aggregate' | 'operator' | 'tags'>,
  targets: readonly Outages[],
): Measure {
  const own = targets.filter(({ target, seen }) => seen > 0 && (tags.target === undefined || target === tags.target))
  if (own.length === 0) return NOTHING_MEASURED
  const samples = own.reduce((sum, { seen }) => sum + seen, 0)
  const of = (observed: number): Measure => ({ observed, samples, fewSamples: false })
  if (aggregate.kind === 'count') return of(own.reduce((sum, { count }) => sum + count, 0))
  const lengths = own.map(({ longest, meanMs }) => (aggregate.kind === 'max' ? (longest ? lengthOf(longest) : 0) : meanMs))
  return of(isUpper(operator) || operator === '==' ? Math.max(...lengths) : Math.min(...lengths))
}
