/** A result that has every key of the schema. */
import type { Result } from '../../src/result/schema.ts'
import { distribution, fine, threshold, thresholdFailed } from '../report/results.ts'

const checks: Result['steps'][number]['checks'] = [{ check: 'status 200', countOnly: true, passed: 1, failed: 0, samples: [] }]
const counted = { counters: { ok: 9, skipped: 1, cutBeforeFirstToken: 1 }, countersAfterLoad: { ok: 1 } }
const whole = {
  ...fine.total,
  ...counted,
  censored: { ttft: 1 },
  gapsTogether: 2,
  serverTimes: { vLLM: 3 },
  failedServiceTime: distribution(1, 2, 3),
}
const tainted = { ok: 1, failed: 0, cut: 0, distributions: { ttft: distribution(1, 2, 3) } }
const group = { ...whole, counts: { ...whole.counts, skipped: 1 }, tainted }
const limits = { limitRequests: 1, minRemainingRequests: 1, limitTokens: 1, minRemainingTokens: 1 }
const times = { connectTime: distribution(1, 2, 3), tlsTime: distribution(1, 2, 3), handshakeTime: distribution(1, 2, 3) }

const arrivals: NonNullable<Result['phases'][number]['arrivals']> = {
  ...{ process: 'poisson', due: 3, started: 3, startedInPhase: 3, waited: 0, plannedPerSecond: 1, achievedPerSecond: 1, gaps: 3 },
  deviation: distribution(1, 2, 3),
  variation: { planned: 1, timetable: 1, achieved: 1 },
  distance: { timetable: 0.1, achieved: 0.1, critical: 1.628 / Math.sqrt(3) },
}

const qualityParts = {
  measures: { overall: { count: 1, mean: 1, p5: 1, p50: 1, p95: 1 } },
  flags: { stuck: { flagged: 0, of: 1 } },
}

const bucket = { value: 1, from: 0, to: 2 }

const SHARE = { part: 1, whole: 2, low: 0.1, high: 0.9 }

/** A few values as their ends and mean. */
const LOOKS = { count: 1, min: 1, mean: 1, max: 1, p95: 1 }

const { generator, total } = fine
const sparse = { histogram: distribution(1, 2, 3).histogram, min: 1, max: 3, sumSteps: 6000 }
const bins = { measured: 1, measures: { overall: { bins: [100, 1], sum: 1 } }, flags: { stuck: { flagged: 0, of: 1 } } }
const shardData: NonNullable<Result['shardData']> = {
  parts: [
    {
      ...{ index: 0, of: 2, hostname: 'ci-1', startTime: 1_700_000_000_000, lateMs: 3, durationMs: 1000 },
      ...{
        counts: { ...total.counts, skipped: 1 },
        generator: { ...generator, throttledMs: 1 },
        phases: [{ name: 'load', warmup: false, arrivals }],
      },
      ...{ bounds: { lagP99Ms: 10 }, counters: { iterationsEnded: 9 }, localFailures: { local_fd: 1 } },
      ...{ textless: ['open'], unread: [{ step: 'open', count: 1, of: 2, what: 'x' }], unasked: 0 },
      ...{ droppedAtStop: 0, droppedBehind: 0, leftAtLimit: 0, plannedGapMs: 1, closedMedians: { ttft: 1 }, interrupted: false },
    },
  ],
  counters: { ok: 9 },
  seconds: [{ counts: { ok: 9 }, latencies: { ttft: sparse } }],
  thresholds: [
    {
      ...{ text: 'ttft p95 < 1s', windowMs: 1000, abort: true, afterMs: 0, minSamples: 1, aborted: true, uncertainty: 0.01 },
      ...{ onMissing: 'fail', severity: 'fail', group },
      intervals: [{ toMs: 1000, counters: { ok: 9 }, samples: sparse }],
      measure: { observed: 1, samples: 1, fewSamples: false },
    },
  ],
  loads: ['5 users, for 10s'],
  textSteps: ['open'],
  quality: { all: bins, steps: { open: bins } },
  judgeScores: [{ score: 3, isGood: true, criterion: 'tone' }],
}

