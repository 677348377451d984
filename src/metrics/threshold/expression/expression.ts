/** A threshold as it was parsed, before any options: `response_time{step=open} p99 < 3s`. */

import type { MetricUnit } from '../../../result/schema.ts'
import type { MetricDefinition } from '../../groups/catalogue.ts'
import type { Aggregate } from './aggregate.ts'
import type { Operator } from './limit.ts'

/** One `name=value` of the braces, with its place in the text. */
export interface TagSpan {
  readonly name: string
  readonly value: string
  readonly nameOffset: number
  readonly valueOffset: number
  /** As written, quotes included. */
  readonly valueLength: number
}

/** The parsed line of a threshold. */
export interface ThresholdExpression {
  /** As written, without white space around it. */
  readonly text: string
  readonly metric: MetricDefinition
  readonly tags: Readonly<Record<string, string>>
  readonly tagSpans: readonly TagSpan[]
  readonly aggregate: Aggregate
  readonly operator: Operator
  readonly limit: number
  /** Unit of the limit and of what is observed. */
  readonly unit: MetricUnit
}

/** What is wrong with a threshold, and where: offset and length in the text as given. */
export interface ThresholdProblem {
  readonly message: string
  readonly hint?: string
  readonly offset: number
  readonly length: number
}

/** What parsing gives: the threshold, or what is wrong with it. */
export type ParsedThreshold =
  | { readonly ok: true; readonly threshold: ThresholdExpression }
  | ({ readonly ok: false } & ThresholdProblem)
