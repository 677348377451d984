/** The shape of a result, so that readers of a file need not fear missing parts. */
import { all, misfit, object, oneOf, type Shape } from './shape.ts'

const UNIT = oneOf('ms', 'tokens', 'bytes', 'ratio', 'count', 'per_second', 'tokens_per_second', 'currency')
const DISTRIBUTION = object({
  unit: UNIT,
  histogram: 'string',
  ...all('number', 'count', 'leftOut'),
  ...all('number?', 'min', 'max', 'mean'),
  percentiles: { map: 'number?' },
  fewSamples: ['string'],
})
const SLICE_FIELDS = {
  counts: object({ ...all('number', 'planned', 'started', 'ok', 'failed', 'cut', 'dropped'), skipped: { optional: 'number' } }),
  ...all('number', 'windowMs', 'bytesSent', 'bytesReceived'),
  values: { map: 'number?' },
  distributions: { map: DISTRIBUTION },
  gapsTogether: { optional: 'number' },
  censored: { optional: { map: 'number' } },
  failedServiceTime: { optional: DISTRIBUTION },
  tokens: object({ ...all('number?', 'input', 'cachedInput', 'output', 'reasoning'), sources: { map: 'number' } }),
} as const satisfies Record<string, Shape>
const SLICE = object(SLICE_FIELDS)
const CHECK = object({
  check: 'string',
  countOnly: { optional: 'boolean' },
  passed: 'number',
  failed: 'number',
  samples: ['string'],
})
const STEP = object({ ...SLICE_FIELDS, name: 'string', kind: 'string', checks: [CHECK] })
const PHASE = object({
  ...SLICE_FIELDS,
  name: 'string',
  shape: 'string',
  load: { optional: 'string' },
  warmup: 'boolean',
  startMs: 'number',
})
const ERROR = object({
  ...all('string', 'class', 'phase', 'step', 'fingerprint', 'sample', 'hint'),
  ...all('number', 'count', 'firstMs', 'lastMs'),
  onReused: { optional: 'number' },
})
const ROW = object({
  ...all('number', 'atMs', 'lengthMs', 'started', 'ok', 'failed', 'cut', 'dropped', 'users', 'inFlight', 'outputTokens'),
  peakInFlight: { optional: 'number' },
  phase: 'string',
  latencies: { map: object(all('number', 'p50', 'p95', 'max')) },
})
const THRESHOLD = object({
  threshold: 'string',
  state: oneOf('passed', 'failed', 'no_samples', 'skipped'),
  severity: oneOf('fail', 'warn'),
  unit: UNIT,
  ...all('number', 'limit', 'samples'),
  observed: 'number?',
  fewSamples: 'boolean',
  samplesNeeded: { optional: 'number' },
  reason: { optional: 'string' },
  worstWindow: { optional: object(all('number', 'fromMs', 'toMs')) },
  aborted: { optional: 'boolean' },
})
const CONNECTIONS = object({
  ...all('number', 'totalConnections', 'successfulConnections', 'failedConnections', 'reconnectionCount', 'openConnections'),
  ...all('number', 'maxOpenConnections', 'bytesSent', 'bytesReceived', 'lostConnections', 'lostInFlight'),
  averageConnectionTime: 'number?',
  connectTime: { optional: DISTRIBUTION },
  tlsTime: { optional: DISTRIBUTION },
  handshakeTime: { optional: DISTRIBUTION },
  recoveryTime: { optional: DISTRIBUTION },
  goaways: { optional: 'number' },
})
const GENERATOR = object({
  lag: DISTRIBUTION,
  loopDelay: object(all('number', 'p50', 'p99', 'max')),
  ...all('number', 'loopUtilization', 'stalledMs', 'cpuShare', 'maxRssBytes', 'gcPauseMs', 'plannedArrivals', 'startedArrivals'),
})

const RATE_LIMITS = object({
  ...all('number', 'replies', 'limited'),
  ...all('number?', 'limitRequests', 'minRemainingRequests', 'limitTokens', 'minRemainingTokens', 'maxRetryAfterMs'),
})

/** A whole result; the JSON Schema of `burn schema result` is made from it as well. */
export const RESULT = object({
  ...all('string', 'schemaVersion', 'runId', 'reason', 'scenarioName', 'scenarioHash', 'seed'),
  ...all(
    'number',
    'exitCode',
    'startTime',
    'endTime',
    'durationMs',
    'windowMs',
    'totalMessages',
    'successfulMessages',
    'failedMessages',
    'throughputQps',
    'anomaliesDetected',
  ),
  anomalies: { optional: object(all('number', 'failed', 'slow', 'repeated')) },
  errorTypes: { optional: 'number' },
  ...all('number?', 'averageLatencyMs', 'p95LatencyMs', 'p99LatencyMs', 'errorRate'),
  status: oneOf('running', 'completed', 'aborted', 'failed'),
  verdict: oneOf('passed', 'failed', 'invalid', 'could_not_test', 'aborted', 'incomplete', 'error'),
  exitCodes: ['number'],
  scenarioFile: 'string?',
  shard: { nullable: object(all('number', 'index', 'of')) },
  environment: object({ ...all('string', 'burn', 'node', 'os', 'hostname'), cpus: 'number' }),
  target: [
    object({
      ...all('string', 'name', 'url', 'protocol'),
      dialect: 'string?',
      insecureTls: 'boolean',
      rateLimits: { optional: RATE_LIMITS },
    }),
  ],
  connectionMetrics: CONNECTIONS,
  errors: [ERROR],
  validity: object({
    state: oneOf('ok', 'degraded', 'invalid'),
    reasons: [object(all('string', 'level', 'code', 'message', 'hint'))],
  }),
  thresholds: [THRESHOLD],
  iterations: object({
    ...all('number', 'planned', 'completed', 'failed', 'cut', 'dropped'),
    expired: { optional: 'number' },
    faulted: { optional: 'number' },
  }),
  retries: {
    optional: object({
      ...all('number', 'attempts', 'exchanges', 'firstOk', 'afterRetryOk', 'longestWaitMs'),
      longestAskedMs: 'number?',
    }),
  },
  conversationWindow: { optional: object({ ...all('number', 'trimmedTurns', 'trimmedRequests'), estimator: 'string' }) },
  total: SLICE,
  warmup: { nullable: SLICE },
  steps: [STEP],
  phases: [PHASE],
  tags: { map: SLICE },
  labels: { map: 'string' },
  warnings: { map: 'number' },
  timeline: [ROW],
  generator: GENERATOR,
  files: [object(all('string', 'path', 'holds'))],
  notes: ['string'],
})

/** The path of the first part of a would-be result that does not fit; undefined when all fit. */
export function misfitOfResult(value: unknown): string | undefined {
  return misfit(value, RESULT)
}
