/** The types of a comparison as it is printed and stored. `comparisonSchema` describes each field. */
import type { Comparison } from '../result/schema.ts'

export type { Comparison }
/** How the runs of the two sides were made, such as at the same time or one after the other; it decides which method compares them. */
export type ComparisonMode = Comparison['mode']
/** The entry of one metric in a comparison: its values on both sides, and the change from A to B with its bounds. */
export type ComparedValue = Comparison['values'][number]
/** The figures of one side of a comparison: a run, or a set of runs. */
export type ComparedSide = Comparison['a']
