import { resultSchema } from './schema.ts'

/**
 * Checks a value against the schema of `result.json`. Returns the path of the first part that does not fit, such as `steps.0.counts.ok`;
 * undefined when all fits.
 */
export function misfitOfResult(value: unknown): string | undefined {
  const issue = resultSchema.safeParse(value).error?.issues[0]
  return issue && (issue.path.join('.') || '(the whole)')
}
