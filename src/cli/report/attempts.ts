/** The table of attempts: each entry of a run's journal is a row. One line is held at a time, however long the journal. */
import { flagsOf } from '../../anomalies/attempt-flags.ts'
import type { Column } from '../../report/tables/column.ts'
import type { AnomalyGroup } from '../../result/schema.ts'
import type { JournalEntry } from '../../store/journal/entry.ts'

type Check = NonNullable<JournalEntry['checks']>[number]

const checksOf = ({ checks = [] }: JournalEntry, of: (check: Check) => boolean) => checks.filter(of)

/** The columns of an attempt. Moments are in ms since the run began; what did not happen, and what is not known, is null. */
const ATTEMPT: readonly Column<JournalEntry>[] = [
  { name: 'run_id', kind: 'text', of: ({ runId }) => runId },
  { name: 'user', of: ({ user }) => user },
  { name: 'iteration', of: ({ iteration }) => iteration },
  { name: 'step', kind: 'text', of: ({ step }) => step },
  { name: 'attempt', of: ({ attempt }) => attempt },
  { name: 'phase', kind: 'text', of: ({ phase }) => phase },
  { name: 'target', kind: 'text', of: ({ target }) => target },
  { name: 'tags', kind: 'text', of: ({ tags }) => (tags === undefined ? null : JSON.stringify(tags)) },
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

/** The last columns are texts: what was sent, and what came. */
const TEXTS = 3

/** Milliseconds in whole microseconds: a difference of two rounded moments has more digits than they have. */
function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** How many rows of the table of attempts were written. Attempts of setup and teardown, which are in no total, are counted apart. */
export interface AttemptRows {
  load: number
  setupOrTeardown: number
}

/** Returns the columns of the table of attempts. `groups` are the anomalies of the run, with the limits above which an attempt stands out. */
export function attemptColumns(groups: readonly AnomalyGroup[]): Column<JournalEntry>[] {
  const flags: Column<JournalEntry> = {
    name: 'anomalies',
    kind: 'text',
    of: (entry) => flagsOf(entry, groups).join(' ') || null,
  }
  return ATTEMPT.toSpliced(ATTEMPT.length - TEXTS, 0, flags)
}

/** Yields the entries, and counts them in `rows`. */
export function* counted(entries: Iterable<JournalEntry>, rows: AttemptRows): Generator<JournalEntry> {
  for (const entry of entries) {
    if (entry.phase === '') rows.setupOrTeardown += 1
    else rows.load += 1
    yield entry
  }
}
