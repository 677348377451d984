/** Recorded replies beside those to the same messages today: each pair, and what changed over all of them. */
import { formatShare } from '../../../report/text/format.ts'
import type { Pen } from '../../../report/text/pen.ts'
import { hodgesLehmann, signedRankTest } from '../../../statistics/signed-rank.ts'
import { medianOfSorted, sorted } from '../../../statistics/spread.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { formatMs } from '../../../text/units.ts'
import { wordSimilarity } from '../../../text-metrics/similarity.ts'
import { wordsOf } from '../../../text-metrics/words.ts'
import { sessionId } from '../recorded/sessions.ts'
import type { ScriptedSession } from './script.ts'

/** Fewer pairs are described and not tested. */
const MIN_PAIRS = 8

/** A message's recorded attempt and its new one; `now` is undefined when the message was not sent again. */
export interface RepliedTwice {
  readonly recorded: JournalEntry
  readonly now: JournalEntry | undefined
}

/** A message that was answered both times. */
interface Answered {
  readonly recorded: JournalEntry
  readonly now: JournalEntry
}

/** A latency of an exchange, in ms; undefined when it has none. Those of failed exchanges are not compared. */
interface Latency {
  readonly name: string
  of(entry: JournalEntry): number | undefined
}

const LATENCIES: readonly Latency[] = [
  { name: 'ttft', of: ({ ttftMs }) => ttftMs ?? undefined },
  { name: 'reply', of: ({ sentAtMs, endedAtMs }) => (sentAtMs === null ? undefined : endedAtMs - sentAtMs) },
]

/**
 * Returns lines that show each message of a session with the recorded and the new reply; `now` returns the new attempt of a step, by the step's
 * name.
 */
export function pairLines(
  { session, messages }: ScriptedSession,
  now: (step: string) => JournalEntry | undefined,
  pen: Pen,
): string[] {
  return [
    pen.bold(`session ${sessionId(session)}`),
    ...messages.flatMap(({ step, turn }) => pairText({ recorded: turn.entry, now: now(step) }, pen)),
    '',
  ]
}

function pairText({ recorded, now }: RepliedTwice, pen: Pen): string[] {
  const figures = now ? figuresOf({ recorded, now }) : []
  return [
    ...pen.wrap('  > ', pen.safe(recorded.prompt)),
    ...pen.wrap('    recorded < ', replyText(recorded, pen)),
    ...pen.wrap('    now      < ', now ? replyText(now, pen) : '(not sent)'),
    ...(figures.length === 0 ? [] : [pen.dim(pen.ink(`      ${figures.join('  ')}`))]),
  ]
}

function replyText({ outcome, failure, reply }: JournalEntry, pen: Pen): string {
  if (outcome === 'failed') return `failed: ${pen.safe(failure?.class ?? 'without a class')}: ${pen.safe(failure?.message ?? '')}`
  return outcome === 'cut' ? '(cut off by the end of the run)' : reply === '' ? '(empty)' : pen.safe(reply)
}

function figuresOf({ recorded, now }: Answered): string[] {
  if (recorded.outcome !== 'ok' || now.outcome !== 'ok') return []
  const times = LATENCIES.flatMap(({ name, of }) => {
    const [before, after] = [of(recorded), of(now)]
    return before === undefined || after === undefined ? [] : [`${name} ${formatMs(before)} → ${formatMs(after)}`]
  })
  const alike = wordSimilarity(wordsOf(recorded.reply), wordsOf(now.reply))
  return [...times, ...(alike === null ? [] : [`words ${formatShare(alike)} alike`])]
}

/**
 * Returns lines that sum up how new replies differ from recorded ones: failures, similarity, and latencies with bounds for 8 or more pairs.
 * `pickedByOutcome` says that sessions were chosen for being bad; then there are no bounds, because chance alone makes such sessions better the
 * second time.
 */
export function summaryLines(pairs: readonly RepliedTwice[], pen: Pen, pickedByOutcome: boolean): string[] {
  const both = pairs.flatMap(({ recorded, now }) =>
    recorded.outcome === 'ok' && now?.outcome === 'ok' ? [{ recorded, now }] : [],
  )
  const failed = (entries: readonly (JournalEntry | undefined)[]) => entries.filter((entry) => entry?.outcome === 'failed').length
  const head = `${pairs.length} messages, ${failed(pairs.map(({ recorded }) => recorded))} failed when recorded, ${failed(pairs.map(({ now }) => now))} now; ${both.length} answered both times`
  const alike = both.flatMap(({ recorded, now }) => wordSimilarity(wordsOf(recorded.reply), wordsOf(now.reply)) ?? [])
  const words = alike.length === 0 ? [] : [`  words of the replies alike: median ${formatShare(medianOfSorted(sorted(alike)))}`]
  return [pen.bold(head), ...LATENCIES.flatMap((latency) => latencyLine(latency, both, pickedByOutcome)), ...words].map(pen.ink)
}

function latencyLine({ name, of }: Latency, both: readonly Answered[], pickedByOutcome: boolean): string[] {
  const found = both.flatMap(({ recorded, now }) => {
    const [before, after] = [of(recorded), of(now)]
    return before === undefined || after === undefined ? [] : [{ before, after }]
  })
  if (found.length === 0) return []
  const median = (values: readonly number[]) => formatMs(medianOfSorted(sorted(values)))
  const medians = `  ${name}: median ${median(found.map(({ before }) => before))} → ${median(found.map(({ after }) => after))}`
  if (pickedByOutcome)
    return [`${medians} (descriptive: of sessions chosen for being bad, the second time is better by chance alone)`]
  if (found.length < MIN_PAIRS) return [`${medians} (descriptive: ${found.length} of the ${MIN_PAIRS} pairs that a test needs)`]
  const differences = found.map(({ before, after }) => after - before)
  const { estimate, low, high } = hodgesLehmann(differences)
  const { p } = signedRankTest(differences)
  return [
    `${medians}, change ${signed(estimate)} (${signed(low)} to ${signed(high)} at 95 %; signed-rank p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}, ${found.length} pairs)`,
  ]
}

function signed(ms: number): string {
  return ms > 0 ? `+${formatMs(ms)}` : formatMs(ms)
}
