/** Lists where model servers and gateways put their own time measurements into replies. To support another server, add a row here. */
import type { Exchange, Headers } from '../../exchange.ts'
import { type ServerTimeName, type ServerTimes, serverTimesDiffer } from '../../usage.ts'
import { asObject, type JsonObject } from './json.ts'

type Stated = Partial<Record<ServerTimeName, number | undefined>>
/** The server's times that were found in a reply so far, with the names of their sources. */
type OpenTimes = { -readonly [Key in keyof ServerTimes]: ServerTimes[Key] } & { sources: string[] }
type ReplyFields = Readonly<Record<string, unknown>>

/** One place in a reply where a server states its times, such as a header. */
interface TimeSource {
  readonly name: string
  /** The member of the reply, or the header, that holds the times. */
  readonly mark: string
  /** The factor that converts the server's unit to ms. */
  readonly toMs: number
  /** For each time that burn knows, such as `queueMs`, the name that the server gives it. */
  readonly times: Readonly<Partial<Record<ServerTimeName, string>>>
  /** Parses the value of `mark` when that is a text; left out when it is an object. */
  readonly parse?: (text: string) => ReplyFields
  /** Computes further times from those that the server states; left out when there are none to compute. */
  readonly more?: (stated: Stated) => void
}

const NAMES: readonly ServerTimeName[] = ['queueMs', 'prefillMs', 'decodeMs', 'totalMs', 'firstTokenMs', 'overheadMs']

const S = 1000
const MS = 1
const NS = 1e-6

// biome-ignore format: a table is read line by line
/**
 * Places in a JSON reply, each by the member that holds the times. @see the documentation of each: vLLM `--enable-per-request-metrics`, llama.cpp
 * server, Fireworks `perf_metrics_in_response`
 */
const IN_REPLY: readonly TimeSource[] = [
  // The time to the first token counts from when the request was scheduled, so that it is prefill alone.
  { name: 'vLLM', mark: 'metrics', toMs: MS, times: { queueMs: 'queue_time_ms', prefillMs: 'time_to_first_token_ms', decodeMs: 'generation_time_ms' } },
  { name: 'Bedrock', mark: 'metrics', toMs: MS, times: { totalMs: 'latencyMs' } },
  { name: 'Bedrock', mark: 'amazon-bedrock-invocationMetrics', toMs: MS, times: { firstTokenMs: 'firstByteLatency', totalMs: 'invocationLatency' } },
  { name: 'llama.cpp', mark: 'timings', toMs: MS, times: { prefillMs: 'prompt_ms', decodeMs: 'predicted_ms' } },
  { name: 'Cerebras', mark: 'time_info', toMs: S, times: { queueMs: 'queue_time', prefillMs: 'prompt_time', decodeMs: 'completion_time', totalMs: 'total_time' } },
  { name: 'Fireworks', mark: 'perf_metrics', toMs: S, times: fireworks('') },
  { name: 'Fireworks', mark: 'perf_metrics', toMs: S, times: fireworks('fireworks-') },
]

// biome-ignore format: a table is read line by line
/** The places of server times in the usage record of a reply. */
const IN_USAGE: readonly TimeSource[] = [
  // Its total_time leaves the queue out.
  { name: 'Groq', mark: 'completion_time', toMs: S, times: { queueMs: 'queue_time', prefillMs: 'prompt_time', decodeMs: 'completion_time' } },
  { name: 'LocalAI', mark: 'timing_token_generation', toMs: MS, times: { prefillMs: 'timing_prompt_processing', decodeMs: 'timing_token_generation' } },
  { name: 'Ollama', mark: 'eval_duration', toMs: NS, times: { prefillMs: 'prompt_eval_duration', decodeMs: 'eval_duration', totalMs: 'total_duration' },
    more: waitedInOllama },
]

// biome-ignore format: a table is read line by line
/**
 * Places in the headers, those of model servers before those of gateways, because the first total that is found counts. A total in a header is the
 * time until the reply began.
 */
