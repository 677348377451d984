import type { MetricUnit } from '../../../result/schema.ts'
import type { MetricDefinition } from '../../groups/catalogue.ts'
import type { Aggregate } from './aggregate.ts'
import type { Operator } from './limit.ts'

/** One tag `name=value` in a threshold such as `errors{step=pay}`, with its offsets in the text. */
export interface TagSpan {
  readonly name: string
  readonly value: string
  readonly nameOffset: number
  readonly valueOffset: number
  /** Length of the value as it is written, quotes included. */
  readonly valueLength: number
}

/** A parsed threshold: metric, aggregate, operator, limit and tags. */
export interface ThresholdExpression {
  /** The threshold as it is written, without white space around it. */
  readonly text: string
  readonly metric: MetricDefinition
  readonly tags: Readonly<Record<string, string>>
  readonly tagSpans: readonly TagSpan[]
  readonly aggregate: Aggregate
  readonly operator: Operator
  readonly limit: number
  /** The unit of the limit and of the observed value. */
  readonly unit: MetricUnit
}

/** An error in the text of a threshold, such as a wrong sign or an unknown tag: what is wrong, with the offset and length of the wrong part. */
export interface ThresholdProblem {
  readonly message: string
  readonly hint?: string
  readonly offset: number
  readonly length: number
}

/** The outcome of parsing a threshold: its parts, or what is wrong with its text. */
export type ParsedThreshold =
  | { readonly ok: true; readonly threshold: ThresholdExpression }
  | ({ readonly ok: false } & ThresholdProblem)
