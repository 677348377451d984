/** Rules on what servers report about themselves: the metrics of `observe`, and the times in their replies. */
import type { Result, ServerEndpoint } from '../result/schema.ts'
import { rankCorrelation } from '../statistics/rank-correlation.ts'
import { formatMs } from '../text/units.ts'
import type { Advice } from './rule.ts'

/** Use of the KV cache from which on a server begins to set requests back. */
const FULL = 0.9
/** Answers of a server that show a trend. */
const MIN_ANSWERS = 10
/** A queue grows when it goes with time as closely as this, and its last third is this much above its first. */
const TREND = 0.7
const GROWN = 2
/** Share of the time to the first token, and time in ms, from which on waiting in the server matters. */
const MOST = 0.5
const MIN_QUEUE_MS = 20
/** Shares of the prompt in the prefix cache that are much, and little; and tokens from which on they say something. */
const MUCH_CACHED = 0.8
const LITTLE_CACHED = 0.05
const MIN_TOKENS = 1000
/** A GPU that is less busy than this, while requests wait, is not what they wait for. */
const IDLE_GPU = 0.5

const percent = (share: number) => `${(100 * share).toFixed(0)} %`
const short = (value: number) => (value < 10 ? Number(value.toFixed(1)).toString() : value.toFixed(0))
const growthOf = ({ counters }: ServerEndpoint, name: string) => counters[name]?.delta ?? 0

/** Advice when the KV cache of an observed server was full, or the server set requests back because it had no room for them. */
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

/** Advice when the queue in an observed server grew while the run went on. */
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

/** Advice when most of the time to the first token was spent in the queue of the server. */
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
 * Advice when the server found most prompts in its prefix cache, so that the run was easier than real use, or when it did not find the
 * earlier turns of conversations there.
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

/** Advice when GPUs of an observed server were mostly idle while requests waited. */
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