const IN_HEADERS: readonly TimeSource[] = [
  { name: 'TGI', mark: 'x-inference-time', toMs: MS, times: { queueMs: 'x-queue-time', totalMs: 'x-total-time' } },
  { name: 'Fireworks', mark: 'fireworks-server-time-to-first-token', toMs: S, times: fireworks('fireworks-') },
  { name: 'openai-processing-ms', mark: 'openai-processing-ms', toMs: MS, times: { totalMs: 'openai-processing-ms' } },
  { name: 'Server-Timing', mark: 'server-timing', toMs: MS, parse: serverTiming, times: { queueMs: 'queue', prefillMs: 'prefill', decodeMs: 'decode', firstTokenMs: 'ttft', totalMs: 'total' } },
  { name: 'LiteLLM', mark: 'x-litellm-response-duration-ms', toMs: MS, times: { overheadMs: 'x-litellm-overhead-duration-ms', totalMs: 'x-litellm-response-duration-ms' } },
  { name: 'Envoy', mark: 'x-envoy-upstream-service-time', toMs: MS, times: { totalMs: 'x-envoy-upstream-service-time' } },
]

/** The longest time in ms that is accepted as valid; it is the largest value of burn's histograms. */
const LONGEST_MS = 3_600_000
/** The longest text that is parsed as a number; MAX_TIMING is that of the header `server-timing`. */
const MAX_NUMBER = 32
const MAX_TIMING = 1000
const NUMBER = /^\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i
const STREAM = /event-?stream|ndjson|jsonl|json-seq/

/**
 * Finds the times that a server reports about its own work (queue, first token, total) in the body of a reply, or in one event of a stream, and
 * stores them on the exchange (the record of request and reply).
 */
export function noteServerTimes(reply: JsonObject, exchange: Exchange): void {
  if (mark(reply) === undefined) return
  for (const source of IN_REPLY) {
    const record = asObject(reply[source.mark])
    if (record !== undefined) take(source, record, exchange, false)
  }
}

/**
 * Finds the times that a server reports about its own work (queue, first token, total) in the headers and token counts of a complete reply, and
 * stores them on the exchange (the record of request and reply). Adds a warning when the times are impossible, or longer than burn measured.
 */
export function completeServerTimes(exchange: Exchange): void {
  const { headers } = exchange
  const usage = asObject(exchange.usage?.raw)
  if (usage !== undefined && usageMark(usage) !== undefined)
    for (const source of IN_USAGE) if (usage[source.mark] !== undefined) take(source, usage, exchange, false)
  if (headerMark(headers) !== undefined) takeHeaders(headers, exchange)
  const { serverTimes } = exchange
  if (serverTimes === undefined) return
  if (serverTimes.refused) exchange.warnOnce('bad_server_times')
  if (serverTimesDiffer(exchange)) exchange.warnOnce('server_times_differ')
}

// The marks of the three tables once more, in a form that costs a reply without any of them some nanoseconds: names that are written out are looked up much faster.
const mark = (reply: JsonObject): unknown =>
  reply.metrics ?? reply.timings ?? reply.time_info ?? reply.perf_metrics ?? reply['amazon-bedrock-invocationMetrics']
const usageMark = (usage: JsonObject): unknown => usage.completion_time ?? usage.timing_token_generation ?? usage.eval_duration
const headerMark = (headers: Headers): string | undefined =>
  headers['x-inference-time'] ??
  headers['fireworks-server-time-to-first-token'] ??
  headers['openai-processing-ms'] ??
  headers['server-timing'] ??
  headers['x-litellm-response-duration-ms'] ??
  headers['x-envoy-upstream-service-time']

function takeHeaders(headers: Headers, exchange: Exchange): void {
  for (const source of IN_HEADERS) {
    const value = headers[source.mark]
    if (value !== undefined) take(source, source.parse?.(value) ?? headers, exchange, true)
  }
}

