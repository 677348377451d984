/** Compares the quality of replies under load with that of replies to the same messages in a run without load. */
import { holm } from '../../statistics/multiplicity.ts'
import { mcNemar } from '../../statistics/rates.ts'
import { signedRankTest } from '../../statistics/signed-rank.ts'
import { mean, median } from '../../statistics/spread.ts'
import { wordSimilarity } from '../../text-metrics/similarity.ts'
import { wordsOf } from '../../text-metrics/words.ts'
import type { MeasuredPart } from './kept-replies.ts'

/** The largest number of differences that a test takes; with more messages, neighbouring differences are averaged. */
const MAX_DIFFERENCES = 200
/** The smallest number of messages for which the probability of a difference by chance is computed. */
const MIN_MESSAGES = 6

/**
 * All replies to one message of a step, in the order in which they ended: those of the run under load (`loaded`), and those of the reference run
 * without load (`alone`).
 */
export interface MessageReplies {
  readonly loaded: readonly MeasuredPart[]
  readonly alone: readonly MeasuredPart[]
}

/**
 * How a measure differs: its means without load (`alone`) and under load (`loaded`), in which each message counts once, and the probability `p` of
 * such a difference by chance; null for fewer than six messages.
 */
interface LoadChange {
  readonly alone: number
  readonly loaded: number
  readonly p: number | null
}

/**
 * How a flag differs: for how many messages (`of` in all) most replies have it only without load or only under load, and the probability of so uneven
 * a change by chance (McNemar); null for fewer than six messages.
 */
interface FlagChange {
  readonly onlyAlone: number
  readonly onlyLoaded: number
  readonly of: number
  readonly p: number | null
}

/** How the quality of replies under load differs from that in a reference run without load. */
export interface UnderLoad {
  readonly reference: string
  /** The number of replies under load that are compared with a reply to the same message in the reference run. */
  readonly pairs: number
  /** The number of replies under load for whose message the reference run has no reply. */
  readonly unpaired: number
  /** The number of messages with replies in both runs. */
  readonly messages: number
  /**
   * The similarity, by the order of words, of replies under load to the first reply without load, from 0 to 1: mean and median over the messages.
   * Null without pairs.
   */
  readonly similarity: { readonly mean: number; readonly median: number } | null
  /**
   * The similarity of two replies without load to the same message, from 0 to 1, which shows how much replies differ by chance. Null when no message
   * has two such replies.
   */
  readonly similarityAlone: { readonly mean: number; readonly median: number } | null
  readonly measures: Readonly<Record<string, LoadChange>>
  readonly flags: Readonly<Record<string, FlagChange>>
}

const MEASURES = ['overall', 'relevance', 'coherence', 'completeness', 'safety', 'latency', 'repetition'] as const
const FLAGS = ['truncated', 'refusal', 'stuck', 'wrongLanguage', 'sameAnswer'] as const

/**
 * Compares the quality of replies under load with that of replies to the same messages in a run without load. `reference` is the name of that run;
 * `replies` is the number of replies under load. Each message counts once, because replies to one message are alike; p values are corrected for the
 * number of measures (Holm).
 */
export function underLoad(reference: string, replies: number, asked: readonly MessageReplies[]): UnderLoad {
  const both = asked.filter(({ loaded, alone }) => loaded.length > 0 && alone.length > 0)
  const pairs = both.reduce((sum, { loaded }) => sum + loaded.length, 0)
  const measures = known([
    ...MEASURES.map((name) => [name, changeOf(both, ({ quality }) => quality.measures[name])] as const),
    ['words', changeOf(both, ({ reply }) => wordsOf(reply.text).length)],
  ])
  const flags = known([
    ...FLAGS.map((name) => [name, flagChange(both, ({ quality }) => quality.flags[name])] as const),
    ['checksFailed', flagChange(both, ({ reply }) => (reply.held === null ? null : !reply.held))],
  ])
  const corrected = correctedOf([...measures, ...flags].map(([, { p }]) => p))
  return {
    reference,
    pairs,
    unpaired: replies - pairs,
    messages: both.length,
    similarity: similarityOf(both.map(({ loaded, alone }) => [alone[0], loaded])),
    similarityAlone: similarityOf(both.flatMap(({ alone }) => (alone.length < 2 ? [] : [[alone[0], alone.slice(1, 2)]]))),
    measures: Object.fromEntries(measures.map(([name, change], i) => [name, { ...change, p: corrected[i] ?? null }])),
    flags: Object.fromEntries(flags.map(([name, change], i) => [name, { ...change, p: corrected[measures.length + i] ?? null }])),
  }
}

