import type * as z from 'zod'
import { comparisonSchema } from './schema/comparison.ts'
import { resultSchema } from './schema.ts'
import { searchResultSchema } from './search.ts'
import { suiteResultSchema } from './suite.ts'

/**
 * Checks a value against the schema of `result.json`. Returns the path of the first part that does not fit, such as `steps.0.counts.ok`, or `(the
 * whole)` for the value itself; undefined when all fits.
 */
export function misfitOfResult(value: unknown): string | undefined {
  return misfitOf(resultSchema, value)
}

/**
 * Checks a value against the schema of `comparison.json`. Returns the path of the first part that does not fit, such as `values.0.change`, or `(the
 * whole)` for the value itself; undefined when all fits.
 */
export function misfitOfComparison(value: unknown): string | undefined {
  return misfitOf(comparisonSchema, value)
}

/**
 * Checks a value against the schema of `suite.json`. Returns the path of the first part that does not fit, such as `tests.0.rank`, or `(the whole)`
 * for the value itself; undefined when all fits.
 */
export function misfitOfSuite(value: unknown): string | undefined {
  return misfitOf(suiteResultSchema, value)
}

/**
 * Checks a value against the schema of `search.json`. Returns the path of the first part that does not fit, such as `points.0.load`, or `(the whole)`
 * for the value itself; undefined when all fits.
 */
export function misfitOfSearch(value: unknown): string | undefined {
  return misfitOf(searchResultSchema, value)
}

function misfitOf(schema: z.ZodType, value: unknown): string | undefined {
  const issue = schema.safeParse(value).error?.issues[0]
  return issue && (issue.path.join('.') || '(the whole)')
}
