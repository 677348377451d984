/** Measures how similar two texts are. */
import { distance } from 'fastest-levenshtein'
import { numbered, wordsOf } from './words.ts'

/** The number of words of each text that are compared, because the time grows with the product of both numbers. */
const MAX_WORDS = 4096

/**
 * Returns how alike two lists of words are, 0 to 1: 1 − edit distance in words ÷ longer length (Levenshtein); null when both are empty. Only
 * the first 4,096 words are compared.
 */
export function wordSimilarity(a: readonly string[], b: readonly string[]): number | null {
  const longer = Math.min(MAX_WORDS, Math.max(a.length, b.length))
  return longer === 0 ? null : 1 - wordDistance(a, b) / longer
}

/** Returns how many words must be inserted, removed or replaced to turn one list into the other (edit distance). */
function wordDistance(a: readonly string[], b: readonly string[]): number {
  const known = new Map<string, number>()
  return distance(asUnits(a, known), asUnits(b, known))
}

/** Returns a text with one character for each word, so that a function that compares characters compares words. */
function asUnits(words: readonly string[], known: Map<string, number>): string {
  return String.fromCharCode(...numbered(words.slice(0, MAX_WORDS), known))
}

/**
 * Returns the distance of two texts, 0 to 1, by Yujian and Bo (2007): 2d ÷ (|a| + |b| + d), where d is the edit distance. Unlike d ÷ longer length,
 * it is a metric (the triangle inequality holds).
 */
export function normalisedDistance(a: string, b: string): number {
  const apart = distance(a, b)
  return apart === 0 ? 0 : (2 * apart) / (a.length + b.length + apart)
}

/**
 * Returns the cosine similarity of two lists of texts, 0 to 1: each list counts as the vector that says how often each text occurs in it. Null when a
 * list is empty.
 */
export function cosine(a: readonly string[], b: readonly string[]): number | null {
  const [left, right] = [countsOf(a), countsOf(b)]
  let dot = 0
  for (const [item, count] of left) dot += count * (right.get(item) ?? 0)
  const length = norm(left) * norm(right)
  return length === 0 ? null : dot / length
}

function norm(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count * count
  return Math.sqrt(sum)
}

/** Returns how often each item occurs in a list. */
export function countsOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

/**
 * Returns all groups of three neighbouring characters of a text, after reducing it to its words with single spaces between them. A text of one or
 * two characters is one group.
 */
export function characterTrigrams(text: string): string[] {
  const characters = Array.from(wordsOf(text).join(' '))
  if (characters.length === 0) return []
  return Array.from({ length: Math.max(1, characters.length - 2) }, (_, at) => characters.slice(at, at + 3).join(''))
}
