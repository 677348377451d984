/** Computes the values of thresholds on outages that the attempts of a run have seen. */
import { lengthOf, type Outages } from '../../metrics/failures/outages.ts'
import { isUpper } from '../../metrics/threshold/expression/limit.ts'
import { type Measure, NOTHING_MEASURED } from '../../metrics/threshold/measure.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'

/** True for a threshold on outages that are found in the load itself (several failed attempts of a target in a row), and not by health checks. */
export const isOfTraffic = ({ metric }: Pick<Threshold, 'metric'>): boolean => 'source' in metric && metric.source === 'traffic'

/**
 * Returns the value that a threshold on outages is compared with: their number, or their longest or mean length in ms. A threshold with the tag
 * `target` counts the outages of that target alone. For all others, the numbers of all targets are added up, and the length is that of the target
 * that is furthest from meeting the threshold. There is no value when no attempt has ended.
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
