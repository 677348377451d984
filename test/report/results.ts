/** Five results that every report must print well: empty, fine, threshold failed, all errors, huge. */

import { Histogram } from '../../src/metrics/histogram/histogram.ts'
import { EMPTY_RESULT, NO_METRICS } from '../../src/result/empty.ts'
import type {
  Counts,
  Distribution,
  ErrorGroup,
  GroupMetrics,
  MetricUnit,
  PhaseMetrics,
  Result,
  StepMetrics,
  ThresholdResult,
  TimelineRow,
} from '../../src/result/schema.ts'

/** Starts with a control sequence, and has what breaks XML, Markdown, tables and terminals. */
export const HOSTILE = '\x1b[2J\x1b]0;owned\x07<b>"&\'`|\r\n]]>\u0000\u009b\u202e{{x}} 日本語の長い名前 👩‍👩‍👧 \ud800 %::error::'

/** One sample at each end, all others in the middle. */
function histogramOf(unit: MetricUnit, count: number, [min, middle, max]: readonly [number, number, number]): string {
  const histogram = new Histogram(unit)
  for (const end of [max, min].slice(0, count)) histogram.record(end)
  const block = new Histogram(unit)
  block.record(middle)
  for (let rest = Math.max(0, count - 2); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) histogram.merge(block)
    block.merge(block)
  }
  return histogram.encode()
}

/** Bounds 2 % below and 5 % above each percentile, from the number of samples on that certifies it. */
function certified(values: readonly (readonly [name: string, value: number, from: number])[], count: number) {
  const known = values.filter(([, , from]) => count >= from)
  const bounds = Object.fromEntries(known.map(([name, value]) => [name, { low: value * 0.98, high: value * 1.05 }]))
  return known.length === 0 ? {} : { bounds }
}

export function distribution(p50: number, p95: number, p99: number, count = 1200, unit: MetricUnit = 'ms'): Distribution {
  const few = [...(count * 0.05 < 10 ? ['p95'] : []), ...(count * 0.01 < 10 ? ['p99'] : [])]
  const percentiles = { p50, p75: (p50 + p95) / 2, p90: (p50 + p95) / 2, p95, p99, 'p99.9': p99 * 1.1 }
  return {
    unit,
    count,
    min: p50 / 2,
    max: p99 * 1.2,
    mean: p50 * 1.1,
    percentiles,
    fewSamples: few,
    ...certified(
      [
        ['p50', p50, 11],
        ['p95', p95, 130],
        ['p99', p99, 662],
      ],
      count,
    ),
    leftOut: 0,
    histogram: histogramOf(unit, count, [p50 / 2, p50, p99 * 1.2]),
  }
}

export function counts(ok: number, failed = 0, cut = 0, dropped = 0): Counts {
  return { planned: ok + failed + cut + dropped, started: ok + failed + cut, ok, failed, cut, dropped }
}

export function slice(of: Counts, distributions: Record<string, Distribution> = {}, windowMs = 60_000): GroupMetrics {
  const ended = of.ok + of.failed + of.dropped
  return {
    ...NO_METRICS,
    counts: of,
    windowMs,
    values: {
      rate: (of.ok * 1000) / windowMs,
      started_rate: (of.started * 1000) / windowMs,
      errors: ended === 0 ? null : of.failed / ended,
    },
    distributions,
    bytesSent: of.started * 100,
    bytesReceived: of.ok * 2000,
  }
}

export function step(name: string, base: GroupMetrics, checks: StepMetrics['checks'] = []): StepMetrics {
  return { ...base, name, kind: 'message', checks }
}

export function threshold(text: string, over: Partial<ThresholdResult> = {}): ThresholdResult {
  return {
    threshold: text,
    state: 'passed',
    severity: 'fail',
    observed: 412.5,
    limit: 800,
    unit: 'ms',
    samples: 1200,
    fewSamples: false,
    ...over,
  }
}

export function errorGroup(over: Partial<ErrorGroup>): ErrorGroup {
  return {
    class: 'http_status',
    phase: 'headers',
    step: 'open',
    fingerprint: 'status <n>',
    sample: 'status 503: upstream',
    count: 1,
    firstMs: 0,
    lastMs: 1,
    hint: '',
    ...over,
  }
}

