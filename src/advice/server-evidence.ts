/** Finds the state of an observed server that explains why replies took longer in some seconds than in others. */
import type { Result, ServerEndpoint } from '../result/schema.ts'
import { rankCorrelation } from '../statistics/rank-correlation.ts'

/** Fewer seconds that can be compared show nothing that would hold in the next run. */
const MIN_SECONDS = 15
/** A weaker correlation may come of two slow changes that have nothing to do with each other. */
const STRONG = 0.7
/** The response time must have changed by this much to have a reason. */
const MIN_CHANGE = 1.5
/** Different values that a state must have had. */
const MIN_VALUES = 3

/** The states that may be the reason, the most telling first. */
const STATES = [
  ['queue', 'the requests that wait in the server'],
  ['kv_usage', "the use of the server's KV cache"],
  ['gpu_usage', "the use of the server's GPUs"],
  ['running', 'the requests that the server works on'],
] as const

/** How response times went together with one state of a server. */
interface Evidence {
  readonly what: string
  readonly correlation: number
  readonly seconds: number
}

/**
 * Returns a part of a sentence on the server metric, such as its queue, that rose most closely with the median response time of each
 * second: "; second by second the response time rises with the requests that wait in the server (rank correlation 0.93 over 58 s)". '' when
 * none did, or there is too little data.
 */
export function serverEvidence(result: Result): string {
  const found = (result.server ?? []).flatMap((endpoint) =>
    STATES.flatMap(([state, what]) => evidenceOf(result, endpoint, state, what) ?? []),
  )
  const [best] = found.toSorted((a, b) => b.correlation - a.correlation)
  if (best === undefined) return ''
  return `; second by second the response time rises with ${best.what} (rank correlation ${best.correlation.toFixed(2)} over ${best.seconds} s)`
}

function evidenceOf({ timeline, phases }: Result, { series }: ServerEndpoint, state: string, what: string): Evidence | undefined {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const pairs = timeline.flatMap(({ phase, atMs, lengthMs, latencies }) => {
    const median = latencies.response_time?.p50
    const values = series.flatMap(({ t, values: own }) => (t >= atMs && t < atMs + lengthMs ? (own[state] ?? []) : []))
    if (!measured.has(phase) || median === undefined || values.length === 0) return []
    return [{ median, value: values.reduce((sum, one) => sum + one, 0) / values.length, lengthMs }]
  })
  const [times, values] = [pairs.map(({ median }) => median), pairs.map(({ value }) => value)]
  if (pairs.length < MIN_SECONDS || new Set(values).size < MIN_VALUES) return undefined
  if (Math.max(...times) < MIN_CHANGE * Math.min(...times)) return undefined
  const correlation = rankCorrelation(values, times)
  if (correlation === undefined || correlation < STRONG) return undefined
  return { what, correlation, seconds: Math.round(pairs.reduce((sum, { lengthMs }) => sum + lengthMs, 0) / 1000) }
}
