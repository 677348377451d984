import type { MetricUnit } from '../../result/schema.ts'
import { bucketOf } from './buckets.ts'
import { HIGHEST } from './hdr-codec.ts'
import { STEPS_PER_UNIT } from './units.ts'

/** Whether a value is above a limit as a histogram counts it: in a higher bucket, which has a precision of 0.1 %. */
export function isAbove(value: number, limit: number, unit: MetricUnit): boolean {
  const bucket = (of: number) => bucketOf(Math.min(HIGHEST, Math.round(of * STEPS_PER_UNIT[unit])))
  return bucket(value) > bucket(limit)
}
