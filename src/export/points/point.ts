/** The types of exported metrics: their values at one moment of a run. */
import type { Pieces } from '../../pieces.ts'
import type { Result, StepMetrics } from '../../result/schema.ts'

/** The attributes (labels) of an exported point, which distinguish the points of one metric. Untrusted: they hold names of steps and checks. */
export type Attributes = Readonly<Record<string, string>>

/**
 * The samples of a distribution that are above 2^(index ÷ 32) and at most 2^((index + 1) ÷ 32), a range of 2.2 %. The index −Infinity is
 * for zeros.
 */
export interface SpreadStep {
  readonly index: number
  readonly count: number
  readonly sum: number
}

/** A distribution of samples as it is exported: everything since the run began, in the unit of its metric. */
export interface Spread {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** By name, p50 to p99.9. */
  readonly percentiles: Readonly<Record<string, number>>
  /** How many samples lie in each bucket that ends at one of the bounds of the row, and above the last one. */
  readonly within: readonly number[]
  /** Those steps of about the same value that hold samples, in rising order. */
  readonly steps: readonly SpreadStep[]
}

/** One point of an exported metric: its attributes, and a number or a distribution, since the run began. */
export type ExportPoint =
  | { readonly attributes: Attributes; readonly value: number }
  | { readonly attributes: Attributes; readonly spread: Spread }

/** A step of the scenario as it is exported. The steps beyond the limit on their number are exported together, as one. */
export interface StepView {
  readonly attributes: Attributes
  readonly groups: readonly StepMetrics[]
  /** Attributes of the HTTP conventions; undefined when its requests are not HTTP, or nobody knows of which target. */
  readonly http: Attributes | undefined
  /** Attributes of the conventions for generative AI; undefined when nobody knows the API. */
  readonly genAi: Attributes | undefined
}

/** A result prepared for export: with its steps, limited in number, and their attributes. */
export interface RunView {
  readonly result: Result
  readonly steps: readonly StepView[]
  /** Returns the name of a step, or that of all those beyond the bound. */
  readonly stepName: (name: string) => string
}

/** The definition of one exported metric: name, unit and kind, and how its points are found in a result. A sum only grows; a gauge is a state. */
export interface ExportRow {
  /** As OpenTelemetry writes names: words in small letters, with dots between. */
  readonly name: string
  /** As UCUM writes units: s, By, 1; what is counted stands in braces. */
  readonly unit: string
  readonly kind: 'sum' | 'gauge' | 'histogram'
  /** One sentence, which goes out with the metric. */
  readonly describe: string
  /** Where the number stands in result.json. */
  readonly from: string
  /** Upper ends of buckets, for formats that need them; empty for what is no histogram. */
  readonly bounds: readonly number[]
  /** Returns the points of this metric, in pieces; `bounds` are those of the row. */
  readonly of: (run: RunView, bounds: readonly number[]) => Pieces<readonly ExportPoint[]>
}

/** The values of all exported metrics of a run at one moment. Sums and histograms count from `startMs`. */
export interface ExportSnapshot {
  /** What the run is: name, version, id. */
  readonly resource: Attributes
  /** When the run began, in ms since 1970. */
  readonly startMs: number
  /** The moment, in ms since 1970. */
  readonly atMs: number
  /** Metrics with at least one point, in the order of the table. */
  readonly metrics: readonly { readonly row: ExportRow; readonly points: readonly ExportPoint[] }[]
  /** Points that are not there, because a metric had more than are exported. */
  readonly leftOut: number
}