function correctedOf(ps: readonly (number | null)[]): (number | null)[] {
  const corrected = holm(ps.filter((p) => p !== null))[Symbol.iterator]()
  return ps.map((p) => (p === null ? null : (corrected.next().value ?? null)))
}

function similarityOf(texts: readonly (readonly [MeasuredPart | undefined, readonly MeasuredPart[]])[]): UnderLoad['similarity'] {
  const similar = texts.map(([first, others]) => {
    const words = wordsOf(first?.reply.text ?? '')
    return mean(others.map(({ reply }) => wordSimilarity(words, wordsOf(reply.text)) ?? 1))
  })
  return similar.length === 0 ? null : { mean: mean(similar), median: median(similar) }
}

const known = <T>(entries: readonly (readonly [string, T | undefined])[]) =>
  entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))

function changeOf(asked: readonly MessageReplies[], of: (part: MeasuredPart) => number | null): LoadChange | undefined {
  const values = valuesOf(asked, of)
  if (values.length === 0) return undefined
  const differences = values.map(({ loaded, alone }) => {
    const [a, b] = asMany(alone, loaded)
    return mean(b) - mean(a)
  })
  return {
    alone: mean(values.map(({ alone }) => mean(alone))),
    loaded: mean(values.map(({ loaded }) => mean(loaded))),
    p: values.length < MIN_MESSAGES ? null : signedRankTest(meansOf(differences)).p,
  }
}

function flagChange(asked: readonly MessageReplies[], of: (part: MeasuredPart) => boolean | null): FlagChange | undefined {
  const values = valuesOf(asked, of)
  if (values.length === 0) return undefined
  const most = values.map(({ loaded, alone }) => {
    const [a, b] = asMany(alone, loaded)
    return { alone: majorityOf(a), loaded: majorityOf(b) }
  })
  const onlyAlone = most.filter(({ alone, loaded }) => alone === true && loaded === false).length
  const onlyLoaded = most.filter(({ alone, loaded }) => alone === false && loaded === true).length
  return { onlyAlone, onlyLoaded, of: most.length, p: most.length < MIN_MESSAGES ? null : mcNemar(onlyAlone, onlyLoaded) }
}

interface Values<T> {
  readonly loaded: readonly T[]
  readonly alone: readonly T[]
}

/** Returns the values of each message that has at least one on both sides; null values are left out. */
function valuesOf<T>(asked: readonly MessageReplies[], of: (part: MeasuredPart) => T | null): Values<T>[] {
  const some = (parts: readonly MeasuredPart[]) => parts.map(of).filter((value) => value !== null)
  return asked
    .map(({ loaded, alone }) => ({ loaded: some(loaded), alone: some(alone) }))
    .filter(({ loaded, alone }) => loaded.length > 0 && alone.length > 0)
}

/**
 * Takes equally many values of both lists, spread evenly over the longer one. Means and majorities of unequally many values would differ even if
 * nothing has changed.
 */
function asMany<T>(a: readonly T[], b: readonly T[]): [T[], T[]] {
  const count = Math.min(a.length, b.length)
  const spread = (values: readonly T[]) =>
    Array.from({ length: count }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / count)] as T)
  return [spread(a), spread(b)]
}

/** Returns the value that more than half of the list has; undefined when both occur equally often. */
function majorityOf(values: readonly boolean[]): boolean | undefined {
  const yes = 2 * values.filter(Boolean).length
  return yes === values.length ? undefined : yes > values.length
}

/** Returns the values or, when there are more than 200, the means of 200 groups of neighbours. */
function meansOf(values: readonly number[]): number[] {
  const count = Math.min(MAX_DIFFERENCES, values.length)
  return Array.from({ length: count }, (_, i) =>
    mean(values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count))),
  )
}
