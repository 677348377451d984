/** Holds a would-be result against the schema. */
import { resultSchema } from './schema.ts'

/** The path of the first part that does not fit, such as `steps.0.counts.ok`; undefined when all fit. Keys that are not known are fine. */
export function misfitOfResult(value: unknown): string | undefined {
  const issue = resultSchema.safeParse(value).error?.issues[0]
  return issue && (issue.path.join('.') || '(the whole)')
}