/** One row of the time line. */
function second(at: number, p95: number): TimelineRow {
  const latencies = { response_time: { p50: p95 / 2, p95, max: p95 * 2 } }
  const ended = { started: 20, ok: 20, failed: 0, cut: 0, dropped: 0 }
  return {
    atMs: 10_000 + at * 10_000,
    lengthMs: 10_000,
    phase: 'main',
    ...ended,
    users: 100,
    inFlight: 10 + at,
    peakInFlight: 10 + at,
    outputTokens: 15_230,
    latencies,
  }
}

const phase = (base: GroupMetrics): PhaseMetrics => ({
  ...base,
  name: 'main',
  load: '20/s for 1m, at most 100 users',
  shape: 'constant-arrival-rate',
  warmup: false,
  startMs: 10_000,
})

/** A result with nothing in it: zero requests. */
export const empty: Result = {
  ...EMPTY_RESULT,
  runId: '0198c0de-0000-7000-8000-000000000001',
  status: 'completed',
  verdict: 'could_not_test',
  reason: 'no request was made',
  exitCode: 3,
  exitCodes: [3],
  scenarioName: 'support-chat',
  scenarioFile: 'scenarios/support-chat.yaml',
  scenarioHash: 'a'.repeat(64),
  seed: '42',
  environment: { burn: '0.1.0', node: 'v24.1.0', os: 'linux x64', cpus: 8, hostname: 'loadbox' },
  target: [
    {
      name: 'default',
      url: 'http://127.0.0.1:4010/v1/chat/completions',
      protocol: 'http',
      dialect: 'openai-chat',
      insecureTls: false,
    },
  ],
  startTime: 1_700_000_000_000,
  endTime: 1_700_000_070_000,
  durationMs: 70_000,
  windowMs: 60_000,
  validity: { state: 'ok', reasons: [] },
  total: slice(counts(0)),
  generator: {
    ...EMPTY_RESULT.generator,
    loopDelay: { p50: 0.1, p99: 0.9, max: 4 },
    loopUtilization: 0.01,
    cpuShare: 0.02,
    maxRssBytes: 90_000_000,
    gcPauseMs: 1,
  },
  files: [{ path: 'result.json', holds: 'this result' }],
}

const chat = {
  response_time: distribution(820, 1900, 2400),
  service_time: distribution(815, 1890, 2390),
  ttft: distribution(180, 412.5, 640),
  tpot: distribution(12.4, 18.2, 25),
  itl: distribution(12, 31, 55, 90_000),
  output_tokens: distribution(70, 120, 128, 1200, 'tokens'),
}
const fineTokens = { input: 45_000, cachedInput: 1200, output: 91_380, reasoning: null, sources: { usage: 1200 } }
const fineTotal: GroupMetrics = { ...slice(counts(1200), chat), tokens: fineTokens }

/** All well, with tokens, a warm-up and two steps. */
export const fine: Result = {
  ...empty,
  verdict: 'passed',
  reason: 'all 2 thresholds met',
  exitCode: 0,
  exitCodes: [0],
  totalMessages: 1200,
  successfulMessages: 1200,
  averageLatencyMs: 902,
  p95LatencyMs: 1900,
  p99LatencyMs: 2400,
  throughputQps: 20,
  errorRate: 0,
  thresholds: [
    threshold('errors ratio < 1%', { observed: 0, limit: 0.01, unit: 'ratio' }),
    threshold('ttft p95 < 800ms', { bounds: { low: 404, high: 433 }, confidence: 0.99 }),
  ],
  iterations: { planned: 650, completed: 649, failed: 1, expired: 0, faulted: 0, cut: 0, dropped: 0 },
  total: { ...fineTotal, values: { ...fineTotal.values, output_token_rate: 1523, goodput: 19.2 } },
  warmup: slice(counts(50, 1), chat, 10_000),
  steps: [
    step('open', slice(counts(600), chat), [{ check: 'status 200', passed: 600, failed: 0, samples: [] }]),
    step(
      'follow-up',
      slice(counts(600), {
        ...chat,
        response_time: distribution(640, 1500, 1800, 600),
        service_time: distribution(638, 1490, 1790, 600),
      }),
      [],
    ),
  ],
  phases: [phase(slice(counts(1200), chat))],
  timeline: [700, 820, 1900, 2400, 900, 640].map((p95, at) => second(at, p95)),
  generator: { ...empty.generator, lag: distribution(0.3, 0.9, 1.8), loopUtilization: 0.31, cpuShare: 0.42 },
  files: [
    { path: 'result.json', holds: 'this result' },
    { path: 'sessions.jsonl', holds: 'conversation journal' },
  ],
}

