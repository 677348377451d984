/** Every metric: its name, unit and formula, in words and as code. Recording, thresholds, reports, JSON Schema and docs read it from here. */
import type { Exchange } from '../../exchange.ts'
import type { TokenTotals } from '../../result/schema.ts'
import { inputOfAsked, isPromptWarm, network, outputOfAsked } from '../../usage.ts'
import type { ConnectionMetric } from '../counts/connections.ts'
import { type Counters, countForRate, targetAttempts, targetFailures } from '../counts/counters.ts'
import { timePerOutputToken, tokensPerSecond } from '../counts/token-speed.ts'
import { type Described, WHOLE_RUN_METRICS, type WholeRunMetric } from './whole-run/metrics.ts'

/** The definition of a metric that has at most one value for each ok attempt. Percentiles of these values are computed. */
export interface AttemptDistribution extends Described {
  readonly kind: 'distribution'
  readonly source: 'attempt'
  /** Returns the metric's value for one ok attempt; undefined when it has none. Attempts without a value are counted apart. */
  readonly of: (exchange: Exchange) => number | undefined
  /**
   * Returns how many attempts were cut before they had a value, which would have been among the largest. Left out when cutting cannot affect the
   * metric.
   */
  readonly censored?: (counters: Counters) => number
  /**
   * What a reply must contain to have a value of this metric: generated tokens, usage, or times reported by the server. Left out when nothing is
   * needed.
   */
  readonly needs?: 'tokens' | 'usage' | 'serverTimes'
  /** True when each row of the timeline shows the metric. */
  readonly inTimeline?: boolean
  /** True for a ratio that compares two numbers and may be above 1; all other ratios are shares of a whole. */
  readonly mayExceedOne?: boolean
}

/** The definition of a metric with any number of values from each ok attempt, such as the gaps between tokens. */
interface PooledDistribution extends Described {
  readonly kind: 'distribution'
  readonly source: 'pooled'
  readonly each: (exchange: Exchange) => readonly number[]
}

interface ConnectionDistribution extends Described, ConnectionMetric {
  readonly kind: 'distribution'
  readonly source: 'connection'
}

/** The definition of a metric that describes burn itself, such as its lag. */
interface GeneratorDistribution extends Described {
  readonly kind: 'distribution'
  readonly source: 'generator'
}

/** The definition of a metric of the scores that a judge gives after the load. */
interface JudgeDistribution extends Described {
  readonly kind: 'distribution'
  readonly source: 'judge'
}

/** The definition of a metric computed from counters. `ofRun`: the counters exist once for the whole run, such as those of connections. */
interface Counted extends Described {
  readonly ofRun?: boolean
}

/** The definition of a metric that is a part divided by its whole, such as the error rate. */
interface ShareDefinition extends Counted {
  readonly kind: 'share'
  readonly part: (counters: Counters) => number
  readonly whole: (counters: Counters) => number
}

interface Count extends Counted {
  readonly kind: 'count'
  readonly count: (counters: Counters) => number
}

/** The definition of a metric that is a count per second of the load. */
interface Rate extends Counted {
  readonly kind: 'rate'
  readonly count: (counters: Counters) => number
  /** Returns true when any reply reported the tokens that this rate counts. Left out for a rate that is always known. */
  readonly isKnown?: (tokens: TokenTotals, counters: Counters) => boolean
}

/** The definition of a metric that is computed from counters: a fraction (such as the error rate), a count or a rate per second. */
export type CountedMetric = ShareDefinition | Count | Rate
/** The definition of one metric: its name, its unit, and how it is measured or computed. */
export type MetricDefinition =
  | AttemptDistribution
  | PooledDistribution
  | ConnectionDistribution
  | GeneratorDistribution
  | JudgeDistribution
  | WholeRunMetric
  | CountedMetric
/**
 * The kind of a metric. A `distribution` has percentiles; a `share` is a part divided by the whole, such as the error rate; a `count` and a `rate`
 * are plain numbers.
 */
export type MetricKind = MetricDefinition['kind']

/** Returns the time between two moments in ms; undefined when one of them never happened. */
function between(from: number, to: number): number | undefined {
  const value = to - from
  return Number.isNaN(value) ? undefined : Math.max(0, value)
}

