/** Finds the longest repeated part of a text, by comparing rolling hashes of parts of one length after another. */

const BASE = 0x01000193
/** The length in characters that is searched for first. */
const FIRST_LENGTH = 16

/**
 * Returns the length of the longest part that occurs twice in a text, divided by the length of the text, which must not be empty. The two occurrences
 * may overlap. The length is found by binary search, and equal parts of one length by their hashes.
 */
export function repeatedShare(text: string): number {
  const codes = Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * codes.length + 2)))
  let [low, high] = [0, Math.min(FIRST_LENGTH, codes.length - 1)]
  // Begins with short lengths, because most texts repeat only short parts.
  while (high < codes.length - 1 && hasRepeat(codes, high, slots)) [low, high] = [high, Math.min(2 * high, codes.length - 1)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (hasRepeat(codes, middle, slots)) low = middle
    else high = middle - 1
  }
  return low / codes.length
}

/** True when two parts of the text with this length are equal. `slots` is a hash table with the start of each part that was seen, plus one. */
function hasRepeat(codes: Uint16Array, length: number, slots: Int32Array): boolean {
  slots.fill(0)
  const mask = slots.length - 1
  let hash = 0
  let leaving = 1 // BASE to the power of length - 1: the factor of the character that leaves
  for (let at = 0; at < length; at += 1) {
    hash = (Math.imul(hash, BASE) + (codes[at] ?? 0)) | 0
    if (at > 0) leaving = Math.imul(leaving, BASE)
  }
  for (let start = 0; ; start += 1) {
    // The lowest bits of such a hash depend on the last characters alone.
    let slot = (hash ^ (hash >>> 15)) & mask
    for (let seen = slots[slot] ?? 0; seen !== 0; seen = slots[slot] ?? 0) {
      if (areEqual(codes, seen - 1, start, length)) return true
      slot = (slot + 1) & mask
    }
    slots[slot] = start + 1
    if (start + length >= codes.length) return false
    hash = (Math.imul(hash - Math.imul(codes[start] ?? 0, leaving), BASE) + (codes[start + length] ?? 0)) | 0
  }
}

function areEqual(codes: Uint16Array, left: number, right: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (codes[left + at] !== codes[right + at]) return false
  return true
}
