/** `validation` of Stream Testbench as checks and thresholds. */
import type { Data } from '../template.ts'
import type { Fields } from './fields.ts'

/** What is expected of replies. */
export interface Judging {
  /** none: messages are not answered; any: the next message is the reply; matched: the one with the same correlation id. */
  readonly replies: 'none' | 'any' | 'matched'
  readonly statuses: readonly number[]
  readonly maxLatencyMs: number | undefined
  readonly required: readonly string[]
  readonly thresholds: readonly string[]
}

/** What the original exits with an error for. */
const MAX_ERRORS = 'errors ratio <= 10%'

/** Reads the block. Without it nothing is known of replies, so none are waited for over WebSocket. */
export function judging(validation: Fields): Judging {
  const there = validation.keys().length > 0
  const on = validation.flag('validateResponses', there)
  const required = validation.list('requiredFields').filter((name) => typeof name === 'string')
  const statuses = validation.list('expectedStatusCodes').filter((code) => typeof code === 'number')
  const maxLatencyMs = validation.number('maxLatencyMs')
  validation.finish()
  return {
    replies: !on ? 'none' : required.includes('correlation_id') ? 'matched' : 'any',
    statuses: on ? statuses : [],
    maxLatencyMs: on ? maxLatencyMs : undefined,
    required: on ? required : [],
    thresholds: [MAX_ERRORS, ...(on && maxLatencyMs !== undefined ? [`service_time p95 < ${maxLatencyMs}ms`] : [])],
  }
}

/** Checks of each reply; undefined for none. Status codes are those of HTTP. */
export function expectations(judge: Judging, protocol: string): readonly Data[] | undefined {
  if (judge.replies === 'none' && protocol === 'websocket') return undefined
  const lines = [
    ...(protocol === 'http' && judge.statuses.length > 0 ? [{ status: judge.statuses }] : []),
    // Over the limit is a failed validation, not only a slow reply. A wait that burn itself put in is no latency of the target.
    ...(judge.maxLatencyMs === undefined ? [] : [{ expression: `reply.serviceMs <= ${judge.maxLatencyMs}` }]),
    ...judge.required.map((name) => ({ json: `$.${name}` })),
  ]
  return lines.length === 0 ? undefined : lines
}
