/** Every metric: name, unit, formula, source. Tables, thresholds, JSON Schema and docs read it from here. */
import type { Exchange } from '../exchange.ts'
import type { MetricUnit } from '../result/schema.ts'
import { timePerOutputToken, tokensPerSecond } from './token-speed.ts'

export type { MetricUnit }

/** How a metric is kept: a distribution has percentiles, a share is part ÷ whole, a count and a rate are plain numbers. */
export type MetricKind = 'distribution' | 'share' | 'count' | 'rate'

export interface MetricDefinition {
  readonly name: string
  readonly kind: MetricKind
  readonly unit: MetricUnit
  readonly formula: string
  /** One sentence for people. */
  readonly describe: string
  /** Where it is measured: on each attempt, on each connection, by the generator on itself, or on the whole window. */
  readonly scope: 'attempt' | 'connection' | 'generator' | 'run'
  /** Name of another program's metric that people may look for. */
  readonly aliases?: readonly string[]
  /** The value of one ok attempt; undefined when it cannot be formed, which is counted apart. Distributions of scope `attempt` only. */
  readonly of?: (exchange: Exchange) => number | undefined
}

/** A difference of two moments; undefined when one of them never happened. */
function between(from: number, to: number): number | undefined {
  const value = to - from
  return Number.isNaN(value) ? undefined : Math.max(0, value)
}

/** e2e of a reply without generated frames is its service time. @see glossary: e2e */
function endToEnd(exchange: Exchange): number | undefined {
  return between(exchange.sentAt, Number.isNaN(exchange.lastTokenAt) ? exchange.endedAt : exchange.lastTokenAt)
}

function longestGap(exchange: Exchange): number | undefined {
  let longest: number | undefined
  for (const gap of exchange.gapsMs) if (longest === undefined || gap > longest) longest = gap
  return longest
}

const tokens = (pick: (exchange: Exchange) => number | null | undefined) => (exchange: Exchange) => pick(exchange) ?? undefined

const attempt = { kind: 'distribution', unit: 'ms', scope: 'attempt' } as const

