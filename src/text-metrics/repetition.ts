/** Measures how much a text repeats itself, with limits between normal text and that of a stuck model. */
import { proseOf } from './prose.ts'
import { repeatedParts, repeatedShare } from './repeated-share.ts'
import { numbered, wordsOf } from './words.ts'

/** The largest number of words in a span that is searched for as a loop. */
const MAX_PERIOD = 60
/** The number of characters that are measured: the end of a text, because loops are there. */
const MAX_MEASURED = 16 * 1024
/** The number of equal sentences in a row that counts as a loop. MIN_SENTENCE_WORDS is the smallest number of words in such a sentence. */
const SENTENCES_IN_A_ROW = 3
const MIN_SENTENCE_WORDS = 4

/**
 * Returns the largest fraction of a text, 0 to 1, that consists of one span of words repeated three times or more in a row; 0 when there is none.
 * Spans of up to 60 words are found. `words` has a number for each word of the text; equal words have equal numbers.
 */
export function loopCoverage(words: Uint32Array): number {
  let most = 0
  for (let period = 1; period <= MAX_PERIOD && 3 * period <= words.length; period += 1) {
    const run = longestRun(words, period)
    if (run >= 2 * period) most = Math.max(most, run + period)
  }
  return words.length === 0 ? 0 : most / words.length
}

function longestRun(words: Uint32Array, period: number): number {
  let longest = 0
  let run = 0
  for (let at = period; at < words.length; at += 1) {
    run = words[at] === words[at - period] ? run + 1 : 0
    if (run > longest) longest = run
  }
  return longest
}

/**
 * Returns which fraction of a text's n-grams, 0 to 1, occurred earlier in the text: 1 − distinct ÷ all (seq-rep-n, Welleck 2020); null when there
 * are none.
 */
export function repeatedNgrams(words: Uint32Array, n: number): number | null {
  const all = words.length - n + 1
  return all < 1 ? null : repeatedParts(words, n) / all
}

/** Returns the diversity of a text, ∏ (1 − seq-rep-n) for n = 2, 3 and 4: 1 when no n-gram is repeated; null for fewer than four words. */
export function diversity(words: Uint32Array): number | null {
  const shares = [2, 3, 4].map((n) => repeatedNgrams(words, n))
  return shares.reduce<number | null>((product, share) => (product === null || share === null ? null : product * (1 - share)), 1)
}

/**
 * Returns the length of the longest part that occurs twice in a text (the two may overlap), divided by the length of the text; null for an empty
 * text.
 */
export function longestRepeat(text: string): number | null {
  return text === '' ? null : repeatedShare(text)
}

/**
 * Returns how varied the words of a text are: the expectation-adjusted number of distinct words (Liu 2022), for `different` words among `all`. It
 * divides `different` by the number to be expected if `all` words were drawn at random from a vocabulary of `vocabulary` words. Unlike the plain
 * fraction of different words, it does not fall with the length of the text.
 */
export function adjustedDistinct(different: number, vocabulary: number, all: number): number {
  return different / (vocabulary * (1 - ((vocabulary - 1) / vocabulary) ** all))
}

/** The measures of repetition. 99 % of normal English prose has values below `healthy`; a text above `flag` counts as stuck. */
const REPETITION = {
  loop: { healthy: 0.026, flag: 0.15, minWords: 20 },
  rep4: { healthy: 0.19, flag: 0.22, minWords: 60 },
  longestRepeat: { healthy: 0.11, flag: 0.2, minWords: 100 },
} as const

/** The name of a measure of how much a text repeats itself, such as `loop`. */
export type RepetitionMeasure = keyof typeof REPETITION
/** The limit of the measure `loop`, the fraction of a text that is one span repeated in a row: from this value on, the text counts as a loop. */
export const LOOP_FLAG = REPETITION.loop.flag

/**
 * How much one reply repeats itself: measures by name, such as `loop` (null when the text has too few words), whether one sentence occurs three times
 * in a row, and a score from 0 (normal) to 1.
 */
export interface Repetition extends Readonly<Record<RepetitionMeasure, number | null>> {
  /** True when the same sentence occurs three times or more in a row. */
  readonly sameSentence: boolean
  /**
   * The highest of all measures, each brought to one scale: 0 is normal, 0.5 is the limit for stuck text, 1 is the most. Null when no measure
   * applies.
   */
  readonly score: number | null
  /** The measure with the highest value, which decides the score; null when no measure applies. */
  readonly by: RepetitionMeasure | 'sameSentence' | null
}

/**
 * Measures how much a text repeats itself; code, tables and JSON in it are left out, and only the last 16 Ki characters are measured. `known` can
 * pass the words of the text if they are known already.
 */
export function repetitionOf(text: string, known?: readonly string[]): Repetition {
  const prose = proseOf(text).slice(-MAX_MEASURED)
  const words = numbered(known !== undefined && prose.length === text.length ? known : wordsOf(prose))
  const least = (name: RepetitionMeasure) => words.length >= REPETITION[name].minWords
  const parts = {
    loop: least('loop') ? loopCoverage(words) : null,
    rep4: least('rep4') ? repeatedNgrams(words, 4) : null,
    longestRepeat: least('longestRepeat') ? longestRepeat(prose) : null,
  }
  const sameSentence = hasSentenceLoop(prose)
  return { ...parts, sameSentence, ...worstOf(parts, sameSentence) }
}

function worstOf(
  parts: Readonly<Record<RepetitionMeasure, number | null>>,
  sameSentence: boolean,
): Pick<Repetition, 'score' | 'by'> {
  let [score, by]: [number | null, Repetition['by']] = sameSentence ? [0.5, 'sameSentence'] : [null, null]
  for (const name of ['loop', 'rep4', 'longestRepeat'] as const) {
    const value = parts[name]
    if (value === null) continue
    const { healthy, flag } = REPETITION[name]
    const scaled = Math.min(1, Math.max(0, (0.5 * (value - healthy)) / (flag - healthy)))
    if (score === null || scaled > score) [score, by] = [scaled, name]
  }
  return { score, by }
}

/** True when a text repeats itself as much as the replies of a model that is stuck: its score of repetition is at least 0.5. */
export function isStuck({ score }: Pick<Repetition, 'score'>): boolean {
  return score !== null && score >= 0.5
}

/**
 * True when a text, by its measures of repetition, is a loop: it has the same sentence (of four words or more) three times or more in a row, or at
 * least 15 % of it is one span of words that is repeated three times or more in a row.
 */
export function isLoop({ loop, sameSentence }: Pick<Repetition, 'loop' | 'sameSentence'>): boolean {
  return sameSentence || (loop !== null && loop >= REPETITION.loop.flag)
}

function hasSentenceLoop(prose: string): boolean {
  let [last, inARow] = ['', 0]
  for (const sentence of prose.split(/[.!?。！？\n]+/u)) {
    const trimmed = sentence.trim()
    if (trimmed === '') continue
    inARow = trimmed === last ? inARow + 1 : 1
    last = trimmed
    if (inARow >= SENTENCES_IN_A_ROW && wordsOf(trimmed).length >= MIN_SENTENCE_WORDS) return true
  }
  return false
}