/** Returns the value of the metric e2e in ms: until the last token or, without tokens, the service time. @see glossary: e2e */
function endToEnd(exchange: Exchange): number | undefined {
  return between(exchange.sentAt, Number.isNaN(exchange.lastTokenAt) ? exchange.endedAt : exchange.lastTokenAt)
}

const timeToFirstToken = (exchange: Exchange) => between(exchange.sentAt, exchange.firstTokenAt)

/**
 * Returns the function that computes the time to the first token in ms: with `warm`, for prompts that were mostly read from a cache; otherwise for
 * the others.
 */
const firstTokenOf = (warm: boolean) => (exchange: Exchange) =>
  isPromptWarm(exchange.usage) === warm ? timeToFirstToken(exchange) : undefined

/**
 * Returns the number of attempts that were cut before the first token and of which it is unknown whether their prompt was cached, because only the
 * end of a reply tells; 0 when no reply reports cached tokens.
 */
const cutWithUnknownCache = (counters: Counters) => (counters.repliesWithCache > 0 ? counters.cutBeforeFirstToken : 0)

function realTimeFactor({ soundMs, sentAt, endedAt }: Exchange): number | undefined {
  const serviceMs = between(sentAt, endedAt)
  return soundMs === undefined || !serviceMs ? undefined : soundMs / serviceMs
}

function longestGap(exchange: Exchange): number | undefined {
  let longest: number | undefined
  const { gapsMs } = exchange
  for (let at = 0; at < gapsMs.length; at += 1) {
    const gap = gapsMs[at] ?? Number.NaN
    if (longest === undefined || gap > longest) longest = gap
  }
  return longest
}

const tokens = (pick: (exchange: Exchange) => number | null | undefined) => (exchange: Exchange) => pick(exchange) ?? undefined

