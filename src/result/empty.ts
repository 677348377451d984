import { EXIT } from '../errors.ts'
import type { Counts, Distribution, GroupMetrics, Result } from './schema.ts'
import { RESULT_VERSION } from './version.ts'

/** The counts of a group without attempts. */
const NO_COUNTS: Counts = { planned: 0, started: 0, ok: 0, failed: 0, cut: 0, dropped: 0 }

/** A distribution without samples. */
const NO_SAMPLES: Distribution = {
  unit: 'ms',
  count: 0,
  min: null,
  max: null,
  mean: null,
  percentiles: {},
  fewSamples: [],
  leftOut: 0,
  histogram: '',
}

/** The metrics of a group without attempts: all counts are 0, and nothing else is known. */
export const NO_METRICS: GroupMetrics = {
  counts: NO_COUNTS,
  windowMs: 0,
  values: {},
  counters: {},
  distributions: {},
  tokens: { input: null, cachedInput: null, output: null, reasoning: null, sources: {} },
  bytesSent: 0,
  bytesReceived: 0,
}

/** A result in which every field is empty, zero or unknown; code that builds a result starts from it. */
export const EMPTY_RESULT: Result = {
  schemaVersion: RESULT_VERSION,
  runId: '',
  status: 'running',
  verdict: 'incomplete',
  reason: '',
  exitCode: EXIT.notValid,
  exitCodes: [EXIT.notValid],
  scenarioName: 'unknown',
  scenarioFile: null,
  scenarioHash: '',
  seed: '',
  labels: {},
  shard: null,
  environment: { burn: 'unknown', node: 'unknown', os: 'unknown', cpus: 0, hostname: 'unknown' },
  target: [],
  startTime: 0,
  endTime: 0,
  durationMs: 0,
  windowMs: 0,
  totalMessages: 0,
  successfulMessages: 0,
  failedMessages: 0,
  averageLatencyMs: null,
  p95LatencyMs: null,
  p99LatencyMs: null,
  throughputQps: 0,
  errorRate: null,
  anomaliesDetected: 0,
  anomalies: { failed: 0, slow: 0, repeated: 0 },
  errorTypes: 0,
  warnings: {},
  connectionMetrics: {
    totalConnections: 0,
    successfulConnections: 0,
    failedConnections: 0,
    reconnectionCount: 0,
    openConnections: 0,
    maxOpenConnections: 0,
    averageConnectionTime: null,
    bytesSent: 0,
    bytesReceived: 0,
    lostConnections: 0,
    lostInFlight: 0,
  },
  errors: [],
  validity: { state: 'invalid', reasons: [] },
  thresholds: [],
  iterations: { planned: 0, completed: 0, failed: 0, cut: 0, dropped: 0 },
  total: NO_METRICS,
  warmup: null,
  steps: [],
  phases: [],
  tags: {},
  timeline: [],
  generator: {
    lag: NO_SAMPLES,
    loopDelay: { p50: 0, p99: 0, max: 0 },
    loopUtilization: 0,
    stalledMs: 0,
    disturbedMs: 0,
    cpuShare: 0,
    maxRssBytes: 0,
    gcPauseMs: 0,
    plannedArrivals: 0,
    startedArrivals: 0,
  },
  files: [],
  notes: [],
}
