/** Quality under load: the replies to each message beside those that a run without load gave to it. */
import { holm } from '../../statistics/multiplicity.ts'
import { mcNemar } from '../../statistics/rates.ts'
import { signedRankTest } from '../../statistics/signed-rank.ts'
import { mean, median } from '../../statistics/spread.ts'
import { wordSimilarity } from '../../text-metrics/similarity.ts'
import { wordsOf } from '../../text-metrics/words.ts'
import type { MeasuredPart } from './kept-replies.ts'

/** The most differences that are tested: those of more messages are joined to means of neighbours. */
const MAX_DIFFERENCES = 200
/** With fewer messages, no difference is certain. */
const MIN_MESSAGES = 6

/** All replies to one message of a step: those under load, and those in the run without load (`alone`), in the order in which they ended. */
export interface MessageReplies {
  readonly loaded: readonly MeasuredPart[]
  readonly alone: readonly MeasuredPart[]
}

/** How a number changed: its means without load and under it, each message counting once, and the probability of such a difference by chance; null for fewer than six messages. */
interface Change {
  readonly alone: number
  readonly loaded: number
  readonly p: number | null
}

/** For how many messages something is so in most replies of one kind only, and the probability of so uneven a change by chance (McNemar); null for fewer than six messages. */
interface FlagChange {
  readonly onlyAlone: number
  readonly onlyLoaded: number
  readonly of: number
  readonly p: number | null
}

/** How the quality of replies under load differs from that in a reference run without load. */
export interface UnderLoad {
  readonly reference: string
  /**
   * Number of replies under load that are compared with a reply to the same message in the reference run, of those that are not, and of the
   * compared messages.
   */
  readonly pairs: number
  readonly unpaired: number
  readonly messages: number
  /**
   * Mean and median over the messages: how similar replies under load are to the first one without load, 0 to 1, by the order of words. Null
   * without pairs.
   */
  readonly similarity: { readonly mean: number; readonly median: number } | null
  /** The same for two replies without load to the same message: how much differs by chance alone. Null when no message has two. */
  readonly similarityAlone: { readonly mean: number; readonly median: number } | null
  readonly measures: Readonly<Record<string, Change>>
  readonly flags: Readonly<Record<string, FlagChange>>
}

const MEASURES = ['overall', 'relevance', 'coherence', 'completeness', 'safety', 'latency', 'repetition'] as const
const FLAGS = ['truncated', 'refusal', 'stuck', 'wrongLanguage', 'sameAnswer'] as const

/**
 * Compares the quality of replies under load with that of replies to the same messages without load (`reference` names that run). `replies` is
 * the number of replies under load. Each message counts once, because replies to one message are alike; p values are corrected for the number of
 * measures (Holm).
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

function changeOf(asked: readonly MessageReplies[], of: (part: MeasuredPart) => number | null): Change | undefined {
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

/** The values of the messages that have some on both sides. */
function valuesOf<T>(asked: readonly MessageReplies[], of: (part: MeasuredPart) => T | null): Values<T>[] {
  const some = (parts: readonly MeasuredPart[]) => parts.map(of).filter((value) => value !== null)
  return asked
    .map(({ loaded, alone }) => ({ loaded: some(loaded), alone: some(alone) }))
    .filter(({ loaded, alone }) => loaded.length > 0 && alone.length > 0)
}

/**
 * As many of both, spread evenly over the longer list: the mean of many is less skewed than a single value, and so is the majority, which
 * would make a difference where none is.
 */
function asMany<T>(a: readonly T[], b: readonly T[]): [T[], T[]] {
  const count = Math.min(a.length, b.length)
  const spread = (values: readonly T[]) =>
    Array.from({ length: count }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / count)] as T)
  return [spread(a), spread(b)]
}

/** True or false for more than half of the values; undefined for half of them. */
function majorityOf(values: readonly boolean[]): boolean | undefined {
  const yes = 2 * values.filter(Boolean).length
  return yes === values.length ? undefined : yes > values.length
}

/** The values, or the means of equal stretches when there are more than can be tested. */
function meansOf(values: readonly number[]): number[] {
  const count = Math.min(MAX_DIFFERENCES, values.length)
  return Array.from({ length: count }, (_, i) =>
    mean(values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count))),
  )
}
