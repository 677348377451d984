/** The types of a comparison as it is printed and stored. `comparisonSchema` describes each field. */
import type { Comparison } from '../result/schema.ts'

export type { Comparison }
/**
 * How the runs of sides A and B of a comparison were made, such as at the same time or one after the other; this decides which statistical method
 * compares them.
 */
export type ComparisonMode = Comparison['mode']
/** One metric in the result of a comparison: its values on sides A and B, and the change from A to B with its confidence interval. */
export type ComparedValue = Comparison['values'][number]
/** Side A or B in the result of a comparison: the name and attempts of one run, or of a set of runs. */
export type ComparedSide = Comparison['a']
