/** Rules of advice on what servers report about themselves: the metrics of `observe`, and the server times in replies. */
import type { Result, ServerEndpoint } from '../result/schema.ts'
import { rankCorrelation } from '../statistics/rank-correlation.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/** The use of the KV cache (0.9 is 90 %) from which it counts as full: about there, servers begin to preempt requests. */
const FULL = 0.9
/** The fewest readings of a server's queue for which a trend is computed. */
const MIN_ANSWERS = 10
/** The rank correlation of queue length and time from which a queue counts as growing. */
const TREND = 0.7
/** By how much a growing queue must be longer in the last third of the run than in the first: this many times, and this many requests. */
const GROWN = 2
/** The share of the mean time to first token (0.5 is half) that the server's queue must take for advice on the queue. */
const MOST = 0.5
/** The mean wait in the server's queue, in ms, below which no advice on it is given. */
const MIN_QUEUE_MS = 20
/** The share of prompt tokens in the prefix cache (0.8 is 80 %) from which the run counts as easier than real use. */
const MUCH_CACHED = 0.8
/** The share of prompt tokens in the prefix cache (0.05 is 5 %) below which conversations count as not found there. */
const LITTLE_CACHED = 0.05
/** The number of prompt tokens from which their share in the prefix cache is judged. */
const MIN_TOKENS = 1000
/** The mean use of the GPUs (0.5 is 50 %) below which they cannot be the reason why requests wait. */
const IDLE_GPU = 0.5

const percent = (share: number) => `${(100 * share).toFixed(0)} %`
const short = (value: number) => (value < 10 ? Number(value.toFixed(1)).toString() : value.toFixed(0))
const growthOf = ({ counters }: ServerEndpoint, name: string) => counters[name]?.delta ?? 0

/**
 * Returns advice when the KV cache of a server whose metrics burn reads was full, or when this server preempted requests because the cache had no
 * room for them; undefined otherwise.
 */
export function memoryShort({ server = [] }: Result): Advice | undefined {
  const setBack = server.reduce((sum, one) => sum + growthOf(one, 'preemptions'), 0)
  const [fullest] = server.flatMap(({ gauges }) => gauges.kv_usage ?? []).toSorted((a, b) => b.max - a.max)
  if (setBack === 0 && (fullest === undefined || fullest.max < FULL)) return undefined
  const cache =
    fullest === undefined
      ? ''
      : `the KV cache of the server was ${percent(fullest.max)} full at most (${percent(fullest.mean)} mean)`
  const lost =
    setBack === 0 ? '' : `the server set requests back ${setBack.toFixed(0)} times for want of memory, and computed them anew`
  const then = 'send fewer at once, shorten prompts and replies, or give the cache more memory'
  return { rule: 'server-memory', text: `${[lost, cache].filter((part) => part !== '').join('; ')}: ${then}` }
}

/** Returns advice when the queue in a server whose metrics burn reads grew while the run went on; undefined otherwise. */
export function queueGrows({ server = [] }: Result): Advice | undefined {
  for (const { series } of server) {
    const waiting = series.flatMap(({ t, values }) => (values.queue === undefined ? [] : [{ t, value: values.queue }]))
    const third = Math.floor(waiting.length / 3)
    if (waiting.length < MIN_ANSWERS) continue
    const mean = (part: typeof waiting) => part.reduce((sum, { value }) => sum + value, 0) / part.length
    const [first, last] = [mean(waiting.slice(0, third)), mean(waiting.slice(-third))]
    const times = waiting.map(({ t }) => t)
    const values = waiting.map(({ value }) => value)
    const trend = rankCorrelation(times, values) ?? 0
    if (trend < TREND || last < GROWN * first || last < first + GROWN) continue
    return {
      rule: 'server-queue-grows',
      text: `the requests that wait in the server grew from ${short(first)} in the first third of the run to ${short(last)} in the last: more came in than it works off, so that waits grow with the length of the run; lower the load, or add slots or servers`,
    }
  }
  return undefined
}

/**
 * Returns advice when requests spent most of the time to their first token in the queue of a server whose metrics burn reads; undefined otherwise.
 */
export function queuedFirst({ server = [], total: { distributions } }: Result): Advice | undefined {
  const { ttft, server_queue: own } = distributions
  const [only, ...more] = server.flatMap(({ histograms }) => histograms.queue_time ?? [])
  const seen = own !== undefined && own.count === ttft?.count ? own.mean : more.length === 0 ? only?.mean : undefined
  if (!ttft?.mean || !seen || seen < MIN_QUEUE_MS || seen < MOST * ttft.mean || seen > ttft.mean) return undefined
  return {
    rule: 'server-queue',
    text: `${percent(seen / ttft.mean)} of the mean time to the first token (${formatMs(ttft.mean)}) is waiting in the server's queue (${formatMs(seen)}): more slots or servers shorten it, a faster model or network does not`,
  }
}

/**
 * Returns advice about the prefix cache of a server whose metrics burn reads. Either the cache held most prompt tokens, so that the run was easier
 * than real use, or it did not hold the earlier turns of conversations. Undefined when neither is the case.
 */
export function prefixCache({ server = [], steps }: Result): Advice | undefined {
  const asked = server.reduce((sum, one) => sum + growthOf(one, 'prefix_queries'), 0)
  const found = server.reduce((sum, one) => sum + growthOf(one, 'prefix_hits'), 0)
  if (asked < MIN_TOKENS) return undefined
  const share = found / asked
  const held = `the prefix cache of the server held ${percent(share)} of ${asked.toFixed(0)} prompt tokens`
  if (share >= MUCH_CACHED)
    return {
      rule: 'prefix-cache',
      text: `${held}: the time to the first token is that of prompts that repeat; vary them if those of real users do not`,
    }
  if (share >= LITTLE_CACHED || steps.filter(({ kind }) => kind === 'message').length < 2) return undefined
  return {
    rule: 'prefix-cache',
    text: `${held}, though each turn of a conversation begins with those before it: see whether it is switched on, and large enough for so many users`,
  }
}

/** Returns advice when GPUs of a server whose metrics burn reads were mostly idle while requests waited; undefined otherwise. */
export function idleGpu({ server = [] }: Result): Advice | undefined {
  const gpus = server.flatMap(({ gauges }) => gauges.gpu_usage ?? [])
  const waiting = Math.max(0, ...server.map(({ gauges }) => gauges.queue?.mean ?? 0))
  if (gpus.length === 0 || waiting < 1) return undefined
  const busy = gpus.reduce((sum, { mean }) => sum + mean, 0) / gpus.length
  if (busy >= IDLE_GPU) return undefined
  return {
    rule: 'idle-gpu',
    text: `the GPUs were ${percent(busy)} busy while ${short(waiting)} requests waited in the server (means): what holds them up is not the GPU, but a limit on requests at once, the CPU, or memory`,
  }
}
