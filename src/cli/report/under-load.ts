/** Quality under load: each reply beside the one that a run without load gave to the same message. */
import { mcNemar } from '../../statistics/rates.ts'
import { signedRankTest } from '../../statistics/signed-rank.ts'
import { mean, median } from '../../statistics/spread.ts'
import { wordSimilarity } from '../../text-metrics/similarity.ts'
import { wordsOf } from '../../text-metrics/words.ts'
import type { MeasuredPart } from './kept-replies.ts'

/** Stretches of the run whose means are compared: neighbouring replies are alike, so that each by itself would count too much. */
const MAX_BLOCKS = 40
/** With fewer, no difference is certain. */
const MIN_BLOCKS = 6

/** A reply under load, and the one to the same message without. */
export interface Pair {
  readonly loaded: MeasuredPart
  readonly alone: MeasuredPart
  /** What the message got the next time without load; undefined when it was asked once. */
  readonly again?: string
}

/** How a number changed: its means without load and under it, and the probability of such a difference by chance; null for too few pairs. */
interface Change {
  readonly alone: number
  readonly loaded: number
  readonly p: number | null
}

/** How often something is so in one of both replies only, and the probability of so uneven a change by chance (McNemar). */
interface FlagChange {
  readonly onlyAlone: number
  readonly onlyLoaded: number
  readonly of: number
  readonly p: number
}

/** The quality of replies under load, beside those of a run without. */
export interface UnderLoad {
  readonly reference: string
  /** Replies that have one to the same message of the same step beside them, and those that have none. */
  readonly pairs: number
  readonly unpaired: number
  /** How similar the two replies are, by words in their order: 0 to 1. Null without pairs. */
  readonly similarity: { readonly mean: number; readonly median: number } | null
  /** The same of two replies without load to the same message, which says how much of a difference is chance; null without any. */
  readonly similarityAlone: { readonly mean: number; readonly median: number } | null
  readonly measures: Readonly<Record<string, Change>>
  readonly flags: Readonly<Record<string, FlagChange>>
}

const MEASURES = ['overall', 'relevance', 'coherence', 'completeness', 'safety', 'latency', 'repetition'] as const
const FLAGS = ['truncated', 'refusal', 'stuck', 'wrongLanguage', 'sameAnswer'] as const

/** Compares the pairs of replies, of `replies` in all; they stand in the order in which those under load ended. */
export function underLoad(reference: string, replies: number, pairs: readonly Pair[]): UnderLoad {
  const measures = MEASURES.map((name) => [name, changeOf(pairs, ({ quality }) => quality.measures[name])] as const)
  const flags = FLAGS.map((name) => [name, flagChange(pairs, ({ quality }) => quality.flags[name])] as const)
  const checksFailed = flagChange(pairs, ({ reply }) => (reply.held === null ? null : !reply.held))
  return {
    reference,
    pairs: pairs.length,
    unpaired: replies - pairs.length,
    similarity: similarityOf(pairs.map(({ loaded, alone }) => [loaded.reply.text, alone.reply.text])),
    similarityAlone: similarityOf(pairs.flatMap(({ alone, again }) => (again === undefined ? [] : [[alone.reply.text, again]]))),
    measures: known([...measures, ['words', changeOf(pairs, ({ reply }) => wordsOf(reply.text).length)]]),
    flags: known([...flags, ['checksFailed', checksFailed]]),
  }
}

function similarityOf(pairs: readonly (readonly [string, string])[]): UnderLoad['similarity'] {
  const similar = pairs.map(([a, b]) => wordSimilarity(wordsOf(a), wordsOf(b)) ?? 1)
  return similar.length === 0 ? null : { mean: mean(similar), median: median(similar) }
}

const known = <T>(entries: readonly (readonly [string, T | undefined])[]) =>
  Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))

function changeOf(pairs: readonly Pair[], of: (part: MeasuredPart) => number | null): Change | undefined {
  const both = pairs.flatMap(({ loaded, alone }) => {
    const [a, b] = [of(alone), of(loaded)]
    return a === null || b === null ? [] : [{ alone: a, loaded: b }]
  })
  if (both.length === 0) return undefined
  const differences = blockMeans(both.map(({ alone, loaded }) => loaded - alone))
  return {
    alone: mean(both.map(({ alone }) => alone)),
    loaded: mean(both.map(({ loaded }) => loaded)),
    p: differences.length < MIN_BLOCKS ? null : signedRankTest(differences).p,
  }
}

/** The means of equal stretches, at most 40, each of at least three values where there are that many. */
function blockMeans(values: readonly number[]): number[] {
  const count = Math.min(MAX_BLOCKS, Math.max(1, Math.floor(values.length / 3)))
  return Array.from({ length: count }, (_, index) =>
    mean(values.slice(Math.floor((index * values.length) / count), Math.floor(((index + 1) * values.length) / count))),
  )
}

function flagChange(pairs: readonly Pair[], of: (part: MeasuredPart) => boolean | null): FlagChange | undefined {
  const both = pairs.filter(({ loaded, alone }) => of(loaded) !== null && of(alone) !== null)
  if (both.length === 0) return undefined
  const onlyAlone = both.filter(({ loaded, alone }) => of(alone) && !of(loaded)).length
  const onlyLoaded = both.filter(({ loaded, alone }) => of(loaded) && !of(alone)).length
  return { onlyAlone, onlyLoaded, of: both.length, p: mcNemar(onlyAlone, onlyLoaded) }
}
