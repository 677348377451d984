/** Finds the conversations of two runs that belong together, in the journals of both. */

import { createRandom } from '../../../random.ts'
import type { ComparedResults } from '../../../report/comparison/html.ts'
import type { PairedConversations, PairedReply } from '../../../report/comparison/html-pairs.ts'
import type { Result } from '../../../result/schema.ts'
import type { JournalEntry } from '../../../store/journal/entry.ts'
import { readJournal } from '../../../store/journal/reader.ts'
import { placesOfSide, type StoredComparison } from '../../../store/read-comparison.ts'
import { journalOf } from '../journal-of.ts'
import { Smallest } from './smallest.ts'

/** The number of conversations that are chosen for each reason: a failure on one side, a large difference in time, the sample. */
const PER_REASON = 4
/** The largest number of turns that are shown of each conversation. */
const MAX_TURNS = 12
/** The number of iterations, from the start of a journal, among which conversations are chosen. */
const MAX_ITERATIONS = 100_000
const MAX_TEXT = 2000

/** One side of a comparison: the folder of its run, and its result. */
interface StoredSide {
  readonly folder: string
  readonly result: Result
}

/**
 * Returns conversations of runs A and B side by side for the report of a comparison, as an object with the key `pairs`. The conversations of a pair
 * have the same iteration number: runs with the same seed make the same iterations. The object is empty when a run has no journal or the seeds
 * differ.
 * @throws InputError
 */
export function pairsOf(stored: StoredComparison, { a, b }: ComparedResults): Pick<ComparedResults, 'pairs'> {
  const side = (arm: 'a' | 'b', [result]: readonly Result[]) => {
    const [folder] = placesOfSide(stored, arm)
    return folder === undefined || result === undefined ? undefined : { folder, result }
  }
  const pairs = pairedConversations(side('a', a), side('b', b))
  return pairs === undefined ? {} : { pairs }
}

/** Returns conversations of two runs that had the same iterations; undefined when the runs had others, or one has no journal. @throws InputError */
function pairedConversations(a: StoredSide | undefined, b: StoredSide | undefined): PairedConversations | undefined {
  if (!a || !b || a.result.seed !== b.result.seed) return undefined
  const [pathA, pathB] = [journalOf(a.folder), journalOf(b.folder)]
  if (pathA === undefined || pathB === undefined) return undefined
  const [ofA, ofB] = [summaries(pathA, a.result), summaries(pathB, b.result)]
  const chosen = choose(ofA, ofB, a.result.seed)
  const [turnsA, turnsB] = [turnsOf(pathA, a.result, chosen), turnsOf(pathB, b.result, chosen)]
  const recorded = [...ofA.keys()].filter((iteration) => ofB.has(iteration)).length
  return {
    recorded,
    chosen: [...chosen].map(([iteration, why]) => {
      const [one, other] = [turnsA.get(iteration), turnsB.get(iteration)]
      const keys = [...new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])]
      const turns = keys.map((key) => ({ step: key.replace(/ \d+$/, ''), a: one?.get(key), b: other?.get(key) }))
      return { iteration, why, turns }
    }),
  }
}

interface Summary {
  tookMs: number
  failed: boolean
}

function* measuredEntries(path: string, { phases }: Result): Generator<JournalEntry> {
  const measured = new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))
  for (const entry of readJournal(path).entries) if (measured.has(entry.phase)) yield entry
}

function summaries(path: string, result: Result): Map<number, Summary> {
  const all = new Map<number, Summary>()
  for (const { iteration, outcome, intendedAtMs, endedAtMs } of measuredEntries(path, result)) {
    const known = all.get(iteration)
    if (known === undefined && all.size >= MAX_ITERATIONS) continue
    const { tookMs, failed } = known ?? { tookMs: 0, failed: false }
    all.set(iteration, { tookMs: tookMs + endedAtMs - intendedAtMs, failed: failed || outcome === 'failed' })
  }
  return all
}

/** Chooses iterations, each with the reason: those in which only one side failed, those whose times differ most, and a random sample. */
function choose(a: ReadonlyMap<number, Summary>, b: ReadonlyMap<number, Summary>, seed: string): Map<number, string> {
  const [oneFailed, apart, sample] = [new Smallest(PER_REASON), new Smallest(PER_REASON), new Smallest(3 * PER_REASON)]
  for (const [iteration, one] of a) {
    const other = b.get(iteration)
    if (other === undefined) continue
    const draw = createRandom(seed, 'paired', iteration).next()
    if (one.failed !== other.failed) oneFailed.add(String(iteration), draw)
    apart.add(String(iteration), -Math.abs(Math.log(Math.max(1, one.tookMs) / Math.max(1, other.tookMs))))
    sample.add(String(iteration), draw)
  }
  const chosen = new Map<number, string>()
  for (const [keys, why] of [
    [oneFailed.keys(), 'one side failed'],
    [apart.keys(), 'times differ'],
    [sample.keys(), 'sample'],
  ] as const)
    for (const key of keys) if (chosen.size < 3 * PER_REASON && !chosen.has(Number(key))) chosen.set(Number(key), why)
  return chosen
}

/**
 * Returns the turns of the chosen iterations, each by its step and the number of earlier turns of that step. Of several attempts the last one counts.
 */
function turnsOf(path: string, result: Result, chosen: ReadonlyMap<number, string>): Map<number, Map<string, PairedReply>> {
  const found = new Map<number, Map<string, PairedReply>>()
  for (const entry of measuredEntries(path, result)) {
    if (!chosen.has(entry.iteration)) continue
    const turns = found.get(entry.iteration) ?? new Map<string, PairedReply>()
    found.set(entry.iteration, turns)
    const before = [...turns.keys()].filter((key) => key.replace(/ \d+$/, '') === entry.step).length
    const key = `${entry.step} ${entry.attempt > 1 && before > 0 ? before - 1 : before}`
    if (turns.size < MAX_TURNS || turns.has(key)) turns.set(key, replyOf(entry))
  }
  return found
}

function replyOf({ outcome, failure, prompt, reply, ttftMs, intendedAtMs, endedAtMs }: JournalEntry): PairedReply {
  return {
    outcome,
    prompt: prompt.slice(0, MAX_TEXT),
    reply: ttftMs === null ? '' : reply.slice(0, MAX_TEXT),
    failure: failure && `${failure.class}: ${failure.message}`,
    ttftMs,
    tookMs: endedAtMs - intendedAtMs,
  }
}
