/** The types of exported metrics: their values at one moment of a run. */
import type { Pieces } from '../../pieces.ts'
import type { Result, StepMetrics } from '../../result/schema.ts'

/**
 * The attributes (labels) of an exported point, which distinguish the points of one metric. The values are untrusted texts, because they contain
 * names of steps and checks.
 */
export type Attributes = Readonly<Record<string, string>>

/**
 * One bucket of an exported distribution: the number and sum of its samples. A bucket covers the values above 2^(index ÷ 32), up to and including
 * 2^((index + 1) ÷ 32), so it is 2.2 % wide. The bucket with the index −Infinity holds the zeros.
 */
export interface SpreadStep {
  readonly index: number
  readonly count: number
  readonly sum: number
}

/** A distribution of samples, such as latencies, as it is exported: it covers all samples since the run began, in the unit of the metric. */
export interface Spread {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** The percentiles by name, p50 to p99.9. */
  readonly percentiles: Readonly<Record<string, number>>
  /** The number of samples in each bucket that ends at one of the metric's `bounds`, and of those above the last bound. */
  readonly within: readonly number[]
  /** The ranges of nearly equal values that contain samples, in rising order. */
  readonly steps: readonly SpreadStep[]
}

/** One point of an exported metric: attributes, and a number or a distribution that covers the run so far. */
export type ExportPoint =
  | { readonly attributes: Attributes; readonly value: number }
  | { readonly attributes: Attributes; readonly spread: Spread }

/** A step of a result, prepared for the export of its metrics. When there are too many steps, one such view stands for all further ones. */
export interface StepView {
  readonly attributes: Attributes
  readonly groups: readonly StepMetrics[]
  /** Attributes of OpenTelemetry's HTTP conventions; undefined when the requests are not HTTP, or their target is not known. */
  readonly http: Attributes | undefined
  /** Attributes of OpenTelemetry's conventions for generative AI; undefined when the API is not known. */
  readonly genAi: Attributes | undefined
}

/**
 * The result of a run, prepared for the export of its metrics: its steps have the attributes to export, and steps beyond a fixed number are joined to
 * one.
 */
export interface RunView {
  readonly result: Result
  readonly steps: readonly StepView[]
  /** Returns the name under which a step is exported: its own, or the shared name of all steps beyond the limit. */
  readonly stepName: (name: string) => string
}

/**
 * The definition of one exported metric: its name, its unit, its kind (a sum that only grows, a gauge or a histogram), and the function that
 * computes its points from a result.
 */
export interface ExportRow {
  /** The name of the metric as OpenTelemetry writes names: words in lower case with dots between them. */
  readonly name: string
  /** The unit as UCUM writes units: s, By or 1; the name of counted things is in braces. */
  readonly unit: string
  readonly kind: 'sum' | 'gauge' | 'histogram'
  /** A description of the metric in one sentence, which is exported with it. */
  readonly describe: string
  /** The path of the number in result.json. */
  readonly from: string
  /** The upper bounds of buckets, for formats that need them; empty unless the metric is a histogram. */
  readonly bounds: readonly number[]
  /** Returns the points of this metric, in pieces; `bounds` are those of the row. */
  readonly of: (run: RunView, bounds: readonly number[]) => Pieces<readonly ExportPoint[]>
}

/** The values of all exported metrics of a run at one moment. Sums and histograms cover the time from `startMs` to that moment. */
export interface ExportSnapshot {
  /** Attributes that describe the run: its name, version and id. */
  readonly resource: Attributes
  /** When the run began, in ms since 1970. */
  readonly startMs: number
  /** The time of the snapshot, in ms since 1970. */
  readonly atMs: number
  /** The metrics with at least one point, in the order in which they are defined. */
  readonly metrics: readonly { readonly row: ExportRow; readonly points: readonly ExportPoint[] }[]
  /** Number of points that were left out because a metric had more than the limit. */
  readonly leftOut: number
}