/** A result that has every key there is. */
export const FULL = {
  ...fine,
  shardData,
  labels: { team: 'a' },
  notes: ['TLS checks are off'],
  shard: { index: 0, of: 2, run: 'nightly' },
  shards: {
    of: 2,
    merged: [{ index: 0, hostname: 'ci-1', startTime: 1_700_000_000_000, lateMs: 3, planned: 9 }],
    missing: [1],
  },
  target: fine.target.map((one) => ({
    ...one,
    client: 'burn' as const,
    proxy: 'http://127.0.0.1:3128',
    builds: { server: ['x'] },
    rateLimits: {
      replies: 1,
      ...limits,
      limited: 0,
      maxRetryAfterMs: 1,
      minRemainingInputTokens: 1,
      minRemainingOutputTokens: 1,
      lostMs: 1,
    },
    breaker: {
      ...{ state: 'closed' as const, opened: 1, held: 1, heldMs: 1 },
      transitions: [{ atMs: 1, state: 'open' as const, failed: 1, ended: 1 }],
    },
    limiter: {
      ...{ granted: 2, waited: 1, gaveUp: 0, dropped: 0, refused: 0, tokensEstimated: 5, tokensUsed: 4 },
      waitTime: distribution(1, 2, 3),
    },
  })),
  outline: [{ depth: 0, kind: 'flow', text: 'buy', weight: 1 }],
  blocks: [
    {
      ...{ atMs: 0, lengthMs: 1000, ok: 1, failed: 0, dropped: 0, timeouts: 0, checksHeld: 1, checksMade: 1, outputTokens: 3 },
      ...{ okAfterFault: 1, checksAfterFault: 1 },
      histograms: { ttft: distribution(1, 2, 3).histogram },
    },
  ],
  timeline: fine.timeline.map((row) => ({ ...row, lagMs: 0.4, injected: 1, refused: 1 })),
  anomalies: {
    failed: 0,
    slow: 0,
    repeated: 0,
    stalled: 0,
    empty: 0,
    costly: 0,
    loops: 0,
    truncated: 0,
    refusals: 0,
    bursts: 0,
    drifts: 0,
  },
  anomalyGroups: [
    {
      ...{ kind: 'slow' as const, step: 'open', metric: 'ttft', unit: 'ms' as const, count: 1, median: 1, limit: 2, samples: 20 },
      worst: [{ value: 3, user: 0, iteration: 0, attempt: 1, endedAtMs: 5 }],
    },
  ],
  bands: [{ name: 'fast', untilMs: 5000, count: 9, share: 1 }],
  baseline: {
    ...{ mode: 'stored', verdict: 'SAME', reason: 'x', units: 10, alpha: 0.01, runNoise: 0.03, seed: '7', warnings: ['x'] },
    judge: {
      ...{
        model: 'm',
        rubric: 'x',
        taskHash: 'x',
        asked: 4,
        remembered: 1,
        unreadable: 0,
        failed: 0,
        failures: { timeout: 0 },
        stopped: null,
      },
      ...{ why: null, cost: null, currency: null, unpriced: 0, pairs: 2, sampled: 2, compared: 2, wins: 1, losses: 0, ties: 1 },
      ...{ inconsistent: 0, winRate: SHARE, chance: 1, first: SHARE, wordsMore: 3 },
      agreement: { same: 2, of: 2, kappa: null },
    },
    a: { name: 'base', runId: 'a', attempts: 9, injected: 1, verdict: 'passed', startTime: 1, durationMs: 1 },
    b: { name: 'new', runId: 'b', attempts: 9, injected: 1, verdict: 'passed', startTime: 1, durationMs: 1 },
    values: [
      {
        ...{
          metric: 'ttft p50',
          unit: 'ms',
          gate: true,
          a: 1,
          b: 1,
          change: 0,
          low: -0.01,
          high: 0.01,
          tolerance: 0.1,
          delta: 0,
        },
        ...{ verdict: 'UNCLEAR', timesMore: 2, note: 'few samples' },
      },
    ],
  },
  errorTypes: 1,
  warnings: { bad_utf8: 1 },
  connectionMetrics: { ...fine.connectionMetrics, ...times, recoveryTime: distribution(1, 2, 3), goaways: 1 },
  errors: thresholdFailed.errors.slice(0, 1).map((one) => ({ ...one, onReused: 1, overTime: { widthMs: 1000, counts: [1] } })),
  validity: { state: 'degraded', reasons: [{ level: 'degraded', code: 'lag', message: 'late', hint: 'less load' }] },
  thresholds: [
    threshold('ttft p95 < 1s', {
      bounds: { low: 1, high: 2 },
      confidence: 0.99,
      samplesNeeded: 9,
      reason: 'x',
      worstWindow: { fromMs: 0, toMs: 1 },
      aborted: true,
    }),
  ],
  cost: {
    currency: 'USD',
    total: 3,
    priced: 3,
    calls: 3,
    unpriced: 0,
    failed: 0,
    cut: 0,
    looped: 0,
    wasted: 0,
    outside: 0,
    perSession: distribution(1, 1, 1, 30, 'currency'),
    perSuccess: 1,
    perThousandSessions: 1000,
    perHour: 3.6,
    perMillionOutput: 1,
  },
  iterations: { ...fine.iterations, injected: 1 },
  wireFaults: {
    ...{ connections: 3, unreached: 0, bytesUp: 900, bytesDown: 4000 },
    kinds: [{ kind: 'latency', drawn: 3, acted: 2, failed: 1 }],
  },
  faults: {
    ...{ failures: 1, failureShare: 0.1, sent: 9 },
    kinds: [
      {
        ...{
          kind: 'delay',
          offered: 9,
          expected: 0.9,
          drawn: 1,
          injected: 1,
          ok: 0,
          failed: 1,
          blamed: 1,
          serverErrors: 0,
          cut: 0,
        },
        ...{ neverSent: 1, copies: 1, copiesPlanned: 2, copiesNeverSent: 1, waitedMs: 5, longestWaitMs: 5 },
        copyReplies: { accepted: 1, rejected: 0, unanswered: 0 },
      },
    ],
  },
  retries: { attempts: 1, exchanges: 1, firstOk: 0, afterRetryOk: 1, longestWaitMs: 1, longestAskedMs: null, overBudget: 1 },
  alerts: [{ alert: 'errors ratio > 5%', fromMs: 1, untilMs: 2, worst: 0.1, unit: 'ratio' as const }],
  alertsUnlisted: 2,
  stopWhen: [{ when: 'saturated', mode: 'monitor', metAtMs: 100_000, ended: false, text: 'grows', figures: { inFlight: 412 } }],
  hooks: [{ plugin: 'p.js', hook: 'beforeSend', calls: 1, failed: 1, totalMs: 1, longestMs: 1, blockedMs: 1, problem: 'x' }],
  outages: [
    {
      ...{ target: 'x', count: 1, longestMs: 5300, longestFromMs: 10_200, longestFailures: 42 },
      listed: [{ fromMs: 10_200, untilMs: 15_500, failures: 42, injected: 0, class: 'refused' }],
    },
  ],
  machine: [
    {
      ...{ host: 'h', from: null, withBurn: true, withTarget: false, samples: 1, failed: 0, error: null, sinceMs: 0, untilMs: 1 },
      gauges: { cpu: { unit: 'ratio' as const, ...LOOKS } },
      counters: { net_received_bytes: { unit: 'bytes' as const, delta: 1, perSecond: 1, maxPerSecond: 1, resets: 0 } },
      processes: [{ asked: 'vllm', pid: 1, name: 'vllm', fromMs: 0, untilMs: 1, cpu: LOOKS, rssBytes: LOOKS }],
      processesUnlisted: [{ asked: 'vllm', processes: 3 }],
      series: [{ t: 0, values: { cpu: 1 } }],
    },
  ],
  health: [
    {
      ...{ name: 'h', url: 'http://t/health', before: { ok: true, error: null, ms: 1 }, checks: 1, ok: 0, failed: 1 },
      ...{
        dropped: 1,
        cut: 1,
        availability: 0,
        error: 'x',
        outages: [{ fromMs: 0, untilMs: 1, error: 'x' }],
        outageCount: 1,
        longestOutageMs: 1,
      },
      response: LOOKS,
      series: [{ t: 0, values: { up: 1 } }],
    },
  ],
  exports: [{ kind: 'otlp', to: 'http://c/v1/metrics', sent: 2, lost: 1, rejected: 1, leftOut: 1, error: 'x', remark: 'x' }],
  energy: { joules: 5, source: 'counter' as const, perThousandTokens: 1, perSuccess: 1 },
  budget: [{ name: 'requests' as const, limit: 2, used: 1, ended: false }],
  conversationWindow: { trimmedTurns: 1, trimmedRequests: 1, estimator: 'characters ÷ 4' },
  quality: {
    ...{ method: 'heuristic', measured: 1, leftOut: 0 },
    settings: { weights: { safety: 1 }, targetLatencyMs: 5000, blocklist: ['null'], language: 'en' },
    ...qualityParts,
    steps: { open: { measured: 1, ...qualityParts } },
  },
  judge: {
    ...{
      model: 'grader',
      rubric: 'polite?',
      taskHash: 'x',
      asked: 4,
      remembered: 1,
      unreadable: 1,
      failed: 1,
      failures: { refused: 1 },
    },
    ...{ stopped: 'cost', why: 'x', cost: 0.1, currency: 'USD', unpriced: 0, scale: { min: 1, max: 5 }, pass: 4 },
    ...{ replies: 9, sampled: 3, further: 1, scored: 2, score: { mean: 4, low: 3, high: 5, min: 3, max: 5 } },
    passed: { part: 1, whole: 2, low: 0.1, high: 0.9 },
    steps: [{ step: 'open', replies: 9, scored: 2, mean: 4, passed: 1 }],
    flags: [
      { flag: 'truncated', replies: 1, scored: 1, mean: 3, passed: 0 },
      { flag: 'refusal', replies: 1, scored: 0, mean: null, passed: 0 },
    ],
    again: { replies: 1, same: 1, kappa: null, difference: 0 },
    criteria: [
      {
        ...{ name: 'x', rubric: 'x', pass: 4, scored: 1, passed: SHARE },
        score: { mean: 3, low: 1, high: 5, min: 3, max: 3 },
        again: { replies: 1, same: 1, kappa: 1, difference: 0 },
      },
    ],
    lowest: [{ step: 'open', message: 'x', reply: 'x', score: 3, reason: 'x', criterion: 'x' }],
  },
  generator: { ...fine.generator, throttledMs: 1 },
  server: [
    {
      url: 'http://gpu-1:8000/metrics',
      server: ['vLLM'],
      scrapes: 2,
      failed: 1,
      error: 'status 404',
      sinceMs: 0,
      untilMs: 1,
      gauges: { queue: { unit: 'count', count: 1, min: 1, mean: 1, max: 1, p95: 1 } },
      counters: { tokens_out: { unit: 'tokens', delta: 1, perSecond: 1, resets: 0 } },
      histograms: { ttft: { unit: 'ms', count: 1, mean: 1, p50: bucket, p95: bucket, p99: bucket } },
      series: [{ t: 1, values: { queue: 1 } }],
    },
  ],
  total: group,
  warmup: group,
  steps: [{ ...group, name: 'open', kind: 'message', checks }],
  phases: fine.phases.map((phase) => ({ ...phase, ...group, arrivals })),
  tags: { 'flow=buy': group },
  configuration: { scenario: { name: 'x' }, flags: { log: 'all' }, files: [{ path: 'a.csv', bytes: 1, sha256: null }] },
} satisfies Result
