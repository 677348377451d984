/** Makes the table of attempts: each entry of a run's journal becomes a row. Only one entry is in memory at a time. */
import { flagsInMetrics } from '../../anomalies/attempt-flags.ts'
import { ATTEMPT_ANOMALIES } from '../../anomalies/kinds.ts'
import type { Column } from '../../report/tables/column.ts'
import type { Result } from '../../result/schema.ts'
import type { JournalEntry } from '../../store/journal/entry.ts'

type JournalCheck = NonNullable<JournalEntry['checks']>[number]

const checksOf = ({ checks = [] }: JournalEntry, of: (check: JournalCheck) => boolean) => checks.filter(of)

/** The columns of the table of attempts. Times are in ms since the run began; null for what did not happen or is not known. */
const ATTEMPT: readonly Column<JournalEntry>[] = [
  { name: 'run_id', kind: 'text', of: ({ runId }) => runId },
  { name: 'user', of: ({ user }) => user },
  { name: 'iteration', of: ({ iteration }) => iteration },
  { name: 'step', kind: 'text', of: ({ step }) => step },
  { name: 'attempt', of: ({ attempt }) => attempt },
  { name: 'phase', kind: 'text', of: ({ phase }) => phase },
  { name: 'target', kind: 'text', of: ({ target }) => target },
  { name: 'tags', kind: 'text', of: ({ tags }) => (tags === undefined ? null : JSON.stringify(tags)) },
  { name: 'fault', kind: 'text', of: ({ fault }) => fault ?? null },
  { name: 'outcome', kind: 'text', of: ({ outcome }) => outcome },
  { name: 'failure_class', kind: 'text', of: ({ failure }) => failure?.class ?? null },
  { name: 'failure_phase', kind: 'text', of: ({ failure }) => failure?.phase ?? null },
  { name: 'failure_message', kind: 'text', of: ({ failure }) => failure?.message ?? null },
  { name: 'status', of: ({ status }) => status },
  { name: 'reused_connection', kind: 'flag', of: ({ reused = false }) => reused },
  { name: 'intended_at_ms', of: ({ intendedAtMs }) => intendedAtMs },
  { name: 'sent_at_ms', of: ({ sentAtMs }) => sentAtMs },
  { name: 'ended_at_ms', of: ({ endedAtMs }) => endedAtMs },
  { name: 'response_time_ms', of: ({ endedAtMs, intendedAtMs }) => micros(endedAtMs - intendedAtMs) },
  { name: 'service_time_ms', of: ({ endedAtMs, sentAtMs }) => (sentAtMs === null ? null : micros(endedAtMs - sentAtMs)) },
  { name: 'ttfb_ms', of: ({ ttfbMs }) => ttfbMs },
  { name: 'ttft_ms', of: ({ ttftMs }) => ttftMs },
  { name: 'last_token_ms', of: ({ lastTokenMs }) => lastTokenMs ?? null },
  { name: 'stall_ms', of: ({ longestGapMs }) => longestGapMs ?? null },
  { name: 'tpot_ms', of: ({ tpotMs }) => tpotMs ?? null },
  { name: 'frames', of: ({ frames }) => frames ?? null },
  { name: 'bytes_sent', of: ({ bytesSent }) => bytesSent },
  { name: 'bytes_received', of: ({ bytesReceived }) => bytesReceived },
  { name: 'input_tokens', of: ({ usage }) => usage?.inputTokens ?? null },
  { name: 'cached_tokens', of: ({ usage }) => usage?.cachedInputTokens ?? null },
  { name: 'cache_write_tokens', of: ({ usage }) => usage?.cacheWriteTokens ?? null },
  { name: 'output_tokens', of: ({ usage }) => usage?.outputTokens ?? null },
  { name: 'reasoning_tokens', of: ({ usage }) => usage?.reasoningTokens ?? null },
  { name: 'token_source', kind: 'text', of: ({ usage }) => usage?.source ?? null },
  { name: 'cost', of: ({ cost }) => cost ?? null },
  { name: 'server_times', kind: 'text', of: ({ server }) => server?.sources.join(' + ') ?? null },
  { name: 'server_queue_ms', of: ({ server }) => server?.queueMs ?? null },
  { name: 'server_prefill_ms', of: ({ server }) => server?.prefillMs ?? null },
  { name: 'server_decode_ms', of: ({ server }) => server?.decodeMs ?? null },
  { name: 'server_total_ms', of: ({ server }) => server?.totalMs ?? null },
  { name: 'gateway_overhead_ms', of: ({ server }) => server?.overheadMs ?? null },
  { name: 'network_ms', of: ({ server }) => server?.networkMs ?? null },
  { name: 'finish_reason', kind: 'text', of: ({ finishReason }) => finishReason },
  { name: 'warnings', kind: 'text', of: ({ warnings }) => warnings.join(' ') || null },
  { name: 'checks_passed', of: (entry) => checksOf(entry, ({ passed }) => passed).length },
  { name: 'checks_failed', of: (entry) => checksOf(entry, ({ passed }) => !passed).length },
  {
    name: 'failed_checks',
    kind: 'text',
    of: (entry) =>
      checksOf(entry, ({ passed }) => !passed)
        .map(({ check }) => check)
        .join('\n') || null,
  },
  { name: 'prompt', kind: 'text', of: ({ prompt }) => prompt },
  { name: 'reply', kind: 'text', of: ({ reply }) => reply },
  { name: 'reasoning', kind: 'text', of: ({ reasoning }) => reasoning ?? null },
]

