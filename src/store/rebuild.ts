/**
 * Rebuilds a result from a journal, for a run that was killed before its first checkpoint. Each line states what the run had counted by then, so the
 * counts are right as of the last line. Latencies and connections are unknown.
 */
import { type Counters, countsOf, NO_COUNTERS, type OpenCounters } from '../metrics/counts/counters.ts'
import { ErrorGroups } from '../metrics/failures/error-groups.ts'
import { COUNTED_METRICS, countedValue } from '../metrics/groups/catalogue.ts'
import { EMPTY_RESULT, NO_METRICS } from '../result/empty.ts'
import type { GroupMetrics, Result } from '../result/schema.ts'
import { JOURNAL_NAME } from './files/names.ts'
import type { CountsSoFar, JournalEntry } from './journal/entry.ts'
import type { ReadJournal } from './journal/reader.ts'

interface RebuiltSums {
  /** The counts in the last entry read; undefined before the first one. */
  soFar: CountsSoFar | undefined
  readonly steps: Map<string, OpenCounters>
  readonly errors: ErrorGroups
  readonly targets: Set<string>
  runId: string
  endMs: number
}

/** The metrics that can be computed from a journal without latencies. */
const KNOWN = COUNTED_METRICS.filter(({ name }) => ['errors', 'rate', 'started_rate'].includes(name))

/**
 * Rebuilds the result of a run that left only a journal, from the attempts in the journal. Its counts are those of the last attempt's line; latencies
 * and connections are not known. Undefined when the journal has no line that can be read.
 */
export function rebuildResult(journal: ReadJournal): Result | undefined {
  const sums = sumUp(journal.entries)
  const { header } = journal
  if (header === undefined && sums.runId === '') return undefined
  const { endMs, soFar } = sums
  const windowMs = soFar?.windowMs ?? 0
  const total = soFar ? metricsOf({ ...NO_COUNTERS, ...soFar }, windowMs) : NO_METRICS
  const { runId, scenarioName, scenarioFile, scenarioHash, seed, startTime } = { ...EMPTY_RESULT, runId: sums.runId, ...header }
  // Only a journal of all attempts says how many each step had.
  const steps = header?.level === 'all' ? [...sums.steps] : []
  return {
    ...EMPTY_RESULT,
    ...{ runId, scenarioName, scenarioFile, scenarioHash, seed, startTime },
    reason: `the run was killed before its first checkpoint${soFar ? `; counted from ${JOURNAL_NAME}` : ''}`,
    target: [...sums.targets].map((name) => ({ name, url: name, protocol: 'unknown', dialect: null, insecureTls: false })),
    endTime: startTime + endMs,
    durationMs: endMs,
    windowMs,
    totalMessages: soFar?.planned ?? null,
    successfulMessages: soFar?.ok ?? null,
    failedMessages: soFar?.failed ?? null,
    throughputQps: total.values.rate ?? null,
    errorRate: total.values.errors ?? null,
    anomaliesDetected: soFar?.failed ?? null,
    errors: sums.errors.toResult(0),
    validity: { state: 'invalid', reasons: [NOTHING_KNOWN] },
    total,
    steps: steps.map(([name, counters]) => ({ ...metricsOf(counters, windowMs), name, kind: 'unknown', checks: [] })),
    files: [{ path: JOURNAL_NAME, holds: 'conversation journal' }],
    notes: notesOf(journal, sums),
  }
}

const NOTHING_KNOWN = {
  level: 'invalid',
  code: 'incomplete',
  message: 'nothing is known of the generator: the run was killed',
  hint: 'run it again',
} as const

function sumUp(entries: Iterable<JournalEntry>): RebuiltSums {
  const steps = new Map<string, OpenCounters>()
  const sums: RebuiltSums = { soFar: undefined, steps, errors: new ErrorGroups(), targets: new Set(), runId: '', endMs: 0 }
  for (const entry of entries) {
    if (isMeasured(entry, sums.soFar)) addMeasured(sums, entry)
    sums.soFar = entry.soFar ?? sums.soFar
    sums.targets.add(entry.target)
    sums.runId = entry.runId
    sums.endMs = Math.max(sums.endMs, entry.endedAtMs)
  }
  return sums
}

/** True for an attempt that is measured: the count of its outcome has grown. Attempts of a warm-up, of setup and of teardown do not raise it. */
function isMeasured({ soFar, outcome }: JournalEntry, before: CountsSoFar | undefined): boolean {
  return soFar === undefined || soFar[outcome] > (before?.[outcome] ?? 0)
}

function addMeasured(sums: RebuiltSums, entry: JournalEntry): void {
  const step = sums.steps.get(entry.step) ?? { ...NO_COUNTERS }
  sums.steps.set(entry.step, step)
  step.planned += 1
  step.started += 1
  step[entry.outcome] += 1
  step.bytesSent += entry.bytesSent
  step.bytesReceived += entry.bytesReceived
  if (entry.failure) sums.errors.add({ failure: entry.failure, endedAt: entry.endedAtMs, reused: entry.reused }, entry.step)
}

function metricsOf(counters: Counters, windowMs: number): GroupMetrics {
  const { bytesSent, bytesReceived } = counters
  const values = Object.fromEntries(KNOWN.map((metric) => [metric.name, countedValue(metric, counters, windowMs)]))
  return { ...NO_METRICS, counts: countsOf(counters), windowMs, values, bytesSent, bytesReceived }
}

function notesOf({ header, tornTail }: ReadJournal, { soFar }: RebuiltSums): string[] {
  return [
    soFar
      ? `the counts are those of the last line of ${JOURNAL_NAME}: what came after it, latencies and connections are not known`
      : `${JOURNAL_NAME} does not say how many attempts there were`,
    ...(header?.level === 'all' ? [] : [`the journal's level was ${header?.level ?? 'unknown'}: nothing is known of the steps`]),
    ...(tornTail ? ['the last line of the journal is torn and left out'] : []),
  ]
}
