/** Finds parts that occur more than once in a text or another list, by comparing rolling hashes of parts of one length. */

const BASE = 0x01000193
/** The length in characters that is searched for first. */
const FIRST_LENGTH = 16

/**
 * Returns the length of the longest part that occurs twice in a text, divided by the length of the text, which must not be empty. The two occurrences
 * may overlap. The length is found by binary search, and equal parts of one length by their hashes.
 */
export function repeatedShare(text: string): number {
  const codes = new Uint32Array(text.length)
  for (let at = 0; at < text.length; at += 1) codes[at] = text.charCodeAt(at)
  const slots = slotsFor(codes)
  const hasRepeat = (length: number) => repeatedParts(codes, length, slots, 1) > 0
  let [low, high] = [0, Math.min(FIRST_LENGTH, codes.length - 1)]
  // Begins with short lengths, because most texts repeat only short parts.
  while (high < codes.length - 1 && hasRepeat(high)) [low, high] = [high, Math.min(2 * high, codes.length - 1)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (hasRepeat(middle)) low = middle
    else high = middle - 1
  }
  return low / codes.length
}

/** Returns an empty hash table for all parts of a list that have one length. */
function slotsFor(items: Uint32Array): Int32Array {
  return new Int32Array(2 ** Math.ceil(Math.log2(2 * items.length + 2)))
}

/**
 * Returns how many parts of `length` items (1 or more) in a list also occur earlier in the list; parts may overlap. Counting stops at `most`. `slots`
 * can pass the hash table of an earlier call for the same list, so that its memory is used again.
 */
export function repeatedParts(
  items: Uint32Array,
  length: number,
  slots = slotsFor(items),
  most = Number.POSITIVE_INFINITY,
): number {
  // Each slot holds the start of a part that was seen, plus one.
  slots.fill(0)
  const mask = slots.length - 1
  let repeated = 0
  let hash = 0
  let leaving = 1 // BASE to the power of length - 1: the factor of the item that leaves
  for (let at = 0; at < length; at += 1) {
    hash = (Math.imul(hash, BASE) + (items[at] ?? 0)) | 0
    if (at > 0) leaving = Math.imul(leaving, BASE)
  }
  for (let start = 0; start + length <= items.length && repeated < most; start += 1) {
    // The lowest bits of such a hash depend on the last items alone.
    let slot = (hash ^ (hash >>> 15)) & mask
    let seen = slots[slot] ?? 0
    while (seen !== 0 && !areEqual(items, seen - 1, start, length)) {
      slot = (slot + 1) & mask
      seen = slots[slot] ?? 0
    }
    if (seen === 0) slots[slot] = start + 1
    else repeated += 1
    hash = (Math.imul(hash - Math.imul(items[start] ?? 0, leaving), BASE) + (items[start + length] ?? 0)) | 0
  }
  return repeated
}

function areEqual(items: Uint32Array, left: number, right: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (items[left + at] !== items[right + at]) return false
  return true
}