/** One threshold broken, one without samples, one that warns; waiting before the send; doubtful measurement. */
export const thresholdFailed: Result = {
  ...fine,
  verdict: 'failed',
  reason: 'threshold ttft p95 < 300ms: observed 412ms',
  exitCode: 1,
  exitCodes: [1],
  totalMessages: 1210,
  failedMessages: 6,
  averageLatencyMs: 990,
  p95LatencyMs: 2900,
  p99LatencyMs: 4100,
  errorRate: 6 / 1207,
  thresholds: [
    threshold('errors ratio < 1%', { observed: 0.005, limit: 0.01, unit: 'ratio' }),
    threshold('ttft p95 < 300ms', {
      state: 'failed',
      limit: 300,
      reason: '412ms is above 300ms',
      worstWindow: { fromMs: 30_000, toMs: 40_000 },
    }),
    threshold('response_time{step=never} p99 < 3s', {
      state: 'no_samples',
      observed: null,
      limit: 3000,
      samples: 0,
      reason: 'no samples: is the step ever reached?',
    }),
    threshold('response_time p99 < 2s', {
      state: 'failed',
      severity: 'warn',
      observed: 4100,
      limit: 2000,
      samples: 120,
      fewSamples: true,
    }),
    threshold('goodput > 10/s', {
      state: 'skipped',
      observed: null,
      limit: 10,
      unit: 'per_second',
      samples: 0,
      reason: 'the run was too short',
    }),
  ],
  errors: [
    errorGroup({
      count: 4,
      sample: 'status 503: upstream connect error',
      hint: 'read the message; `burn ping` shows the whole exchange',
      firstMs: 12_000,
      lastMs: 58_000,
    }),
    errorGroup({
      class: 'check_failed',
      phase: 'check',
      count: 2,
      sample: 'expected "order" in the reply',
      hint: 'the reply came, but was not what `expect` asks for',
    }),
  ],
  validity: {
    state: 'degraded',
    reasons: [
      { level: 'degraded', code: 'lag', message: 'lag p99 was 7.1ms', hint: 'use more workers, or a machine with more cores' },
    ],
  },
  iterations: { planned: 655, completed: 645, failed: 6, expired: 2, faulted: 1, cut: 3, dropped: 1 },
  retries: { attempts: 9, exchanges: 1201, firstOk: 1192, afterRetryOk: 8, longestWaitMs: 2000, longestAskedMs: 30_000 },
  total: { ...slice(counts(1200, 6, 3, 1), { ...chat, response_time: distribution(900, 2900, 4100) }), tokens: fineTokens },
  steps: [
    step('open', slice(counts(600, 6, 3, 1), { ...chat, response_time: distribution(900, 2900, 4100, 600) }), [
      { check: 'status 200', passed: 600, failed: 4, samples: ['503', '503'] },
      { check: 'contains order', passed: 598, failed: 2, samples: ['Sorry'] },
      { check: 'ttft < 1s', passed: 0, failed: 0, samples: [] },
    ]),
    step('follow-up', slice(counts(600), chat)),
  ],
  connectionMetrics: {
    ...empty.connectionMetrics,
    totalConnections: 52,
    successfulConnections: 50,
    failedConnections: 2,
    reconnectionCount: 1,
    lostConnections: 2,
    lostInFlight: 1,
    maxOpenConnections: 50,
    averageConnectionTime: 3.4,
    connectTime: distribution(3, 6.2, 9.9, 50),
    tlsTime: distribution(2, 4.1, 7.5, 50),
    recoveryTime: distribution(120, 120, 120, 2),
    bytesSent: 121_000,
    bytesReceived: 2_400_000,
  },
}

