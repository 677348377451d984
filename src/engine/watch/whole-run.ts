/** What thresholds on metrics of the whole run observe: servers that are observed, and the quality of replies. */
import type { QualityQueue } from '../../metrics/quality/queue.ts'
import { isOfQuality, measureQuality } from '../../metrics/quality/threshold-measure.ts'
import type { Measure } from '../../metrics/threshold/measure.ts'
import type { Threshold } from '../../metrics/threshold/threshold.ts'
import { isOfServer, measureServer } from './server-measure.ts'
import type { ServerWatch } from './server-watch.ts'

/** What is measured beside the attempts; a part is undefined when the plan says no. */
export interface MeasuredBeside {
  readonly server: ServerWatch | undefined
  readonly quality: QualityQueue | undefined
}

/** Returns what such a threshold observes; undefined for one on attempts, connections or the generator. */
export function wholeRunMeasure(threshold: Threshold, { server, quality }: MeasuredBeside): Measure | undefined {
  if (isOfServer(threshold)) return measureServer(threshold, server)
  return isOfQuality(threshold) ? measureQuality(threshold, quality) : undefined
}
