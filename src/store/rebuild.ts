/** A result out of a journal, for a run that was killed before its first checkpoint: counts and errors, no latencies. */

import { countsOf, NO_COUNTERS, type OpenCounters } from '../metrics/counts/counters.ts'
import { ErrorGroups } from '../metrics/failures/error-groups.ts'
import { COUNTED_METRICS, countedValue } from '../metrics/groups/catalogue.ts'
import { EMPTY_RESULT, NO_METRICS } from '../result/empty.ts'
import type { GroupMetrics, Result } from '../result/schema.ts'
import { JOURNAL_NAME } from './files/names.ts'
import type { JournalEntry } from './journal/entry.ts'
import type { ReadJournal } from './journal/reader.ts'

interface Sums {
  readonly total: OpenCounters
  readonly steps: Map<string, OpenCounters>
  readonly errors: ErrorGroups
  readonly targets: Set<string>
  runId: string
  endMs: number
}

/** What a journal is enough for. */
const KNOWN = COUNTED_METRICS.filter(({ name }) => ['errors', 'rate', 'started_rate'].includes(name))

/** The result that the entries speak for; undefined when there is neither header nor entry. Reads one entry at a time. */
export function rebuildResult(journal: ReadJournal): Result | undefined {
  const sums = sumUp(journal.entries)
  const { header } = journal
  if (header === undefined && sums.runId === '') return undefined
  const { endMs } = sums
  const total = metricsOf(sums.total, endMs)
  const { runId, scenarioName, scenarioFile, scenarioHash, seed, startTime } = { ...EMPTY_RESULT, runId: sums.runId, ...header }
  return {
    ...EMPTY_RESULT,
    ...{ runId, scenarioName, scenarioFile, scenarioHash, seed, startTime },
    reason: `the run was killed before its first checkpoint; counted from ${JOURNAL_NAME}`,
    target: [...sums.targets].map((name) => ({ name, url: name, protocol: 'unknown', dialect: null, insecureTls: false })),
    endTime: startTime + endMs,
    durationMs: endMs,
    windowMs: endMs,
    totalMessages: total.counts.planned,
    successfulMessages: total.counts.ok,
    failedMessages: total.counts.failed,
    throughputQps: total.values.rate ?? 0,
    errorRate: total.values.errors ?? null,
    anomaliesDetected: total.counts.failed,
    errors: sums.errors.toResult(0),
    validity: { state: 'invalid', reasons: [NOTHING_KNOWN] },
    total,
    steps: [...sums.steps].map(([name, counters]) => ({ ...metricsOf(counters, endMs), name, kind: 'unknown', checks: [] })),
    files: [{ path: JOURNAL_NAME, holds: 'conversation journal' }],
    notes: notesOf(journal),
  }
}

const NOTHING_KNOWN = {
  level: 'invalid',
  code: 'incomplete',
  message: 'nothing is known of the generator: the run was killed',
  hint: 'run it again',
} as const

function sumUp(entries: Iterable<JournalEntry>): Sums {
  const steps = new Map<string, OpenCounters>()
  const sums: Sums = { total: { ...NO_COUNTERS }, steps, errors: new ErrorGroups(), targets: new Set(), runId: '', endMs: 0 }
  for (const entry of entries) {
    const step = steps.get(entry.step) ?? { ...NO_COUNTERS }
    steps.set(entry.step, step)
    for (const counters of [sums.total, step]) count(counters, entry)
    if (entry.failure) sums.errors.add({ failure: entry.failure, endedAt: entry.endedAtMs, reused: entry.reused }, entry.step)
    sums.targets.add(entry.target)
    sums.runId = entry.runId
    sums.endMs = Math.max(sums.endMs, entry.endedAtMs)
  }
  return sums
}

function count(counters: OpenCounters, entry: JournalEntry): void {
  counters.planned += 1
  counters.started += 1
  counters[entry.outcome] += 1
  counters.bytesSent += entry.bytesSent
  counters.bytesReceived += entry.bytesReceived
}

function metricsOf(counters: OpenCounters, windowMs: number): GroupMetrics {
  const { bytesSent, bytesReceived } = counters
  const values = Object.fromEntries(KNOWN.map((metric) => [metric.name, countedValue(metric, counters, windowMs)]))
  return { ...NO_METRICS, counts: countsOf(counters), windowMs, values, bytesSent, bytesReceived }
}

function notesOf({ header, tornTail }: ReadJournal): string[] {
  const level = header?.level ?? 'unknown'
  return [
    `counted from ${JOURNAL_NAME}; warm-up is included, latencies and connections are not known`,
    ...(level === 'all' ? [] : [`the journal's level was ${level}: attempts that it leaves out are not counted`]),
    ...(tornTail ? ['the last line of the journal is torn and left out'] : []),
  ]
}
