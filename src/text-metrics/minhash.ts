/** Estimates how similar two texts are from sketches of a fixed size (MinHash). */
import { wordsOf } from './words.ts'

/** The number of words in a shingle, a group of neighbouring words. */
const SHINGLE = 3
/** The number of hash functions in a sketch. At a similarity of one half, the estimate has a standard error of 0.044. */
const HASHES = 128
/** The smallest number of words for which a sketch is made; fewer words give too few shingles. */
const MIN_WORDS = 20

/** The odd factors of the hash functions, the same in every run; their offsets follow. */
const FACTORS = Uint32Array.from({ length: HASHES }, (_, i) => (mixed(2 * i + 1) | 1) >>> 0)
const OFFSETS = Uint32Array.from({ length: HASHES }, (_, i) => mixed(2 * i + 2))

/** Mixes the bits of a number to another 32-bit number (the last step of MurmurHash3). */
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Returns the 32-bit hash of a word (FNV-1a). */
function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/**
 * A MinHash sketch of a text (half a KiB), from which its similarity to other texts is estimated: for each hash function, the smallest hash of the
 * text's groups of three words.
 */
export type Sketch = Uint32Array

/**
 * Returns the MinHash sketch of a text by its groups of three words; undefined for fewer than 20 words. `words` can pass the words of the text if
 * they are known already.
 * @see A. Z. Broder, "On the resemblance and containment of documents" (1997)
 */
export function sketchOf(text: string, words: readonly string[] = wordsOf(text)): Sketch | undefined {
  if (words.length < MIN_WORDS) return undefined
  const hashes = words.map(hashOf)
  const least = new Uint32Array(HASHES).fill(0xffffffff)
  for (let at = 0; at + SHINGLE <= hashes.length; at += 1) {
    let shingle = 0
    for (let next = at; next < at + SHINGLE; next += 1) shingle = mixed((shingle ^ (hashes[next] ?? 0)) >>> 0)
    for (let i = 0; i < HASHES; i += 1) {
      // The shingle's hash is mixed already, so a factor and an offset are enough to make another hash function of it.
      const hash = (Math.imul(shingle, FACTORS[i] ?? 1) + (OFFSETS[i] ?? 0)) >>> 0
      if (hash < (least[i] ?? 0)) least[i] = hash
    }
  }
  return least
}

/**
 * The number of hash functions that are compared first. Two texts with a similarity of one half agree in none of these in only 2e-10 of all cases.
 */
const FIRST = 32

/**
 * Returns how similar two texts are, 0 to 1, from their MinHash sketches: an estimate of the Jaccard index, the fraction of word groups that both
 * texts have. If none of the first values of the sketches are equal, as for most unrelated texts, it returns 0 and does not compare the others.
 */
export function likeness(a: Sketch, b: Sketch): number {
  let equal = 0
  for (let i = 0; i < HASHES; i += 1) {
    if (a[i] === b[i]) equal += 1
    if (i === FIRST && equal === 0) return 0
  }
  return equal / HASHES
}
