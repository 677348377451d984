/** Finds the metric of an observed server, such as the length of its queue, that explains why replies were slower in some seconds than in others. */
import type { Result, ServerEndpoint } from '../result/schema.ts'
import { rankCorrelation } from '../statistics/rank-correlation.ts'

/** The fewest seconds with both a response time and a server metric for which a correlation is computed: with fewer, it may be chance. */
const MIN_SECONDS = 15
/**
 * The rank correlation, from −1 to 1, from which a server metric counts as an explanation of slow seconds. A weaker one may arise from two unrelated
 * slow changes.
 */
const STRONG = 0.7
/** By which factor the highest median of a second must exceed the lowest one before an explanation is sought. */
const MIN_CHANGE = 1.5
/** How many different values a server metric must have had in the run to be correlated with response times. */
const MIN_VALUES = 3

/** The server metrics that may explain slow seconds, as key and words. Of equally strong ones, the first is named. */
const STATES = [
  ['queue', 'the requests that wait in the server'],
  ['kv_usage', "the use of the server's KV cache"],
  ['gpu_usage', "the use of the server's GPUs"],
  ['running', 'the requests that the server works on'],
] as const

/** How closely response times followed one metric of a server: its name in words, the rank correlation, and the number of seconds compared. */
interface CorrelatedMetric {
  readonly what: string
  readonly correlation: number
  readonly seconds: number
}

/**
 * Returns a clause for the end of an advice sentence: which server metric rose and fell with the response time from second to second, such as ";
 * second by second the response time rises with the requests that wait in the server (rank correlation 0.93 over 58 s)". It names the metric with
 * the highest correlation; '' when no metric correlates, or there is too little data.
 */
export function serverEvidence(result: Result): string {
  const found = (result.server ?? []).flatMap((endpoint) =>
    STATES.flatMap(([state, what]) => evidenceOf(result, endpoint, state, what) ?? []),
  )
  const [best] = found.toSorted((a, b) => b.correlation - a.correlation)
  if (best === undefined) return ''
  return `; second by second the response time rises with ${best.what} (rank correlation ${best.correlation.toFixed(2)} over ${best.seconds} s)`
}

function evidenceOf(
  { timeline, phases }: Result,
  { series }: ServerEndpoint,
  state: string,
  what: string,
): CorrelatedMetric | undefined {
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