/** Adds the times of one source to those of the exchange. A time that an earlier source gave already is kept. */
function take(source: TimeSource, record: ReplyFields, exchange: Exchange, isHeader: boolean): void {
  const stated: Stated = {}
  let refused = false
  let isAny = false
  for (const name of NAMES) {
    const key = source.times[name]
    const value = key === undefined ? undefined : record[key]
    if (value === undefined || value === null) continue
    stated[name] = timeOf(value, source.toMs)
    if (stated[name] === undefined) refused = true
    else isAny = true
  }
  if (!isAny && !refused) return
  source.more?.(stated)
  addSums(stated)
  const known: OpenTimes = { sources: [], refused: false, ...exchange.serverTimes } as OpenTimes // its own from here on
  if (isHeader && stated.totalMs !== undefined) {
    known.headMs = Math.max(known.headMs ?? 0, stated.totalMs)
    if (isStreamed(exchange)) stated.totalMs = undefined
  }
  let counts = false
  for (const name of NAMES) {
    const ms = stated[name]
    if (ms === undefined) continue
    if (ms < 0) refused = true
    else {
      known[name] ??= ms
      counts = true
    }
  }
  if (counts && !known.sources.includes(source.name)) known.sources = [...known.sources, source.name]
  known.refused ||= refused
  exchange.note({ serverTimes: known })
}

/** Computes the time to the first token (queue + prefill) and the total (queue + prefill + decode) where the server states only the parts. */
function addSums(stated: Stated): void {
  const { queueMs, prefillMs, decodeMs } = stated
  if (queueMs === undefined || prefillMs === undefined) return
  stated.firstTokenMs ??= queueMs + prefillMs
  if (decodeMs !== undefined) stated.totalMs ??= queueMs + prefillMs + decodeMs
}

/** Computes Ollama's time to the first token (total − decode) and its queue time (the rest without prefill), which includes loading the model. */
function waitedInOllama(stated: Stated): void {
  const { prefillMs, decodeMs, totalMs } = stated
  if (totalMs === undefined || decodeMs === undefined) return
  stated.firstTokenMs = totalMs - decodeMs
  if (prefillMs !== undefined) stated.queueMs = stated.firstTokenMs - prefillMs
}

/** Converts a time to ms; undefined for a value that cannot be a time. Some servers send numbers as text. */
function timeOf(value: unknown, toMs: number): number | undefined {
  const isText = typeof value === 'string' && value.length <= MAX_NUMBER && NUMBER.test(value.trim())
  const ms = (typeof value === 'number' || isText ? Number(value) : Number.NaN) * toMs
  return ms >= 0 && ms <= LONGEST_MS ? ms : undefined
}

function fireworks(prefix: string): TimeSource['times'] {
  const at = (name: string) => `${prefix}${name}`
  return {
    queueMs: at('prefill-queue-duration'),
    prefillMs: at('prefill-duration'),
    decodeMs: at('generation-duration'),
    firstTokenMs: at('server-time-to-first-token'),
    totalMs: at('server-processing-time'),
  }
}

/** Matches the entries of a comma-separated list; PARAMETERS matches those of a semicolon-separated one. Separators inside quotes do not count. */
const ENTRIES = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g
const PARAMETERS = /(?:"(?:[^"\\]|\\.)*"|[^";])+/g

/** Reads `queue;dur=1.5, total;desc="all";dur="20"`: the durations by lower-case name, without quotes. @see W3C Server Timing */
function serverTiming(text: string): ReplyFields {
  const found: Record<string, string> = {}
  for (const entry of text.slice(0, MAX_TIMING).match(ENTRIES) ?? []) {
    const [name = '', ...parameters] = (entry.match(PARAMETERS) ?? []).map((part) => part.trim())
    const duration = parameters.find((parameter) => /^dur\s*=/i.test(parameter))
    if (duration !== undefined) found[name.toLowerCase()] ??= duration.replace(/^dur\s*=\s*/i, '').replace(/^"(.*)"$/, '$1')
  }
  return found
}

/** True when the headers of a reply were sent before the server knew how the reply ends. */
function isStreamed({ headers, frames }: { readonly headers: Headers; readonly frames: number }): boolean {
  return frames > 1 || STREAM.test(headers['content-type'] ?? '')
}
