import { resultSchema } from './schema.ts'

/** Returns the path of the first part of `value` that does not fit the schema of a result, such as `steps.0.counts.ok`; undefined when all fits. */
export function misfitOfResult(value: unknown): string | undefined {
  const issue = resultSchema.safeParse(value).error?.issues[0]
  return issue && (issue.path.join('.') || '(the whole)')
}
