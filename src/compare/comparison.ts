/** The outcome of a comparison, as it is printed and written. `comparisonSchema` describes each field. */
import type { Comparison } from '../result/schema.ts'

export type { Comparison }
/** How the two sides were run, which decides what can be said of them. */
export type ComparisonMode = Comparison['mode']
/** One metric on both sides, and the change from A to B. */
export type ComparedValue = Comparison['values'][number]
/** One side of a finished comparison. */
export type ComparedSide = Comparison['a']