// biome-ignore format: a catalogue is read line by line
/** The definitions of all metrics except `WHOLE_RUN_METRICS`, in the order in which the docs list them. */
export const CATALOGUE = [
  { name: 'response_time', kind: 'distribution', source: 'attempt', unit: 'ms', of: (x) => between(x.intended, x.endedAt), censored: (c) => c.cut + c.heldBack, inTimeline: true, lateness: 'raises', formula: 'ended − intended', describe: 'From when it was due to its end; free of coordinated omission', aliases: ['latency'] },
  { name: 'service_time', kind: 'distribution', source: 'attempt', unit: 'ms', of: (x) => between(x.sentAt, x.endedAt), censored: (c) => c.cut, inTimeline: true, lateness: 'raises', formula: 'ended − sent', describe: 'What the target took', aliases: ['http_req_duration', 'duration'] },
  { name: 'start_delay', kind: 'distribution', source: 'attempt', unit: 'ms', of: (x) => between(x.intended, x.sentAt), lateness: 'raises', formula: 'sent − intended', describe: 'lag + queue_wait + connecting' },
  { name: 'queue_wait', kind: 'distribution', source: 'attempt', unit: 'ms', of: (x) => x.queueWaitMs, lateness: 'raises', formula: 'wait of an arrival for a free user', describe: "The target's or the limit's doing, not the generator's" },
  { name: 'ttfb', kind: 'distribution', source: 'attempt', unit: 'ms', of: (x) => between(x.sentAt, x.firstByteAt), censored: (c) => c.cutBeforeFirstByte, lateness: 'raises', formula: 'firstByte − sent', describe: 'Time to first byte', aliases: ['http_req_waiting'] },
  { name: 'ttft', kind: 'distribution', source: 'attempt', needs: 'tokens', unit: 'ms', of: timeToFirstToken, censored: (c) => c.cutBeforeFirstToken, inTimeline: true, lateness: 'raises', ofText: true, formula: 'firstToken − sent', describe: 'Time to first token: text, reasoning, refusal or a tool-argument fragment', aliases: ['time_to_first_token'] },
  { name: 'ttfo', kind: 'distribution', source: 'attempt', needs: 'tokens', unit: 'ms', of: (x) => between(x.sentAt, x.firstOutputAt), censored: (c) => c.cutBeforeFirstOutput, lateness: 'raises', ofText: true, formula: 'firstOutput − sent', describe: 'Time to first output: as ttft, reasoning left out', aliases: ['time_to_first_output_token'] },
  { name: 'ttft_cold', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'ms', of: firstTokenOf(false), censored: cutWithUnknownCache, lateness: 'raises', ofText: true, formula: 'firstToken − sent, where cached_tokens < input_tokens ÷ 2', describe: 'Time to first token of prompts that the target had to read itself; of replies that tell how much came from its cache' },
  { name: 'ttft_warm', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'ms', of: firstTokenOf(true), censored: cutWithUnknownCache, lateness: 'raises', ofText: true, formula: 'firstToken − sent, where cached_tokens ≥ input_tokens ÷ 2', describe: 'The same of prompts of which at least half came from the cache of the target' },
  { name: 'itl', kind: 'distribution', source: 'pooled', unit: 'ms', each: (x) => x.gapsMs, ofText: true, formula: 'gaps between neighbouring generated frames, pooled', describe: 'Inter-token latency; a frame may hold several tokens', aliases: ['inter_token_latency', 'icl'] },
  { name: 'stall', kind: 'distribution', source: 'attempt', needs: 'tokens', unit: 'ms', of: longestGap, censored: (c) => c.cut, ofText: true, formula: 'longest gap of an attempt', describe: 'The longest silence inside a reply' },
  { name: 'tpot', kind: 'distribution', source: 'attempt', needs: 'tokens', unit: 'ms', of: timePerOutputToken, inTimeline: true, ofText: true, formula: '(lastToken − firstToken) ÷ (output tokens − tokens of the first frame)', describe: 'Time per output token, per attempt; when reasoning was not shown, or shown as a summary: of the visible tokens alone, from the first of them on', aliases: ['time_per_output_token'] },
  { name: 'e2e', kind: 'distribution', source: 'attempt', unit: 'ms', of: endToEnd, censored: (c) => c.cut, lateness: 'raises', formula: 'lastToken − sent', describe: 'End to end: to the last token' },
  { name: 'connect_time', kind: 'distribution', source: 'connection', unit: 'ms', of: ({ times }) => times && (times.dnsMs ?? 0) + (times.connectMs ?? 0) + (times.tlsMs ?? 0) + (times.handshakeMs ?? 0), lateness: 'raises', formula: 'dns + connect + tls + handshake', describe: 'How long a new connection took', aliases: ['http_req_connecting'] },
  { name: 'tls_time', kind: 'distribution', source: 'connection', unit: 'ms', of: ({ times }) => times?.tlsMs, lateness: 'raises', formula: 'connection made to TLS handshake done', describe: 'How long TLS took, on connections that have it', aliases: ['http_req_tls_handshaking'] },
  { name: 'handshake_time', kind: 'distribution', source: 'connection', unit: 'ms', of: ({ times }) => times?.handshakeMs, lateness: 'raises', formula: 'TCP or TLS done to usable', describe: "The protocol's own handshake: WebSocket upgrade, HTTP/2 and gRPC settings, MQTT CONNACK", aliases: ['ws_connecting'] },
  { name: 'recovery_time', kind: 'distribution', source: 'connection', unit: 'ms', of: ({ downMs }) => downMs, lateness: 'raises', formula: 'connection lost to connection made again', describe: 'How long a lost connection was down' },
  { name: 'lag', kind: 'distribution', source: 'generator', unit: 'ms', lateness: 'raises', formula: 'when the generator got to it − intended', describe: "The generator's own lateness; the measure of validity" },
  { name: 'tokens_per_second', kind: 'distribution', source: 'attempt', needs: 'tokens', unit: 'tokens_per_second', of: tokensPerSecond, ofText: true, formula: '1 ÷ tpot', describe: 'Output speed that one user sees; tokens that were never seen do not count' },
  { name: 'input_tokens', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'tokens', of: tokens((x) => x.usage?.inputTokens), lateness: 'none', formula: 'normalised usage', describe: 'Prompt tokens, cached ones included' },
  { name: 'output_tokens', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'tokens', of: tokens((x) => x.usage?.outputTokens), lateness: 'none', ofText: true, formula: 'normalised usage', describe: 'Generated tokens, reasoning included' },
  { name: 'reasoning_tokens', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'tokens', of: tokens((x) => x.usage?.reasoningTokens), lateness: 'none', formula: 'normalised usage', describe: 'Generated tokens that are reasoning' },
  { name: 'cached_tokens', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'tokens', of: tokens((x) => x.usage?.cachedInputTokens), lateness: 'none', formula: 'normalised usage', describe: 'Prompt tokens read from a cache' },
  { name: 'asked_input_tokens', kind: 'distribution', source: 'attempt', unit: 'tokens', of: (x) => x.asked?.prompt, lateness: 'none', formula: 'prompt.tokens as drawn, and its prefix', describe: 'Length that `prompt` of the step asked for' },
  { name: 'asked_output_tokens', kind: 'distribution', source: 'attempt', unit: 'tokens', of: (x) => x.asked?.output, lateness: 'none', formula: 'maxTokens as drawn', describe: 'Length of a reply that `maxTokens` asked for, where that is not one number for all' },
  { name: 'input_of_asked', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'ratio', mayExceedOne: true, of: inputOfAsked, lateness: 'none', formula: 'input tokens ÷ (the prompt as drawn + characters ÷ 4 of the text around it)', describe: 'How far prompts are as long as asked for: 1 when exactly; first messages of a conversation alone, by usage of the target' },
  { name: 'output_of_asked', kind: 'distribution', source: 'attempt', needs: 'usage', unit: 'ratio', mayExceedOne: true, of: outputOfAsked, lateness: 'none', ofText: true, formula: 'output tokens ÷ maxTokens as drawn', describe: 'How far replies are as long as asked for: below 1 when the model ends them by itself; by usage of the target' },
  { name: 'server_queue', kind: 'distribution', source: 'attempt', needs: 'serverTimes', unit: 'ms', of: (x) => x.serverTimes?.queueMs, lateness: 'none', formula: 'as the reply or its headers tell it', describe: 'Wait in the server before it began, of replies that tell it (vLLM, Groq, TGI and others)' },
  { name: 'server_prefill', kind: 'distribution', source: 'attempt', needs: 'serverTimes', unit: 'ms', of: (x) => x.serverTimes?.prefillMs, lateness: 'none', formula: 'as the reply or its headers tell it', describe: 'Reading the prompt, in the server' },
  { name: 'server_decode', kind: 'distribution', source: 'attempt', needs: 'serverTimes', unit: 'ms', of: (x) => x.serverTimes?.decodeMs, lateness: 'none', formula: 'as the reply or its headers tell it', describe: 'Writing the reply, in the server' },
  { name: 'server_total', kind: 'distribution', source: 'attempt', needs: 'serverTimes', unit: 'ms', of: (x) => x.serverTimes?.totalMs, lateness: 'none', formula: 'as the reply or its headers tell it, else queue + prefill + decode', describe: 'The whole request, in the server' },
  { name: 'gateway_overhead', kind: 'distribution', source: 'attempt', needs: 'serverTimes', unit: 'ms', of: (x) => x.serverTimes?.overheadMs, lateness: 'none', formula: 'as the headers of the gateway tell it', describe: 'What a gateway (LiteLLM) added' },
  { name: 'network', kind: 'distribution', source: 'attempt', needs: 'serverTimes', unit: 'ms', of: network, lateness: 'raises', formula: "ttft − (the server's queue + its time to the first token); ttfb − the time in a header", describe: 'What lies between burn and the server; left out where the server tells over 2 ms more than burn saw pass' },
  { name: 'items', kind: 'distribution', source: 'attempt', unit: 'count', of: (x) => x.items, lateness: 'none', formula: 'vectors, or scores, in the reply', describe: 'How many texts a request of an embedding or rerank API had answered; a rerank API may leave out those below its top_n' },
  { name: 'real_time_factor', kind: 'distribution', source: 'attempt', unit: 'per_second', of: realTimeFactor, lateness: 'lowers', formula: 'seconds of sound ÷ service_time in seconds', describe: 'How many seconds of sound a transcription takes per second; by the WAV file that was sent, else by the length that the reply states' },
  { name: 'reply_bytes', kind: 'distribution', source: 'attempt', unit: 'bytes', of: (x) => x.bytesReceived, lateness: 'none', formula: 'bytes of the reply body on the wire', describe: 'Size of a reply, compressed or not' },
  { name: 'cost', kind: 'distribution', source: 'attempt', unit: 'currency', of: (x) => x.cost, lateness: 'none', formula: 'tokens × target.pricing', describe: 'Price of an attempt, in the currency of target.pricing' },
  { name: 'judge_score', kind: 'distribution', source: 'judge', unit: 'count', lateness: 'none', formula: 'scores of the replies in the sample', describe: 'What the judge of the scenario thinks of replies; of the whole run, after the load' },
  { name: 'errors', kind: 'share', unit: 'ratio', part: targetFailures, whole: targetAttempts, lateness: 'raises', byTimeouts: true, formula: 'failed ÷ attempts that ended or were dropped', describe: 'Connection failures included; what rateLimit of the scenario refused or dropped, and what injected faults made fail, left out on both sides; 0 ÷ 0 is not a pass', aliases: ['error_rate', 'errorRate', 'http_req_failed'] },
  { name: 'injected_failures', kind: 'share', unit: 'ratio', part: (c) => c.injectedFailed, whole: (c) => c.ok + c.failed + c.dropped, formula: 'attempts that an injected fault made fail ÷ all attempts that ended or were dropped', describe: 'What `faults` cost; with {fault=…} the share of the attempts hit by this kind that failed by it' },
  { name: 'good_share', kind: 'share', unit: 'ratio', part: (c) => countForRate(c, 'good', 'goodAfterFault'), whole: targetAttempts, lateness: 'lowers', byTimeouts: true, formula: 'attempts that met every objective ÷ attempts that ended or were dropped', describe: 'Failures and drops counted as bad' },
  { name: 'timeouts', kind: 'share', unit: 'ratio', part: (c) => c.timeouts, whole: targetAttempts, lateness: 'raises', byTimeouts: true, formula: 'attempts that failed by a time-out ÷ attempts that ended or were dropped', describe: 'Time-outs of ours, and those that the target tells of: 408, 504, gRPC 4', aliases: ['timeout_rate', 'timeoutRate'] },
  { name: 'auth_failures', kind: 'share', unit: 'ratio', part: (c) => c.authFailures, whole: targetAttempts, lateness: 'raises', byTimeouts: true, formula: 'attempts that failed for want of the right credentials ÷ attempts that ended or were dropped', describe: '401, 403, 407, gRPC 7 and 16, a refused MQTT user, a token that could not be got', aliases: ['auth_failure_rate', 'authFailureRate'] },
  { name: 'checks', kind: 'share', unit: 'ratio', part: (c) => countForRate(c, 'checksHeld', 'checksAfterFault'), whole: (c) => countForRate(c, 'checksMade', 'checksAfterFault'), lateness: 'lowers', byTimeouts: true, formula: 'checks that held ÷ checks made', describe: 'The expect lines of all steps' },
  { name: 'empty_reply', kind: 'share', unit: 'ratio', part: (c) => c.repliesEmpty, whole: (c) => c.replies, lateness: 'none', ofText: true, formula: 'ok replies to messages in which nothing was generated ÷ ok replies to messages', describe: 'The model said nothing; a tool call says something' },
  { name: 'blocked', kind: 'share', unit: 'ratio', part: (c) => c.repliesBlocked + c.failedBlocked, whole: (c) => c.replies + c.failedBlocked, lateness: 'none', ofText: true, formula: 'replies that a filter blocked or the model refused ÷ replies to messages', describe: 'By the finish reason, a refusal or the error; failed ones included' },
  { name: 'text_not_found', kind: 'share', unit: 'ratio', part: (c) => c.repliesUnread, whole: (c) => c.replies, lateness: 'none', ofText: true, formula: 'ok replies to messages whose text was not found ÷ ok replies to messages', describe: 'The usage or the body says that there was text, and none was seen' },
  { name: 'cache_hits', kind: 'share', unit: 'ratio', part: (c) => c.cachedTokens, whole: (c) => (c.repliesWithCache > 0 ? c.inputTokens : 0), lateness: 'none', formula: 'prompt tokens read from a cache ÷ prompt tokens, of ok attempts', describe: 'Share of the prompts that the target did not have to read again; unknown when no reply tells it, and one that does not counts as none of it', aliases: ['cache_hit_rate'] },
  { name: 'judge_passed', kind: 'share', unit: 'ratio', ofRun: true, part: (c) => c.judgePassed, whole: (c) => c.judgeScored, lateness: 'none', formula: 'replies with a score of judge.pass or more ÷ replies with a score', describe: 'Replies that are good enough for the judge; of the whole run, after the load' },
  { name: 'dropped', kind: 'share', unit: 'ratio', part: (c) => c.dropped, whole: (c) => c.planned, lateness: 'raises', formula: 'dropped ÷ planned', describe: 'Planned and never started', aliases: ['dropped_iterations'] },
  { name: 'failed_iterations', kind: 'share', unit: 'ratio', ofRun: true, part: (c) => c.iterationsFailed - c.iterationsInjected, whole: (c) => c.iterationsEnded - c.iterationsInjected, lateness: 'raises', byTimeouts: true, formula: 'iterations that failed ÷ iterations that ended', describe: 'Walks through the steps with a failed step, those that took too long included; those that failed by injected faults alone left out on both sides' },
  { name: 'expired_iterations', kind: 'share', unit: 'ratio', ofRun: true, part: (c) => c.iterationsExpired, whole: (c) => c.iterationsEnded, lateness: 'raises', formula: 'iterations that took too long ÷ iterations that ended', describe: 'Ended by iterationTimeout' },
  { name: 'planned', kind: 'count', unit: 'count', count: (c) => c.planned, formula: 'ok + failed + cut + dropped', describe: 'Attempts that were due' },
  { name: 'ok', kind: 'count', unit: 'count', count: (c) => c.ok, lateness: 'lowers', byTimeouts: true, formula: 'attempts with outcome ok', describe: 'Attempts that succeeded' },
  { name: 'failed', kind: 'count', unit: 'count', count: (c) => c.failed, lateness: 'raises', byTimeouts: true, formula: 'attempts with outcome failed', describe: 'Attempts that failed' },
  { name: 'cut', kind: 'count', unit: 'count', count: (c) => c.cut, lateness: 'raises', formula: 'attempts that the end of the run cut off', describe: 'Not in any latency' },
  { name: 'injected', kind: 'count', unit: 'count', count: (c) => c.injected, formula: 'attempts into which a fault was injected', describe: 'By `faults` of the scenario, those on the wire left out; {fault=…} selects one kind' },
  { name: 'skipped', kind: 'count', unit: 'count', count: (c) => c.skipped, lateness: 'raises', formula: 'steps that were not sent because an earlier one of their iteration had failed', describe: 'No attempts: in no other count or share' },
  { name: 'connections_opened', kind: 'count', unit: 'count', ofRun: true, count: (c) => c.connectionsOpened, formula: 'connections that were made', describe: 'Those made again included' },
  { name: 'connections_failed', kind: 'count', unit: 'count', ofRun: true, count: (c) => c.connectionsFailed, lateness: 'raises', formula: 'connections that could not be made', describe: 'Tries to connect that failed' },
  { name: 'connections_lost', kind: 'count', unit: 'count', ofRun: true, count: (c) => c.connectionsLost, lateness: 'raises', formula: 'connections that the peer or the network ended', describe: 'Not by our own doing, idle ones included' },
  { name: 'lost_in_flight', kind: 'count', unit: 'count', ofRun: true, count: (c) => c.lostInFlight, lateness: 'raises', formula: 'attempts under way on connections that were lost', describe: 'What lost connections took along' },
  { name: 'reconnects', kind: 'count', unit: 'count', ofRun: true, count: (c) => c.reconnects, lateness: 'raises', formula: 'lost connections made again', describe: 'Reconnections' },
  { name: 'bytes_sent', kind: 'count', unit: 'bytes', count: (c) => c.bytesSent, formula: 'bytes of all requests', describe: 'Of attempts, failed and cut ones included', aliases: ['data_sent'] },
  { name: 'bytes_received', kind: 'count', unit: 'bytes', count: (c) => c.bytesReceived, formula: 'bytes of all replies', describe: 'Of attempts, failed and cut ones included', aliases: ['data_received'] },
  { name: 'started_rate', kind: 'rate', unit: 'per_second', count: (c) => c.started, lateness: 'lowers', formula: 'attempts started ÷ window', describe: 'Offered load' },
  { name: 'completed_rate', kind: 'rate', unit: 'per_second', count: (c) => c.ok + c.failed, lateness: 'lowers', formula: '(ok + failed) ÷ window', describe: 'Attempts that ended per second' },
  { name: 'rate', kind: 'rate', unit: 'per_second', count: (c) => c.ok, lateness: 'lowers', formula: 'ok ÷ window', describe: 'Succeeded per second', aliases: ['throughput', 'qps', 'http_reqs'] },
  { name: 'goodput', kind: 'rate', unit: 'per_second', count: (c) => c.good, lateness: 'lowers', formula: 'attempts that met every objective ÷ window', describe: 'Objectives are the latency checks and thresholds of the scenario' },
  { name: 'output_token_rate', kind: 'rate', unit: 'tokens_per_second', count: (c) => c.outputTokens, isKnown: (tokens) => tokens.output !== null, lateness: 'lowers', ofText: true, formula: 'output tokens ÷ window', describe: 'Output tokens of the whole system per second: what was generated, reasoning that nobody saw included' },
  { name: 'input_token_rate', kind: 'rate', unit: 'tokens_per_second', count: (c) => c.inputTokens, isKnown: (tokens) => tokens.input !== null, lateness: 'lowers', formula: 'input tokens ÷ window', describe: 'Prompt tokens of ok attempts per second, cached ones included' },
  { name: 'item_rate', kind: 'rate', unit: 'per_second', count: (c) => c.items, isKnown: (_, counters) => counters.items > 0, lateness: 'lowers', formula: 'items ÷ window', describe: 'Texts embedded, or documents scored, per second' },
] as const satisfies readonly MetricDefinition[]

