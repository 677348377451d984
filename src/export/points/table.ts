/**
 * The definitions of all exported metrics: name, unit, description, and how each is computed. All formats and the docs read them. Names are
 * OpenTelemetry's where it has one.
 * @see https://opentelemetry.io/docs/specs/semconv/
 */
import type { Result } from '../../result/schema.ts'
import { checks, durations, failures, ofModel, thresholds } from './lists.ts'
import type { ExportRow } from './point.ts'
import { listed, metricByStep, single, split, splitByStep, spread, spreadByStep } from './sources.ts'

const sum = (name: string, unit: string, from: string, describe: string, of: ExportRow['of']): ExportRow => ({
  name,
  unit,
  kind: 'sum',
  from,
  describe,
  of,
  bounds: [],
})
const gauge = (name: string, unit: string, from: string, describe: string, of: ExportRow['of']): ExportRow => ({
  name,
  unit,
  kind: 'gauge',
  from,
  describe,
  of,
  bounds: [],
})
const histogram = (
  name: string,
  unit: string,
  bounds: readonly number[],
  from: string,
  describe: string,
  of: ExportRow['of'],
): ExportRow => ({
  name,
  unit,
  kind: 'histogram',
  from,
  describe,
  of,
  bounds,
})
const metric = (name: string, unit: string, bounds: readonly number[], from: string, describe: string): ExportRow =>
  histogram(name, unit, bounds, from, describe, metricByStep(from))

/** Upper bounds of histogram buckets in s: burn's own (TIMES), those that OpenTelemetry's HTTP conventions advise, and those for generative AI. */
const TIMES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
const HTTP_TIMES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const AI_TIMES = Array.from({ length: 14 }, (_, i) => 2 ** i / 100)
const TOKENS = Array.from({ length: 14 }, (_, i) => 4 ** i)
const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
const SIZES = Array.from({ length: 12 }, (_, i) => 64 * 4 ** i)
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 4]
const PRICES = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

/** Returns the last second of the timeline while the run lasts. After the run, no user is active and nothing is in flight. */
const atLast = ({ status, timeline }: Result) => (status === 'running' ? timeline.at(-1) : { users: 0, inFlight: 0 })
const once = (of: (result: Result) => boolean) => single((result) => (result.status === 'running' ? null : Number(of(result))))

