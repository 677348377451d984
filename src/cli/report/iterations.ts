/**
 * Makes the table of iterations, in which a row sums up the attempts of one walk through the steps. At most one iteration of each user is in memory.
 */
import type { Column } from '../../report/tables/column.ts'
import { nearestRank } from '../../statistics/quantiles.ts'
import { mean, sorted } from '../../statistics/spread.ts'
import type { JournalEntry } from '../../store/journal/entry.ts'

/** The attempts of one iteration, in the order in which they ended; at least one. */
interface IterationEntries {
  readonly first: JournalEntry
  readonly entries: readonly JournalEntry[]
}

/**
 * Groups the attempts in a run's journal into iterations. An iteration is yielded once its user begins the next one; those that remain are yielded at
 * the end. Setup and teardown are left out.
 */
export function* iterationsIn(entries: Iterable<JournalEntry>): Generator<IterationEntries> {
  const open = new Map<number, { first: JournalEntry; entries: JournalEntry[] }>()
  for (const entry of entries) {
    if (entry.phase === '') continue
    const known = open.get(entry.user)
    if (known?.first.iteration === entry.iteration) {
      known.entries.push(entry)
      continue
    }
    if (known) yield known
    open.set(entry.user, { first: entry, entries: [entry] })
  }
  yield* open.values()
}

const countOf = ({ entries }: IterationEntries, of: (entry: JournalEntry) => boolean) => entries.filter(of).length

/** Returns the sum of a value over the attempts in which it is known; null when it is known in none. */
function sumOf({ entries }: IterationEntries, of: (entry: JournalEntry) => number | null | undefined): number | null {
  const known = entries.flatMap((entry) => of(entry) ?? [])
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

type SampleFigure = (rising: readonly number[]) => number

/** Returns the column for one figure, such as the maximum, of the response times of ok attempts, in ms; null without an ok attempt. */
const response = (figure: string, of: SampleFigure): Column<IterationEntries> => ({
  name: `response_time_${figure}_ms`,
  of: ({ entries }) => {
    const times = entries.flatMap(({ outcome, endedAtMs, intendedAtMs }) => (outcome === 'ok' ? [endedAtMs - intendedAtMs] : []))
    return times.length === 0 ? null : of(sorted(times))
  },
})

/**
 * Returns the columns of the table with one row for each iteration of a run. The caller passes the function `anomalies`, which returns the anomalies
 * of one attempt, such as `slow:ttft` or `truncated`; one column has those of all attempts of the iteration.
 */
export function iterationColumns(anomalies: (entry: JournalEntry) => string[]): Column<IterationEntries>[] {
  return [
    { name: 'run_id', kind: 'text', of: ({ first }) => first.runId },
    { name: 'user', of: ({ first }) => first.user },
    { name: 'iteration', of: ({ first }) => first.iteration },
    { name: 'phase', kind: 'text', of: ({ first }) => first.phase },
    { name: 'targets', kind: 'text', of: ({ entries }) => [...new Set(entries.map(({ target }) => target))].join(' ') },
    {
      name: 'intended_at_ms',
      of: ({ entries }) => entries.reduce((least, { intendedAtMs }) => Math.min(least, intendedAtMs), Number.POSITIVE_INFINITY),
    },
    { name: 'ended_at_ms', of: ({ entries }) => entries.reduce((most, { endedAtMs }) => Math.max(most, endedAtMs), 0) },
    { name: 'attempts', of: ({ entries }) => entries.length },
    { name: 'retries', of: (one) => countOf(one, ({ attempt }) => attempt > 1) },
    { name: 'ok', of: (one) => countOf(one, ({ outcome }) => outcome === 'ok') },
    { name: 'failed', of: (one) => countOf(one, ({ outcome }) => outcome === 'failed') },
    { name: 'cut', of: (one) => countOf(one, ({ outcome }) => outcome === 'cut') },
    {
      name: 'failure_classes',
      kind: 'text',
      of: ({ entries }) => [...new Set(entries.flatMap(({ failure }) => failure?.class ?? []))].join(' ') || null,
    },
    response('mean', mean),
    response('min', (rising) => nearestRank(rising, 0)),
    ...[50, 95, 99].map((p) => response(`p${p}`, (rising) => nearestRank(rising, p / 100))),
    response('max', (rising) => nearestRank(rising, 1)),
    { name: 'bytes_sent', of: (one) => sumOf(one, ({ bytesSent }) => bytesSent) },
    { name: 'bytes_received', of: (one) => sumOf(one, ({ bytesReceived }) => bytesReceived) },
    { name: 'input_tokens_sum', of: (one) => sumOf(one, ({ usage }) => usage?.inputTokens) },
    { name: 'output_tokens_sum', of: (one) => sumOf(one, ({ usage }) => usage?.outputTokens) },
    { name: 'cost_sum', of: (one) => sumOf(one, ({ cost }) => cost) },
    {
      name: 'anomalies',
      kind: 'text',
      of: ({ entries }) => [...new Set(entries.flatMap(anomalies))].join(' ') || null,
    },
  ]
}
