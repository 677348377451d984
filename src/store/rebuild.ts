/** A result out of a journal, for a run that was killed before its first checkpoint: counts and errors, no latencies. */
import { hostname } from 'node:os'
import { EXIT } from '../errors.ts'
import { fingerprint } from '../metrics/error-groups.ts'
import { hintFor } from '../metrics/hints.ts'
import type {
  ConnectionMetrics,
  Counts,
  Distribution,
  ErrorGroup,
  GeneratorHealth,
  Iterations,
  Result,
  Slice,
} from '../result/schema.ts'
import { RESULT_VERSION } from '../result/version.ts'
import type { JournalEntry } from './journal-entry.ts'
import type { ReadJournal } from './journal-reader.ts'
import { JOURNAL_NAME } from './names.ts'

interface Tally {
  ok: number
  failed: number
  cut: number
  bytesSent: number
  bytesReceived: number
}

interface Sums {
  readonly total: Tally
  readonly steps: Map<string, Tally>
  readonly errors: Map<string, { -readonly [Key in keyof ErrorGroup]: ErrorGroup[Key] }>
  readonly targets: Set<string>
  runId: string
  endMs: number
}

const NO_ITERATIONS: Iterations = { planned: 0, completed: 0, failed: 0, cut: 0, dropped: 0 }
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

const emptyTally = (): Tally => ({ ok: 0, failed: 0, cut: 0, bytesSent: 0, bytesReceived: 0 })

/** The result that the entries speak for; undefined when there is neither header nor entry. Reads one entry at a time. */
export function rebuildResult(journal: ReadJournal): Result | undefined {
  const sums = sumUp(journal.entries)
  if (journal.header === undefined && sums.runId === '') return undefined
  return { ...identity(journal, sums), ...numbers(sums), ...nothingKnown(), notes: notesOf(journal) }
}

function sumUp(entries: Iterable<JournalEntry>): Sums {
  const sums: Sums = { total: emptyTally(), steps: new Map(), errors: new Map(), targets: new Set(), runId: '', endMs: 0 }
  for (const entry of entries) {
    const step = sums.steps.get(entry.step) ?? emptyTally()
    sums.steps.set(entry.step, step)
    count(sums.total, entry)
    count(step, entry)
    if (entry.failure) countError(sums, entry, entry.failure)
    sums.targets.add(entry.target)
    sums.runId = entry.runId
    sums.endMs = Math.max(sums.endMs, entry.endedAtMs)
  }
  return sums
}

function count(tally: Tally, entry: JournalEntry): void {
  tally[entry.outcome] += 1
  tally.bytesSent += entry.bytesSent
  tally.bytesReceived += entry.bytesReceived
}

function countError(sums: Sums, entry: JournalEntry, failure: NonNullable<JournalEntry['failure']>): void {
  const print = fingerprint(failure.message)
  const key = JSON.stringify([entry.step, failure.class, failure.phase, print])
  const group = sums.errors.get(key)
  if (group) {
    group.count += 1
    group.lastMs = Math.max(group.lastMs, entry.endedAtMs)
    if (entry.reused) group.onReused = (group.onReused ?? 0) + 1
    return
  }
  sums.errors.set(key, {
    class: failure.class,
    phase: failure.phase,
    step: entry.step,
    fingerprint: print,
    sample: failure.message,
    count: 1,
    firstMs: entry.endedAtMs,
    lastMs: entry.endedAtMs,
    hint: hintFor(failure.class, failure.message),
    ...(entry.reused ? { onReused: 1 } : {}),
  })
}

function identity({ header }: ReadJournal, sums: Sums) {
  const startTime = header?.startTime ?? 0
  return {
    schemaVersion: RESULT_VERSION,
    runId: header?.runId ?? sums.runId,
    status: 'running',
    verdict: 'incomplete',
    reason: `the run was killed before its first checkpoint; counted from ${JOURNAL_NAME}`,
    exitCode: EXIT.bug,
    exitCodes: [EXIT.bug],
    scenarioName: header?.scenarioName ?? 'unknown',
    scenarioFile: header?.scenarioFile ?? null,
    scenarioHash: header?.scenarioHash ?? '',
    seed: header?.seed ?? '',
    labels: {},
    shard: null,
    environment: { burn: 'unknown', node: process.version, os: process.platform, cpus: 0, hostname: hostname() },
    target: [...sums.targets].map((name) => ({ name, url: name, protocol: 'unknown', dialect: null, insecureTls: false })),
    startTime,
    endTime: startTime + sums.endMs,
    durationMs: sums.endMs,
    windowMs: sums.endMs,
  } as const
}

function numbers(sums: Sums) {
  const { ok, failed } = sums.total
  return {
    totalMessages: countsOf(sums.total).planned,
    successfulMessages: ok,
    failedMessages: failed,
    averageLatencyMs: null,
    p95LatencyMs: null,
    p99LatencyMs: null,
    throughputQps: perSecond(ok, sums.endMs) ?? 0,
    errorRate: errorShare(sums.total),
    anomaliesDetected: failed,
    warnings: {},
    errors: [...sums.errors.values()],
    total: sliceOf(sums.total, sums.endMs),
    steps: [...sums.steps].map(([name, tally]) => ({ ...sliceOf(tally, sums.endMs), name, kind: 'unknown', checks: [] })),
  }
}

function countsOf({ ok, failed, cut }: Tally): Counts {
  const started = ok + failed + cut
  return { planned: started, started, ok, failed, cut, dropped: 0 }
}

function errorShare({ ok, failed }: Tally): number | null {
  return ok + failed === 0 ? null : failed / (ok + failed)
}

function perSecond(count: number, windowMs: number): number | null {
  return windowMs > 0 ? (count * 1000) / windowMs : null
}

function sliceOf(tally: Tally, windowMs: number): Slice {
  const counts = countsOf(tally)
  return {
    counts,
    windowMs,
    values: { errors: errorShare(tally), rate: perSecond(tally.ok, windowMs), started_rate: perSecond(counts.started, windowMs) },
    distributions: {},
    tokens: { input: null, cachedInput: null, output: null, reasoning: null, sources: {} },
    bytesSent: tally.bytesSent,
    bytesReceived: tally.bytesReceived,
  }
}

function nothingKnown() {
  const connectionMetrics: ConnectionMetrics = {
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
  }
  const generator: GeneratorHealth = {
    lag: NO_SAMPLES,
    loopDelay: { p50: 0, p99: 0, max: 0 },
    loopUtilization: 0,
    stalledMs: 0,
    cpuShare: 0,
    maxRssBytes: 0,
    gcPauseMs: 0,
    plannedArrivals: 0,
    startedArrivals: 0,
  }
  const reason = {
    level: 'invalid',
    code: 'incomplete',
    message: 'nothing is known of the generator: the run was killed',
    hint: 'run it again',
  } as const
  const validity = { state: 'invalid' as const, reasons: [reason] }
  return {
    connectionMetrics,
    generator,
    validity,
    thresholds: [],
    iterations: NO_ITERATIONS,
    warmup: null,
    phases: [],
    tags: {},
    timeline: [],
    files: [{ path: JOURNAL_NAME, holds: 'conversation journal' }],
  }
}

function notesOf({ header, tornTail }: ReadJournal): string[] {
  const level = header?.level ?? 'unknown'
  return [
    `counted from ${JOURNAL_NAME}; warm-up is included, latencies and connections are not known`,
    ...(level === 'all' ? [] : [`the journal's level was ${level}: attempts that it leaves out are not counted`]),
    ...(tornTail ? ['the last line of the journal is torn and left out'] : []),
  ]
}
