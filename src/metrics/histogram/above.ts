import type { MetricUnit } from '../../result/schema.ts'
import { bucketOf } from './buckets.ts'
import { HIGHEST } from './hdr-codec.ts'
import { STEPS_PER_UNIT } from './units.ts'

/** True when a value is in a higher histogram bucket than the limit: the comparison has a precision of 0.1 %. */
export function isAbove(value: number, limit: number, unit: MetricUnit): boolean {
  const bucket = (of: number) => bucketOf(Math.min(HIGHEST, Math.round(of * STEPS_PER_UNIT[unit])))
  return bucket(value) > bucket(limit)
}
