/** A result out of a journal, for a run that was killed before its first checkpoint: counts and errors, no latencies. */
import { ErrorGroups } from '../metrics/error-groups.ts'
import { EMPTY_RESULT, NO_METRICS } from '../result/empty.ts'
import type { Counts, GroupMetrics, Result } from '../result/schema.ts'
import type { JournalEntry } from './journal-entry.ts'
import type { ReadJournal } from './journal-reader.ts'
import { JOURNAL_NAME } from './names.ts'

/** What the attempts of the run, or of one step, add up to. */
interface Sum {
  ok: number
  failed: number
  cut: number
  bytesSent: number
  bytesReceived: number
}

interface Sums {
  readonly total: Sum
  readonly steps: Map<string, Sum>
  readonly errors: ErrorGroups
  readonly targets: Set<string>
  runId: string
  endMs: number
}

const emptySum = (): Sum => ({ ok: 0, failed: 0, cut: 0, bytesSent: 0, bytesReceived: 0 })

/** The result that the entries speak for; undefined when there is neither header nor entry. Reads one entry at a time. */
export function rebuildResult(journal: ReadJournal): Result | undefined {
  const sums = sumUp(journal.entries)
  const { header } = journal
  if (header === undefined && sums.runId === '') return undefined
  const { endMs, total } = sums
  const { runId, scenarioName, scenarioFile, scenarioHash, seed, startTime } = { ...EMPTY_RESULT, runId: sums.runId, ...header }
  return {
    ...EMPTY_RESULT,
    ...{ runId, scenarioName, scenarioFile, scenarioHash, seed, startTime },
    reason: `the run was killed before its first checkpoint; counted from ${JOURNAL_NAME}`,
    target: [...sums.targets].map((name) => ({ name, url: name, protocol: 'unknown', dialect: null, insecureTls: false })),
    endTime: startTime + endMs,
    durationMs: endMs,
    windowMs: endMs,
    totalMessages: countsOf(total).planned,
    successfulMessages: total.ok,
    failedMessages: total.failed,
    throughputQps: perSecond(total.ok, endMs) ?? 0,
    errorRate: errorShare(total),
    anomaliesDetected: total.failed,
    errors: sums.errors.toResult(0),
    validity: { state: 'invalid', reasons: [NOTHING_KNOWN] },
    total: metricsOf(total, endMs),
    steps: [...sums.steps].map(([name, sum]) => ({ ...metricsOf(sum, endMs), name, kind: 'unknown', checks: [] })),
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
  const steps = new Map<string, Sum>()
  const sums: Sums = { total: emptySum(), steps, errors: new ErrorGroups(), targets: new Set(), runId: '', endMs: 0 }
  for (const entry of entries) {
    const step = steps.get(entry.step) ?? emptySum()
    steps.set(entry.step, step)
    for (const sum of [sums.total, step]) count(sum, entry)
    if (entry.failure) sums.errors.add({ failure: entry.failure, endedAt: entry.endedAtMs, reused: entry.reused }, entry.step)
    sums.targets.add(entry.target)
    sums.runId = entry.runId
    sums.endMs = Math.max(sums.endMs, entry.endedAtMs)
  }
  return sums
}

function count(sum: Sum, entry: JournalEntry): void {
  sum[entry.outcome] += 1
  sum.bytesSent += entry.bytesSent
  sum.bytesReceived += entry.bytesReceived
}

function countsOf({ ok, failed, cut }: Sum): Counts {
  const started = ok + failed + cut
  return { planned: started, started, ok, failed, cut, dropped: 0 }
}

function errorShare({ ok, failed }: Sum): number | null {
  return ok + failed === 0 ? null : failed / (ok + failed)
}

function perSecond(count: number, windowMs: number): number | null {
  return windowMs > 0 ? (count * 1000) / windowMs : null
}

function metricsOf(sum: Sum, windowMs: number): GroupMetrics {
  const counts = countsOf(sum)
  const values = { errors: errorShare(sum), rate: perSecond(sum.ok, windowMs), started_rate: perSecond(counts.started, windowMs) }
  return { ...NO_METRICS, counts, windowMs, values, bytesSent: sum.bytesSent, bytesReceived: sum.bytesReceived }
}

function notesOf({ header, tornTail }: ReadJournal): string[] {
  const level = header?.level ?? 'unknown'
  return [
    `counted from ${JOURNAL_NAME}; warm-up is included, latencies and connections are not known`,
    ...(level === 'all' ? [] : [`the journal's level was ${level}: attempts that it leaves out are not counted`]),
    ...(tornTail ? ['the last line of the journal is torn and left out'] : []),
  ]
}
