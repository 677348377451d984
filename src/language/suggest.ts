import { distance } from 'fastest-levenshtein'

/** Longest word in characters that is compared, because the cost grows with the product of the lengths. */
const MAX_WORD = 100

/**
 * Returns the candidate that is most similar to a misspelt `word`, for suggestions in error messages; undefined when none is similar enough. A
 * similar candidate differs in at most `maxDistance` letters, apart from case, `-`, `_` and spaces. If there is none, a longer or shorter form of the
 * word is accepted, such as `randomInt` for `randomInteger`.
 */
export function nearest(word: string, candidates: Iterable<string>, maxDistance = 2): string | undefined {
  if (word.length > MAX_WORD) return undefined
  const normalised = plain(word)
  let limit = Math.min(maxDistance, Math.floor(normalised.length / 2))
  let best: string | undefined
  for (const candidate of candidates) {
    const other = plain(candidate)
    if (other === normalised) return candidate
    if (Math.abs(other.length - normalised.length) > limit) continue
    const apart = isSwapped(normalised, other) ? 1 : distance(normalised, other)
    if (apart > limit) continue
    best = candidate
    limit = apart - 1
  }
  return best ?? (maxDistance > 0 ? longestStem(normalised, candidates) : undefined)
}

/** Smallest number of common first letters, one name being the beginning of the other, with which two names count as similar. */
const MIN_STEM = 5

function longestStem(normalised: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let length = MIN_STEM - 1
  for (const candidate of candidates) {
    const other = plain(candidate)
    const shared = Math.min(other.length, normalised.length)
    if (shared <= length || other.slice(0, shared) !== normalised.slice(0, shared)) continue
    best = candidate
    length = shared
  }
  return best
}

/** True when two texts differ only in two swapped neighbouring letters, such as "ulr" and "url". */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '')
}
