/** Shows two replies to the same messages beside each other (recorded and new, or of two sessions), and what changed over all of them. */
import { formatShare } from '../../../report/text/format.ts'
import type { Pen } from '../../../report/text/pen.ts'
import { hodgesLehmann, signedRankTest } from '../../../statistics/signed-rank.ts'
import { medianOfSorted, sorted } from '../../../statistics/spread.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { formatMs } from '../../../text/units.ts'
import { wordSimilarity } from '../../../text-metrics/similarity.ts'
import { wordDiff } from '../../../text-metrics/word-diff.ts'
import { wordsOf } from '../../../text-metrics/words.ts'
import { sessionId } from '../recorded/sessions.ts'
import type { ScriptedSession } from './script.ts'

/** The smallest number of pairs for which a statistical test of the change is made. */
const MIN_PAIRS = 8
/** The smallest similarity of two replies, as a share of their words, at which the words that differ are marked. */
const LITTLE_ALIKE = 0.5

/**
 * Two attempts to send the same message, which `burn replay` compares: `recorded` (A) comes from a journal; `now` (B) is new, or from another
 * session. Either is undefined when its session did not send the message.
 */
export type RepliedTwice = { readonly recorded: JournalEntry | undefined; readonly now: JournalEntry | undefined }

/** The words for the two compared attempts in texts. */
interface PairWords {
  readonly recorded: string
  readonly now: string
  /** The text in place of a reply that does not exist. */
  readonly missing: string
  /** The words that say in which run failures and answers were counted. */
  readonly counted: { readonly recorded: string; readonly now: string; readonly both: string }
}

/** The words for a recorded session and the new replies to its messages. */
const SENT_AGAIN: PairWords = {
  ...{ recorded: 'recorded', now: 'now', missing: '(not sent)' },
  counted: { recorded: 'when recorded', now: 'now', both: 'both times' },
}

/** The names and phrases with which `burn replay` refers to two recorded sessions that it compares: A and B. */
export const TWO_SESSIONS: PairWords = {
  ...{ recorded: 'A', now: 'B', missing: '(no such message)' },
  counted: { recorded: 'in A', now: 'in B', both: 'in both' },
}

/** A message that was answered both in the recorded run and in the new one. */
interface AnsweredTwice {
  readonly recorded: JournalEntry
  readonly now: JournalEntry
}

/** A latency that is compared between recorded and new replies: its name, and its value in ms, undefined when an exchange has none. */
interface Latency {
  readonly name: string
  of(entry: JournalEntry): number | undefined
}

const LATENCIES: readonly Latency[] = [
  { name: 'ttft', of: ({ ttftMs }) => ttftMs ?? undefined },
  { name: 'reply', of: ({ sentAtMs, endedAtMs }) => (sentAtMs === null ? undefined : endedAtMs - sentAtMs) },
]

/**
 * Returns lines that show each message of a recorded session with its recorded and its new reply. `now` returns the new attempt to send the message
 * that belongs to a given step, by the step's name.
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

/**
 * Returns the lines of `burn replay` that show one message with its recorded and its new reply. Words that only one of the replies has are marked.
 */
export function pairText({ recorded, now }: RepliedTwice, pen: Pen, words: PairWords = SENT_AGAIN): string[] {
  const width = Math.max(words.recorded.length, words.now.length)
  const side = (name: string, sign: string) => `    ${name.padEnd(width)} ${sign} `
  const prompt = recorded?.prompt ?? now?.prompt ?? ''
  const isSame = now === undefined || now.prompt === prompt
  const replies = marked(recorded, now)
  const reply = (entry: JournalEntry | undefined, text: string | undefined) =>
    entry === undefined ? words.missing : replyText(entry, text ?? entry.reply, pen)
  const figures = recorded && now ? figuresOf({ recorded, now }) : []
  return [
    ...pen.wrap('  > ', pen.safe(prompt)),
    ...(isSame ? [] : pen.wrap(side(words.now, '>'), pen.safe(now.prompt))),
    ...pen.wrap(side(words.recorded, '<'), reply(recorded, replies?.a)),
    ...pen.wrap(side(words.now, '<'), reply(now, replies?.b)),
    ...(figures.length === 0 ? [] : [pen.dim(pen.ink(`      ${figures.join('  ')}`))]),
  ]
}

