/** `validation` of Stream Testbench as checks. Left out, it says that replies are validated: as JSON, codes 200, 201 and 202, in 1000 ms. */
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'

/** What is expected of replies. */
export interface Judging {
  /** Whether messages are answered, and their replies looked at. */
  readonly replies: boolean
  readonly statuses: readonly number[]
  readonly maxLatencyMs: number
  readonly required: readonly string[]
}

/** What the original exits with an error for. */
export const MAX_ERRORS = 'errors ratio <= 10%'

const DEFAULT_STATUSES = [200, 201, 202]
const DEFAULT_LATENCY_MS = 1000

/** Reads the block. */
export function judging(validation: ForeignFields): Judging {
  const replies = validation.flag('validateResponses', true)
  const required = validation.list('requiredFields').filter((name) => typeof name === 'string')
  const statuses = validation.list('expectedStatusCodes').filter((code) => typeof code === 'number')
  const maxLatencyMs = validation.number('maxLatencyMs')
  validation.finish()
  if (!replies && (required.length > 0 || statuses.length > 0 || maxLatencyMs !== undefined))
    validation.note('validateResponses', 'is false: no reply is waited for or looked at')
  return {
    replies,
    statuses: statuses.length > 0 ? statuses : DEFAULT_STATUSES,
    maxLatencyMs: maxLatencyMs ?? DEFAULT_LATENCY_MS,
    required,
  }
}

/** Checks of each reply; undefined for none. Status codes are those of HTTP. */
export function expectations(judge: Judging, protocol: string): readonly Data[] | undefined {
  if (!judge.replies) return undefined
  return [
    ...(protocol === 'http' ? [{ status: judge.statuses }] : []),
    { 'is-json': true },
    // Over the limit is a failed validation, not only a slow reply. A wait that burn itself put in is no latency of the target.
    { expression: `reply.serviceMs <= ${judge.maxLatencyMs}` },
    ...judge.required.map((name) => ({ json: fieldPath(name) })),
  ]
}

/** A reply that takes twice what it may is not waited for: the connection has other messages to send. */
export function replyTimeout({ replies, maxLatencyMs }: Judging): Data {
  return replies ? { timeouts: { total: `${2 * maxLatencyMs}ms` } } : {}
}

/** `a.b` leads into a map; a name with other signs is one name. */
function fieldPath(name: string): string {
  return /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name) ? `$.${name}` : `$[${JSON.stringify(name)}]`
}
