/**
 * Converts the block `validation` of the tool Stream Testbench to checks. By default replies must be JSON with status 200, 201 or 202 within 1,000
 * ms.
 */
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'

/** The expectations in the block `validation` of a Stream Testbench file: which replies count as good, and how fast they must be. */
export type Judging = Readonly<ReturnType<typeof judging>>

/** The threshold of scenarios that are converted from Stream Testbench: at most 10 % of the attempts may fail, as in that tool. */
export const MAX_ERRORS = 'errors ratio <= 10%'

const DEFAULT_STATUSES = [200, 201, 202]
const DEFAULT_LATENCY_MS = 1000

/** Returns what the block `validation` of a Stream Testbench file expects of replies; settings that it leaves out get the defaults of that tool. */
export function judging(validation: ForeignFields) {
  const replies = validation.flag('validateResponses', true)
  const required = validation.list('requiredFields').filter((name) => typeof name === 'string')
  const statuses = validation.list('expectedStatusCodes').filter((code) => typeof code === 'number')
  const maxLatencyMs = validation.number('maxLatencyMs')
  validation.finish()
  if (!replies && (required.length > 0 || statuses.length > 0 || maxLatencyMs !== undefined))
    validation.note('validateResponses', 'is false: replies are neither awaited nor checked')
  return {
    /** True when messages in the Stream Testbench file get replies, which are then checked. */
    replies,
    statuses: statuses.length > 0 ? statuses : DEFAULT_STATUSES,
    maxLatencyMs: maxLatencyMs ?? DEFAULT_LATENCY_MS,
    required,
  }
}

/**
 * Returns the `expect` checks of a converted step, from the block `validation` of a Stream Testbench file; undefined if the file ignores replies.
 * Status codes are checked only for HTTP.
 */
export function expectations(validation: Judging, protocol: string): readonly Data[] | undefined {
  if (!validation.replies) return undefined
  return [
    ...(protocol === 'http' ? [{ status: validation.statuses }] : []),
    { 'is-json': true },
    // A reply over the limit fails its check. The service time is used, because delays injected by burn are not the target's latency.
    { expression: `reply.serviceMs <= ${validation.maxLatencyMs}` },
    ...validation.required.map((name) => ({ json: fieldPath(name) })),
  ]
}

/**
 * Returns the key `timeouts` for a converted target: an attempt fails after twice the latency limit of the file. An empty object if the file ignores
 * replies.
 */
export function replyTimeout({ replies, maxLatencyMs }: Judging): Data {
  return replies ? { timeouts: { total: `${2 * maxLatencyMs}ms` } } : {}
}

/** Converts the name of a required field in a Stream Testbench file to JSONPath: `a.b` leads into a map; a name with other characters is one key. */
function fieldPath(name: string): string {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name) ? `$.${name}` : `$[${JSON.stringify(name)}]`
}
