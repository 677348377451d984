import { gzipSync } from 'node:zlib'
import type { Result } from '../../result/schema.ts'
import { safeJson } from '../../text/escape.ts'

/** Returns the results of `burn run` as JSON text: an object for one run, a list for several. */
export function resultsText(results: readonly Result[]): string {
  return `${safeJson(results.length === 1 ? results[0] : results, 2)}\n`
}

/** The first word of a log line in which a run on a machine of a cluster prints its compressed result, so that `burn merge -` finds it. */
export const RESULT_LINE = 'BURN_RESULT_V1'

/** Returns a result as one line of text, compressed and in Base64. `burn merge -` finds such lines in logs. */
export function resultLine(result: Result): string {
  return `${RESULT_LINE} ${gzipSync(JSON.stringify(result)).toString('base64')}\n`
}