const ALL: readonly MetricDefinition[] = CATALOGUE
/** The name of a metric that has at most one value for each attempt, such as `ttft`. */
export type AttemptMetricName = Extract<(typeof CATALOGUE)[number], { readonly source: 'attempt' }>['name']
/** The definitions of the metrics that have at most one value per attempt, such as `ttft`. */
export const ATTEMPT_DISTRIBUTIONS: readonly (AttemptDistribution & { readonly name: AttemptMetricName })[] = CATALOGUE.filter(
  (metric) => metric.kind === 'distribution' && metric.source === 'attempt',
)
/** The definitions of the metrics that can have many values per attempt, such as `itl`, the gaps between the tokens of a reply. */
export const POOLED_DISTRIBUTIONS = ALL.filter((metric) => metric.kind === 'distribution' && metric.source === 'pooled')
/** The definitions of the metrics that are measured on connections instead of attempts. */
export const CONNECTION_DISTRIBUTIONS = ALL.filter((metric) => metric.kind === 'distribution' && metric.source === 'connection')
/** The definitions of the metrics that are computed from counters: fractions (such as the error rate), counts and rates per second. */
export const COUNTED_METRICS = ALL.filter((metric) => metric.kind !== 'distribution')

const BY_NAME = new Map([...ALL, ...WHOLE_RUN_METRICS].map((metric) => [metric.name, metric]))

/** Returns the definition of the metric that burn calls `name`; undefined for any other name. Names from other programs (aliases) are not found. */
export function findMetric(name: string): MetricDefinition | undefined {
  return BY_NAME.get(name)
}

/** Returns burn's names of all metrics, which error messages list or suggest when a threshold names an unknown metric. */
export function metricNames(): string[] {
  return [...BY_NAME.keys()]
}

/** Returns burn's name for a metric that other programs call `alias`; undefined when no metric has this alias. */
export function metricForAlias(alias: string): string | undefined {
  return ALL.find(({ aliases = [] }) => aliases.includes(alias))?.name
}

/**
 * Returns the value of a share (fraction), count or rate, computed from `counters`. A rate is per second of `windowMs`. Null for a division by zero.
 */
export function countedValue(metric: CountedMetric, counters: Counters, windowMs: number): number | null {
  if (metric.kind === 'count') return metric.count(counters)
  if (metric.kind === 'rate') return windowMs > 0 ? (metric.count(counters) * 1000) / windowMs : null
  const whole = metric.whole(counters)
  return whole > 0 ? metric.part(counters) / whole : null
}