/** Returns both replies with marks around the words that only one of them has; undefined when they are equal, or have hardly a word in common. */
function marked(recorded: JournalEntry | undefined, now: JournalEntry | undefined): { a: string; b: string } | undefined {
  if (recorded?.outcome !== 'ok' || now?.outcome !== 'ok' || recorded.reply === now.reply) return undefined
  if ((wordSimilarity(wordsOf(recorded.reply), wordsOf(now.reply)) ?? 0) < LITTLE_ALIKE) return undefined
  const runs = wordDiff(recorded.reply, now.reply)
  const text = (side: 'a' | 'b', open: string, close: string) =>
    runs.map(({ of, text }) => (of === 'both' ? text : of === side ? between(text, open, close) : '')).join('')
  return { a: text('a', '[-', '-]'), b: text('b', '{+', '+}') }
}

/** Puts marks around the words of a text; spaces at its ends stay outside. */
function between(text: string, open: string, close: string): string {
  const words = text.trim()
  return words === '' ? text : text.replace(words, () => `${open}${words}${close}`)
}

function replyText({ outcome, failure, reply }: JournalEntry, shown: string, pen: Pen): string {
  if (outcome === 'failed') return `failed: ${pen.safe(failure?.class ?? 'without a class')}: ${pen.safe(failure?.message ?? '')}`
  return outcome === 'cut' ? '(cut off by the end of the run)' : reply === '' ? '(empty)' : pen.safe(shown)
}

function figuresOf({ recorded, now }: AnsweredTwice): string[] {
  if (recorded.outcome !== 'ok' || now.outcome !== 'ok') return []
  const times = LATENCIES.flatMap(({ name, of }) => {
    const [before, after] = [of(recorded), of(now)]
    return before === undefined || after === undefined ? [] : [`${name} ${formatMs(before)} → ${formatMs(after)}`]
  })
  const alike = wordSimilarity(wordsOf(recorded.reply), wordsOf(now.reply))
  return [...times, ...(alike === null ? [] : [`words ${formatShare(alike)} alike`])]
}

/**
 * Returns the last lines of `burn replay --live`, which sum up how the new replies differ from the recorded ones: failures, similarity and, if at
 * least 8 messages have both replies, the change of the latencies with its confidence interval. There is no interval when the user chose sessions by
 * their outcome (`pickedByOutcome`, for `--worst`), because sessions chosen for being bad get better by chance alone.
 */
export function summaryLines(
  pairs: readonly RepliedTwice[],
  pen: Pen,
  pickedByOutcome: boolean,
  { counted }: PairWords = SENT_AGAIN,
): string[] {
  const both = pairs.flatMap(({ recorded, now }) =>
    recorded?.outcome === 'ok' && now?.outcome === 'ok' ? [{ recorded, now }] : [],
  )
  const failed = (entries: readonly (JournalEntry | undefined)[]) => entries.filter((entry) => entry?.outcome === 'failed').length
  const head = `${pairs.length} messages, ${failed(pairs.map(({ recorded }) => recorded))} failed ${counted.recorded}, ${failed(pairs.map(({ now }) => now))} ${counted.now}; ${both.length} answered ${counted.both}`
  const alike = both.flatMap(({ recorded, now }) => wordSimilarity(wordsOf(recorded.reply), wordsOf(now.reply)) ?? [])
  const words = alike.length === 0 ? [] : [`  words of the replies alike: median ${formatShare(medianOfSorted(sorted(alike)))}`]
  return [pen.bold(head), ...LATENCIES.flatMap((latency) => latencyLine(latency, both, pickedByOutcome)), ...words].map(pen.ink)
}

function latencyLine({ name, of }: Latency, both: readonly AnsweredTwice[], pickedByOutcome: boolean): string[] {
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
