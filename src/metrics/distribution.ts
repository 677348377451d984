/** A distribution as it stands in the result. */
import type { MetricUnit } from './catalogue.ts'

/** One distribution. Values are in `unit`; percentiles are null when there is no sample. */
export interface Distribution {
  readonly unit: MetricUnit
  readonly count: number
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  /** Keys `p50` … `p99.9`. */
  readonly percentiles: Readonly<Record<string, number | null>>
  /** Percentiles that have fewer than 10 samples above them. */
  readonly fewSamples: readonly string[]
  /** Ok attempts for which the value could not be formed (tpot of a one-frame reply). */
  readonly leftOut: number
  /** HDR histogram V2, compressed, base64; ms are kept in µs, tokens and bytes as they are. */
  readonly histogram: string
}