/** The number of columns at the end of the table that contain texts: the prompt, the reply and the reasoning. */
const TEXTS = 3

/** Rounds a time in ms to whole microseconds, because a difference of two rounded times seems more precise than it is. */
function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/**
 * How many rows the table of attempts that `burn report` writes has: those of the load, and those of setup and teardown, which do not count in the
 * run's totals.
 */
export interface AttemptRows {
  load: number
  setupOrTeardown: number
}

/** The parts of a result that say which anomalies it counted, and with which limits. */
type Counting = Pick<Result, 'anomalies' | 'anomalyGroups' | 'phases' | 'steps'>

/** The kinds of anomaly that are found in the text of a reply. */
const OF_TEXT: ReadonlySet<string> = new Set(['loop', 'truncated', 'refusal'])

/**
 * Returns a function that lists the anomalies of an attempt, such as `empty` or `slow:ttft`, for report tables. It uses the limits in the result of
 * the run; over all attempts, the lists add up to the counts in the result's `anomalies`. Attempts of warm-ups, setup and teardown have no anomalies.
 */
export function anomaliesIn({ anomalies, anomalyGroups = [], phases, steps }: Counting): (entry: JournalEntry) => string[] {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  const messages = new Set(steps.filter(({ kind }) => kind === 'message').map(({ name }) => name))
  return (entry) => {
    if (!measured.has(entry.phase)) return []
    return flagsInMetrics(entry, anomalyGroups).flatMap(({ kind, metric }) => {
      const isCounted = anomalies[ATTEMPT_ANOMALIES[kind]] !== undefined && (!OF_TEXT.has(kind) || messages.has(entry.step))
      return isCounted ? [kind === 'slow' ? `slow:${metric}` : kind] : []
    })
  }
}

/** Returns the columns of the report table with one row for each attempt of a run; the function `anomalies` lists the anomalies of an attempt. */
export function attemptColumns(anomalies: (entry: JournalEntry) => string[]): Column<JournalEntry>[] {
  const flags: Column<JournalEntry> = { name: 'anomalies', kind: 'text', of: (entry) => anomalies(entry).join(' ') || null }
  return ATTEMPT.toSpliced(ATTEMPT.length - TEXTS, 0, flags)
}

/** Yields the given attempts of a journal unchanged, and counts each in `rows`: as one of the load, or of setup and teardown. */
export function* counted(entries: Iterable<JournalEntry>, rows: AttemptRows): Generator<JournalEntry> {
  for (const entry of entries) {
    if (entry.phase === '') rows.setupOrTeardown += 1
    else rows.load += 1
    yield entry
  }
}
