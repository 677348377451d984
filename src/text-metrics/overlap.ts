/** Computes how much of a reference text occurs in another text: ROUGE, BLEU and GLEU. */
import { countsOf } from './similarity.ts'

/** The largest number of words in the n-grams of BLEU and GLEU. */
const LONGEST = 4

type Words = readonly string[]

function ngrams(words: Words, n: number): string[] {
  return Array.from({ length: Math.max(0, words.length - n + 1) }, (_, at) => words.slice(at, at + n).join(' '))
}

/** Returns how many n-grams of a text also occur in a reference. Each counts at most as often as it occurs in the reference. */
function shared(text: ReadonlyMap<string, number>, reference: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const [gram, count] of text) sum += Math.min(count, reference.get(gram) ?? 0)
  return sum
}

/** The shares of n-grams, from 0 to 1, that a text and a reference have in common. */
interface Rouge {
  /** The share of the reference's n-grams that occur in the text. */
  readonly recall: number
  /** The share of the text's n-grams that occur in the reference. */
  readonly precision: number
  /** The harmonic mean of recall and precision. */
  readonly f1: number
}

/**
 * Returns ROUGE-n of a text (Lin 2004): how many n-grams the text has in common with its reference (an expected text), as precision, recall and F1,
 * each 0 to 1. Null when the reference has fewer than n words.
 */
export function rouge(text: Words, reference: Words, n = 1): Rouge | null {
  const [own, expected] = [ngrams(text, n), ngrams(reference, n)]
  if (expected.length === 0) return null
  const common = shared(countsOf(own), countsOf(expected))
  const [recall, precision] = [common / expected.length, own.length === 0 ? 0 : common / own.length]
  return { recall, precision, f1: common === 0 ? 0 : (2 * recall * precision) / (recall + precision) }
}

/**
 * Returns BLEU-4 of a text (Papineni 2002), 0 to 1: how many of its n-grams of one to four words occur in the references, with a penalty for a text
 * that is shorter than the reference nearest in length. It is not smoothed: without a common n-gram of four words it is 0. If the text or that
 * reference has fewer than four words, only n-grams up to that length count. Null when all references are empty.
 */
export function bleu(text: Words, references: readonly Words[]): number | null {
  const others = references.filter((reference) => reference.length > 0)
  if (others.length === 0) return null
  if (text.length === 0) return 0
  const nearest = nearestLength(text.length, others)
  const longest = Math.min(LONGEST, text.length, nearest)
  let logs = 0
  for (let n = 1; n <= longest; n += 1) {
    const own = ngrams(text, n)
    const common = shared(countsOf(own), mostOf(others.map((reference) => countsOf(ngrams(reference, n)))))
    if (common === 0) return 0
    logs += Math.log(common / own.length) / longest
  }
  return Math.exp(logs) * (text.length < nearest ? Math.exp(1 - nearest / text.length) : 1)
}

/** Returns for each n-gram its largest count in any of the references. */
function mostOf(counts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const most = new Map<string, number>()
  for (const one of counts) for (const [gram, count] of one) most.set(gram, Math.max(count, most.get(gram) ?? 0))
  return most
}

/** Returns the length of the reference that is nearest to `length`; of two equally near ones, the shorter. */
function nearestLength(length: number, references: readonly Words[]): number {
  const lengths = references.map((reference) => reference.length).sort((a, b) => a - b)
  return lengths.reduce((best, one) => (Math.abs(one - length) < Math.abs(best - length) ? one : best))
}

/**
 * Returns GLEU of a text (Wu 2016), 0 to 1, which suits single short texts: the number of n-grams of one to four words that the text and a reference
 * have in common, divided by the number of all n-grams of the longer one. Of several references, the best counts. Null when all references are empty.
 */
export function gleu(text: Words, references: readonly Words[]): number | null {
  const scores = references.flatMap((reference) => {
    if (reference.length === 0) return []
    let [common, own, expected] = [0, 0, 0]
    for (let n = 1; n <= LONGEST; n += 1) {
      const [grams, others] = [ngrams(text, n), ngrams(reference, n)]
      common += shared(countsOf(grams), countsOf(others))
      own += grams.length
      expected += others.length
    }
    return common / Math.max(own, expected)
  })
  return scores.length === 0 ? null : Math.max(...scores)
}