// biome-ignore format: a catalogue is read line by line
export const CATALOGUE = [
  { ...attempt, name: 'response_time', formula: 'ended − intended', describe: 'From when it was due to its end; free of coordinated omission', aliases: ['latency'], of: (x) => between(x.intended, x.endedAt) },
  { ...attempt, name: 'service_time', formula: 'ended − sent', describe: 'What the target took', aliases: ['http_req_duration', 'duration'], of: (x) => between(x.sentAt, x.endedAt) },
  { ...attempt, name: 'start_delay', formula: 'sent − intended', describe: 'lag + queue_wait + connecting', of: (x) => between(x.intended, x.sentAt) },
  { ...attempt, name: 'queue_wait', formula: 'wait of an arrival for a free user', describe: "The target's or the limit's doing, not the generator's", of: (x) => x.queueWaitMs },
  { ...attempt, name: 'ttfb', formula: 'firstByte − sent', describe: 'Time to first byte', aliases: ['http_req_waiting'], of: (x) => between(x.sentAt, x.firstByteAt) },
  { ...attempt, name: 'ttft', formula: 'firstToken − sent', describe: 'Time to first token: text, reasoning, refusal or a tool-argument fragment', aliases: ['time_to_first_token'], of: (x) => between(x.sentAt, x.firstTokenAt) },
  { ...attempt, name: 'ttfo', formula: 'firstOutput − sent', describe: 'Time to first output: as ttft, reasoning left out', aliases: ['time_to_first_output_token'], of: (x) => between(x.sentAt, x.firstOutputAt) },
  { ...attempt, name: 'itl', formula: 'gaps between neighbouring generated frames, pooled', describe: 'Inter-token latency; a frame may hold several tokens', aliases: ['inter_token_latency', 'icl'] },
  { ...attempt, name: 'stall', formula: 'longest gap of an attempt', describe: 'The longest silence inside a reply', of: longestGap },
  { ...attempt, name: 'tpot', formula: '(lastToken − firstToken) ÷ (output tokens − tokens of the first frame)', describe: 'Time per output token, per attempt; when reasoning was not shown, or shown as a summary: of the visible tokens alone, from the first of them on', aliases: ['time_per_output_token'], of: timePerOutputToken },
  { ...attempt, name: 'e2e', formula: 'lastToken − sent', describe: 'End to end: to the last token', of: endToEnd },
  { ...attempt, name: 'connect_time', scope: 'connection', formula: 'dns + connect + tls + handshake', describe: 'How long a new connection took', aliases: ['http_req_connecting'] },
  { ...attempt, name: 'tls_time', scope: 'connection', formula: 'connection made to TLS handshake done', describe: 'How long TLS took, on connections that have it', aliases: ['http_req_tls_handshaking'] },
  { ...attempt, name: 'handshake_time', scope: 'connection', formula: 'TCP or TLS done to usable', describe: "The protocol's own handshake: WebSocket upgrade, HTTP/2 and gRPC settings, MQTT CONNACK", aliases: ['ws_connecting'] },
  { ...attempt, name: 'recovery_time', scope: 'connection', formula: 'connection lost to connection made again', describe: 'How long a lost connection was down' },
  { ...attempt, name: 'lag', scope: 'generator', formula: 'when the generator got to it − intended', describe: "The generator's own lateness; the measure of validity" },
  { name: 'tokens_per_second', kind: 'distribution', unit: 'tokens_per_second', scope: 'attempt', formula: '1 ÷ tpot', describe: 'Output speed that one user sees; tokens that were never seen do not count', of: tokensPerSecond },
  { name: 'input_tokens', kind: 'distribution', unit: 'tokens', scope: 'attempt', formula: 'normalised usage', describe: 'Prompt tokens, cached ones included', of: tokens((x) => x.usage?.inputTokens) },
  { name: 'output_tokens', kind: 'distribution', unit: 'tokens', scope: 'attempt', formula: 'normalised usage', describe: 'Generated tokens, reasoning included', of: tokens((x) => x.usage?.outputTokens) },
  { name: 'reasoning_tokens', kind: 'distribution', unit: 'tokens', scope: 'attempt', formula: 'normalised usage', describe: 'Generated tokens that are reasoning', of: tokens((x) => x.usage?.reasoningTokens) },
  { name: 'cached_tokens', kind: 'distribution', unit: 'tokens', scope: 'attempt', formula: 'normalised usage', describe: 'Prompt tokens read from a cache', of: tokens((x) => x.usage?.cachedInputTokens) },
  { name: 'cost', kind: 'distribution', unit: 'currency', scope: 'attempt', formula: 'tokens × target.pricing', describe: 'Price of an attempt, in the currency of target.pricing', of: (x) => x.cost },
  { name: 'reply_bytes', kind: 'distribution', unit: 'bytes', scope: 'attempt', formula: 'bytes of the reply body on the wire', describe: 'Size of a reply, compressed or not', of: (x) => x.bytesReceived },
  { name: 'errors', kind: 'share', unit: 'ratio', scope: 'run', formula: 'failed ÷ attempts that ended or were dropped', describe: 'Connection failures included; 0 ÷ 0 is not a pass', aliases: ['error_rate', 'errorRate', 'http_req_failed'] },
  { name: 'good_share', kind: 'share', unit: 'ratio', scope: 'run', formula: 'attempts that met every objective ÷ attempts that ended or were dropped', describe: 'Failures and drops counted as bad' },
  { name: 'timeouts', kind: 'share', unit: 'ratio', scope: 'run', formula: 'attempts that failed by a time-out ÷ attempts that ended or were dropped', describe: 'Time-outs of ours, and those that the target tells of: 408, 504, gRPC 4', aliases: ['timeout_rate', 'timeoutRate'] },
  { name: 'auth_failures', kind: 'share', unit: 'ratio', scope: 'run', formula: 'attempts that failed for want of the right credentials ÷ attempts that ended or were dropped', describe: '401, 403, 407, gRPC 7 and 16, a refused MQTT user, a token that could not be got', aliases: ['auth_failure_rate', 'authFailureRate'] },
  { name: 'checks', kind: 'share', unit: 'ratio', scope: 'run', formula: 'checks that held ÷ checks made', describe: 'The expect lines of all steps' },
  { name: 'empty_reply', kind: 'share', unit: 'ratio', scope: 'run', formula: 'ok replies to messages in which nothing was generated ÷ ok replies to messages', describe: 'The model said nothing; a tool call says something' },
  { name: 'blocked', kind: 'share', unit: 'ratio', scope: 'run', formula: 'replies that a filter blocked or the model refused ÷ replies to messages', describe: 'By the finish reason, a refusal or the error; failed ones included' },
  { name: 'text_not_found', kind: 'share', unit: 'ratio', scope: 'run', formula: 'ok replies to messages whose text was not found ÷ ok replies to messages', describe: 'The usage or the body says that there was text, and none was seen' },
  { name: 'dropped', kind: 'share', unit: 'ratio', scope: 'run', formula: 'dropped ÷ planned', describe: 'Planned and never started', aliases: ['dropped_iterations'] },
  { name: 'failed_iterations', kind: 'share', unit: 'ratio', scope: 'run', formula: 'iterations that failed ÷ iterations that ended', describe: 'Walks through the steps with a failed step, those that took too long included' },
  { name: 'expired_iterations', kind: 'share', unit: 'ratio', scope: 'run', formula: 'iterations that took too long ÷ iterations that ended', describe: 'Ended by iterationTimeout' },
  { name: 'planned', kind: 'count', unit: 'count', scope: 'run', formula: 'ok + failed + cut + dropped', describe: 'Attempts that were due' },
  { name: 'ok', kind: 'count', unit: 'count', scope: 'run', formula: 'attempts with outcome ok', describe: 'Attempts that succeeded' },
  { name: 'failed', kind: 'count', unit: 'count', scope: 'run', formula: 'attempts with outcome failed', describe: 'Attempts that failed' },
  { name: 'cut', kind: 'count', unit: 'count', scope: 'run', formula: 'attempts that the end of the run cut off', describe: 'Not in any latency' },
  { name: 'skipped', kind: 'count', unit: 'count', scope: 'run', formula: 'steps that were not sent because an earlier one of their iteration had failed', describe: 'No attempts: in no other count or share' },
  { name: 'connections_opened', kind: 'count', unit: 'count', scope: 'run', formula: 'connections that were made', describe: 'Those made again included' },
  { name: 'connections_failed', kind: 'count', unit: 'count', scope: 'run', formula: 'connections that could not be made', describe: 'Tries to connect that failed' },
  { name: 'connections_lost', kind: 'count', unit: 'count', scope: 'run', formula: 'connections that the peer or the network ended', describe: 'Not by our own doing, idle ones included' },
  { name: 'lost_in_flight', kind: 'count', unit: 'count', scope: 'run', formula: 'attempts under way on connections that were lost', describe: 'What lost connections took along' },
  { name: 'reconnects', kind: 'count', unit: 'count', scope: 'run', formula: 'lost connections made again', describe: 'Reconnections' },
  { name: 'bytes_sent', kind: 'count', unit: 'bytes', scope: 'run', formula: 'bytes of all requests', describe: 'Of attempts, failed and cut ones included', aliases: ['data_sent'] },
  { name: 'bytes_received', kind: 'count', unit: 'bytes', scope: 'run', formula: 'bytes of all replies', describe: 'Of attempts, failed and cut ones included', aliases: ['data_received'] },
  { name: 'started_rate', kind: 'rate', unit: 'per_second', scope: 'run', formula: 'attempts started ÷ window', describe: 'Offered load' },
  { name: 'completed_rate', kind: 'rate', unit: 'per_second', scope: 'run', formula: '(ok + failed) ÷ window', describe: 'Attempts that ended per second' },
  { name: 'rate', kind: 'rate', unit: 'per_second', scope: 'run', formula: 'ok ÷ window', describe: 'Succeeded per second', aliases: ['throughput', 'qps', 'http_reqs'] },
  { name: 'goodput', kind: 'rate', unit: 'per_second', scope: 'run', formula: 'attempts that met every objective ÷ window', describe: 'Objectives are the latency checks and thresholds of the scenario' },
  { name: 'output_token_rate', kind: 'rate', unit: 'tokens_per_second', scope: 'run', formula: 'output tokens ÷ window', describe: 'Output tokens of the whole system per second: what was generated, reasoning that nobody saw included' },
] as const satisfies readonly MetricDefinition[]

export type MetricName = (typeof CATALOGUE)[number]['name']

const BY_NAME = new Map<string, MetricDefinition>(CATALOGUE.map((metric) => [metric.name, metric]))

/** The definition of a metric by its name; undefined when there is none. Aliases do not count: they are for suggestions. */
export function findMetric(name: string): MetricDefinition | undefined {
  return BY_NAME.get(name)
}

/** All names, for suggestions. */
export function metricNames(): string[] {
  return [...BY_NAME.keys()]
}

/** The catalogue's name for another program's name of a metric. */
export function metricForAlias(alias: string): MetricName | undefined {
  return CATALOGUE.find((metric) => ('aliases' in metric ? (metric.aliases as readonly string[]) : []).includes(alias))?.name
}

/** Distributions that are taken from every ok attempt, in catalogue order. */
export const ATTEMPT_DISTRIBUTIONS: readonly MetricDefinition[] = CATALOGUE.filter((m) => 'of' in m)
