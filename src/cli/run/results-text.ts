import type { Result } from '../../result/schema.ts'
import { safeJson } from '../../text/escape.ts'

/** Returns the JSON of the results: an object for one run, a list for several. */
export function resultsText(results: readonly Result[]): string {
  return `${safeJson(results.length === 1 ? results[0] : results, 2)}\n`
}
