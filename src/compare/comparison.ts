/** The outcome of a comparison, as it is printed and written. */
import type { ChangeVerdict } from './verdict.ts'

/** How the two sides were run, which decides what can be said of them. */
export type ComparisonMode = 'interleaved' | 'abba' | 'sequential' | 'stored' | 'repeated'

/** One metric on both sides, and the change from A to B. Null stands for what is not known. */
export interface ComparedValue {
  /** As a threshold names it, such as `ttft p95` or `errors`. */
  readonly metric: string
  /** The unit of `a` and `b`: ms, a share from 0 to 1, or a number per second. */
  readonly unit: 'ms' | 'ratio' | 'per_second'
  /** Whether it decides about the whole comparison. */
  readonly gate: boolean
  readonly a: number | null
  readonly b: number | null
  /** B ÷ A − 1 for latencies and rates; B − A for shares. So are its bounds and the tolerance. */
  readonly change: number | null
  readonly low: number | null
  readonly high: number | null
  /** The smallest change that matters. */
  readonly tolerance: number
  /** Cliff's delta of the samples, −1 to 1: how much more often one of B is larger than one of A; null for shares and rates. */
  readonly delta: number | null
  readonly verdict: ChangeVerdict
  /** Of an unclear change: how many times the data it would need. */
  readonly timesMore: number | null
  /** What a reader must know of this line; left out when there is nothing. */
  readonly note?: string
}

/** One side of a finished comparison. */
export interface ComparedSide {
  readonly name: string
  readonly runId: string
  readonly attempts: number
  /** How its own run ended. */
  readonly verdict: string
}

/** A finished comparison. */
export interface Comparison {
  readonly mode: ComparisonMode
  readonly verdict: ChangeVerdict
  /** The verdict in a sentence. */
  readonly reason: string
  readonly a: ComparedSide
  readonly b: ComparedSide
  readonly values: readonly ComparedValue[]
  /** The blocks of each side; the runs of each side for repeated ones. */
  readonly units: number
  /** One less the confidence of the bounds of all deciding lines together. */
  readonly alpha: number
  /** The spread between runs of the same system that is assumed, in logarithms; 0 for sides that ran together. */
  readonly runNoise: number
  readonly seed: string
  /** Why the two may differ in more than what is compared. */
  readonly warnings: readonly string[]
}