// biome-ignore format: a table is read line by line
/** The definitions of all metrics that burn sends to monitoring systems, such as Prometheus and StatsD, in the order of the docs. */
export const EXPORTED: readonly ExportRow[] = [
  sum('burn.attempts', '{attempt}', 'steps[].counts', 'Attempts that have ended or were dropped, by step and outcome', splitByStep('burn.outcome', ({ counts: { ok, failed, cut, dropped } }) => ({ ok, failed, cut, dropped }))),
  sum('burn.failures', '{failure}', 'errors[]', 'Failed attempts by step and class, those of setup and teardown included', failures),
  sum('burn.checks', '{check}', 'steps[].checks', 'Checks of replies that held and that did not, by step', checks),
  sum('burn.tokens', '{token}', 'steps[].tokens', 'Tokens of attempts that were ok; cached_input is part of input, reasoning of output', splitByStep('burn.token.type', ({ tokens }) => ({ input: tokens.input, cached_input: tokens.cachedInput, output: tokens.output, reasoning: tokens.reasoning }))),
  sum('burn.io', 'By', 'steps[].bytesSent, bytesReceived', 'Bytes of requests and replies by step', splitByStep('network.io.direction', ({ bytesSent, bytesReceived }) => ({ transmit: bytesSent, receive: bytesReceived }))),
  sum('burn.iterations', '{iteration}', 'iterations', 'Iterations by how they ended, warm-ups included', split('burn.outcome', ({ iterations: { completed, failed, cut, dropped } }) => ({ completed, failed, cut, dropped }))),
  sum('burn.arrivals.planned', '{iteration}', 'generator.plannedArrivals', 'Iterations that were due', single(({ generator }) => generator.plannedArrivals)),
  sum('burn.arrivals.started', '{iteration}', 'generator.startedArrivals', 'Iterations that were started', single(({ generator }) => generator.startedArrivals)),
  sum('burn.cost', '{currency}', 'cost.priced', 'Cost of the calls whose price is known', single(({ cost }) => cost?.priced)),
  sum('burn.energy', 'J', 'energy.joules', 'Energy of the GPUs that are observed', single(({ energy }) => energy?.joules)),
  sum('burn.connections', '{connection}', 'connectionMetrics', 'Connections that were tried, by outcome', split('burn.outcome', ({ connectionMetrics }) => ({ ok: connectionMetrics.successfulConnections, failed: connectionMetrics.failedConnections }))),
  sum('burn.connections.lost', '{connection}', 'connectionMetrics.lostConnections', 'Connections that the peer or the network ended', single(({ connectionMetrics }) => connectionMetrics.lostConnections)),
  gauge('burn.connections.open', '{connection}', 'connectionMetrics.openConnections', 'Connections that are open', single(({ connectionMetrics }) => connectionMetrics.openConnections)),
  gauge('burn.sessions.active', '{session}', 'timeline[].users', 'Busy users in the last second', single((result) => atLast(result)?.users)),
  gauge('burn.attempts.active', '{attempt}', 'timeline[].inFlight', 'Attempts in flight in the last second, the mean over time', single((result) => atLast(result)?.inFlight)),
  gauge('burn.thresholds.value', '', 'thresholds[].observed', 'What a threshold observes, in its own unit (ms for times)', listed(thresholds(({ observed }) => observed))),
  gauge('burn.thresholds.ok', '', 'thresholds[].state', '1 for a threshold that holds, 0 for one that does not', listed(thresholds(({ state }) => (state === 'skipped' ? null : Number(state === 'passed'))))),
  gauge('burn.run.duration', 's', 'durationMs', 'How long the run has lasted', single(({ durationMs }) => durationMs / 1000)),
  gauge('burn.run.passed', '', 'verdict', '1 for a run that has passed, 0 for one that has not; nothing while it goes on', once(({ verdict }) => verdict === 'passed')),
  gauge('burn.run.valid', '', 'validity.state', '0 for a run whose numbers must not be used, as the generator could not measure it', once(({ validity }) => validity.state !== 'invalid')),
  gauge('burn.generator.event_loop.utilization', '1', 'generator.loopUtilization', 'Share of the time in which the event loop of burn was busy', single(({ generator }) => generator.loopUtilization)),
  gauge('burn.generator.cpu.usage', '{cpu}', 'generator.cpuShare', 'CPU seconds of burn per second', single(({ generator }) => generator.cpuShare)),
  gauge('burn.generator.memory.usage', 'By', 'generator.maxRssBytes', 'Largest memory of burn', single(({ generator }) => generator.maxRssBytes)),
  histogram('burn.dispatch.lag', 's', TIMES, 'generator.lag', 'How late burn itself started what was due', spread(({ generator }) => generator.lag)),
  metric('burn.response_time', 's', TIMES, 'response_time', 'From when an attempt was due to its end'),
  metric('burn.service_time', 's', TIMES, 'service_time', 'From when an attempt was sent to its end'),
  histogram('burn.failed.service_time', 's', TIMES, 'failedServiceTime', 'service_time of failed attempts', spreadByStep(() => [{ attributes: {}, of: ({ failedServiceTime }) => failedServiceTime }])),
  metric('burn.start_delay', 's', TIMES, 'start_delay', 'From when an attempt was due until it was sent'),
  metric('burn.queue_wait', 's', TIMES, 'queue_wait', 'Wait of an arrival for a free user'),
  metric('burn.ttfb', 's', TIMES, 'ttfb', 'Time to first byte'),
  metric('burn.ttft', 's', TIMES, 'ttft', 'Time to first token'),
  metric('burn.ttfo', 's', TIMES, 'ttfo', 'Time to first token that is not reasoning'),
  metric('burn.ttft_cold', 's', TIMES, 'ttft_cold', 'Time to first token of prompts that the target had to read itself'),
  metric('burn.ttft_warm', 's', TIMES, 'ttft_warm', 'Time to first token of prompts of which at least half came from a cache'),
  metric('burn.itl', 's', TIMES, 'itl', 'Gaps between neighbouring generated frames'),
  metric('burn.stall', 's', TIMES, 'stall', 'The longest gap of a reply'),
  metric('burn.tpot', 's', TIMES, 'tpot', 'Time per output token'),
  metric('burn.e2e', 's', TIMES, 'e2e', 'From when an attempt was sent to its last token'),
  metric('burn.server.queue', 's', TIMES, 'server_queue', 'Wait in the server, as replies tell it'),
  metric('burn.server.prefill', 's', TIMES, 'server_prefill', 'Reading the prompt in the server, as replies tell it'),
  metric('burn.server.decode', 's', TIMES, 'server_decode', 'Writing the reply in the server, as replies tell it'),
  metric('burn.server.total', 's', TIMES, 'server_total', 'The whole request in the server, as replies tell it'),
  metric('burn.gateway.overhead', 's', TIMES, 'gateway_overhead', 'What a gateway added, as its headers tell it'),
  metric('burn.network', 's', TIMES, 'network', 'What lies between burn and the server'),
  metric('burn.tokens_per_second', '{token}/s', SPEEDS, 'tokens_per_second', 'Output speed that one user sees'),
  metric('burn.input_tokens', '{token}', TOKENS, 'input_tokens', 'Prompt tokens of an attempt'),
  metric('burn.output_tokens', '{token}', TOKENS, 'output_tokens', 'Generated tokens of an attempt'),
  metric('burn.reasoning_tokens', '{token}', TOKENS, 'reasoning_tokens', 'Generated tokens of an attempt that are reasoning'),
  metric('burn.cached_tokens', '{token}', TOKENS, 'cached_tokens', 'Prompt tokens of an attempt that were read from a cache'),
  metric('burn.asked_input_tokens', '{token}', TOKENS, 'asked_input_tokens', 'Length of a prompt that the scenario asked for'),
  metric('burn.asked_output_tokens', '{token}', TOKENS, 'asked_output_tokens', 'Length of a reply that the scenario asked for'),
  metric('burn.input_of_asked', '1', SHARES, 'input_of_asked', 'Input tokens of an attempt ÷ those asked for'),
  metric('burn.output_of_asked', '1', SHARES, 'output_of_asked', 'Output tokens of an attempt ÷ those asked for'),
  metric('burn.items', '{item}', TOKENS, 'items', 'Vectors, or scores, in a reply of an embedding or rerank API'),
  metric('burn.real_time_factor', '1', SPEEDS, 'real_time_factor', 'Seconds of sound that a transcription takes per second'),
  metric('burn.reply_bytes', 'By', SIZES, 'reply_bytes', 'Size of a reply on the wire'),
  metric('burn.attempt.cost', '{currency}', PRICES, 'cost', 'Price of an attempt'),
  histogram('burn.connect_time', 's', TIMES, 'connect_time', 'How long a new connection took', spread(({ connectionMetrics }) => connectionMetrics.connectTime)),
  histogram('burn.tls_time', 's', TIMES, 'tls_time', 'How long TLS took on a new connection', spread(({ connectionMetrics }) => connectionMetrics.tlsTime)),
  histogram('burn.handshake_time', 's', TIMES, 'handshake_time', "How long the protocol's own handshake took", spread(({ connectionMetrics }) => connectionMetrics.handshakeTime)),
  histogram('burn.recovery_time', 's', TIMES, 'recovery_time', 'How long a lost connection was down', spread(({ connectionMetrics }) => connectionMetrics.recoveryTime)),
  histogram('http.client.request.duration', 's', HTTP_TIMES, 'service_time, failedServiceTime', 'Duration of HTTP requests; failed ones have error.type', durations(({ http }) => http)),
  histogram('gen_ai.client.operation.duration', 's', AI_TIMES, 'service_time, failedServiceTime', 'Duration of calls of a model; failed ones have error.type', durations(({ genAi }) => genAi)),
  histogram('gen_ai.client.operation.time_to_first_chunk', 's', AI_TIMES, 'ttfb', 'Time to the first chunk of a streamed reply', ofModel({ ttfb: {} }, true)),
  histogram('gen_ai.client.operation.time_per_output_chunk', 's', AI_TIMES, 'itl', 'Time between two chunks of a streamed reply', ofModel({ itl: {} }, true)),
  histogram('gen_ai.client.token.usage', '{token}', TOKENS, 'input_tokens, output_tokens', 'Tokens of a call of a model', ofModel({ input_tokens: { 'gen_ai.token.type': 'input' }, output_tokens: { 'gen_ai.token.type': 'output' } })),
]
