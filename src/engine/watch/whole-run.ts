/**
 * Computes the values of thresholds on metrics that exist once for a whole run: those of servers, machines, health checks, outages and the quality of
 * replies.
 */

import type { Outages } from '../../metrics/failures/outages.ts'
import type { QualityQueue } from '../../metrics/quality/queue.ts'
import { isOfQuality, measureQuality } from '../../metrics/quality/threshold-measure.ts'
import type { Measure } from '../../metrics/threshold/measure.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import type { Beside } from './beside.ts'
import { isOfTraffic, measureOutages } from './outage-measure.ts'
import { isBeside, measureBeside } from './side-measure.ts'

/**
 * What a run measures besides single attempts, for thresholds: the metrics of servers and machines, the health checks, the outages of targets, and
 * the quality of replies. `quality` is undefined when the plan switches it off.
 */
export interface MeasuredBeside {
  readonly beside: Beside
  readonly quality: QualityQueue | undefined
  readonly recorder: { readonly outages: readonly Outages[] }
}

/**
 * Returns the value that a threshold on servers, machines, health checks, outages or the quality of replies is compared with; undefined for a
 * threshold on anything else.
 */
export function wholeRunMeasure(threshold: Threshold, { beside, quality, recorder }: MeasuredBeside): Measure | undefined {
  if (isBeside(threshold)) return measureBeside(threshold, beside)
  if (isOfTraffic(threshold)) return measureOutages(threshold, recorder.outages)
  return isOfQuality(threshold) ? measureQuality(threshold, quality) : undefined
}