/** Nothing went well. */
export const allErrors: Result = {
  ...empty,
  reason: 'nothing succeeded: 300 of 300 attempts failed (refused)',
  exitCodes: [3, 1],
  totalMessages: 300,
  failedMessages: 300,
  errorRate: 1,
  thresholds: [
    threshold('errors ratio < 1%', { state: 'failed', observed: 1, limit: 0.01, unit: 'ratio', samples: 300 }),
    threshold('ttft p95 < 800ms', { state: 'no_samples', observed: null, samples: 0 }),
  ],
  errors: [
    errorGroup({
      class: 'refused',
      phase: 'connect',
      count: 300,
      sample: 'connect ECONNREFUSED 127.0.0.1:4010',
      hint: 'nothing listens there: is the target up, and the port right?',
    }),
  ],
  total: slice(counts(0, 300)),
  steps: [step('open', slice(counts(0, 300)), [{ check: 'status 200', passed: 0, failed: 0, samples: [] }])],
  connectionMetrics: { ...empty.connectionMetrics, totalConnections: 300, failedConnections: 300 },
}

const hugeStep = (i: number) =>
  step(
    i === 0 ? HOSTILE : `step-${i} with a rather long name that goes on`,
    slice(counts(1_000_000 + i, i), { ...chat, response_time: distribution(820 + i, 61_900, 3_600_000, 1_000_000 + i) }),
    [
      { check: i === 0 ? HOSTILE : 'status 200', passed: 10, failed: i % 7, samples: i === 0 ? [HOSTILE] : ['503'] },
      { check: 'status 200', passed: 10, failed: 0, samples: [] },
    ],
  )

/** 60 steps, 40 thresholds, 30 kinds of error, and texts that want to break out. */
export const huge: Result = {
  ...thresholdFailed,
  verdict: 'invalid',
  reason: `the generator was the bottleneck ${HOSTILE.repeat(5)}`,
  exitCode: 4,
  exitCodes: [4, 1],
  scenarioName: HOSTILE,
  target: [
    { name: 'a', url: `http://[::1]:1/${HOSTILE}`, protocol: 'http', dialect: HOSTILE, insecureTls: true },
    { name: 'b', url: 'http://b', protocol: 'http', dialect: null, insecureTls: false },
  ],
  validity: {
    state: 'invalid',
    reasons: ['lag', 'event_loop', 'cpu', 'dropped', 'local_ports', 'stall'].map((code) => ({
      level: 'invalid',
      code,
      message: `${code} ${HOSTILE}`,
      hint: `look at ${code}`,
    })),
  },
  thresholds: Array.from({ length: 40 }, (_, i) =>
    threshold(`response_time{step=step-${i}} p99 < ${i}s${i < 2 ? HOSTILE : ''}`, {
      state: i % 2 ? 'failed' : 'passed',
      limit: i * 1000,
    }),
  ),
  errors: Array.from({ length: 30 }, (_, i) =>
    errorGroup({
      class: i === 3 ? HOSTILE : `class_${i}`,
      step: HOSTILE,
      sample: `${HOSTILE} ${'x'.repeat(5000)}`,
      count: 1_000_000 * (30 - i),
      hint: HOSTILE,
    }),
  ),
  steps: Array.from({ length: 60 }, (_, i) => hugeStep(i)),
  warnings: { bad_utf8: 12_345, [HOSTILE]: 3 },
  conversationWindow: { trimmedTurns: 1200, trimmedRequests: 400, estimator: 'characters ÷ 4' },
  notes: Array.from({ length: 20 }, (_, i) => `note ${i} ${HOSTILE}`),
  files: Array.from({ length: 12 }, (_, i) => ({ path: `reports/file-${i}.html`, holds: HOSTILE })),
}

export const RESULTS = { empty, fine, thresholdFailed, allErrors, huge }
