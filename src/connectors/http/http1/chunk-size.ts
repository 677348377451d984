const LF = 0x0a
const CR = 0x0d
const ZERO = 0x30
/** A chunk size with more digits is read byte by byte, as it may be too large. */
const MAX_USUAL_DIGITS = 8

/** Returns the value of a hexadecimal digit in ASCII; -1 for any other byte. */
export function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= 0x39) return byte - ZERO
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/**
 * Finds the end of the line that states the size of a chunk, in the body of an HTTP/1.1 reply, and returns the index after it. It reads only usual
 * lines: a short hexadecimal number without leading zeros, and nothing else. For all others, and for an incomplete line, it returns 0, and the caller
 * reads the line byte by byte. With `isAfterChunk`, the line end of the previous chunk is at `start` and is skipped.
 */
export function usualSizeLine(bytes: Uint8Array, start: number, end: number, isAfterChunk: boolean): number {
  let at = start
  if (isAfterChunk) {
    if (at + 2 > end || bytes[at] !== CR || bytes[at + 1] !== LF) return 0
    at += 2
  }
  if (at >= end || bytes[at] === ZERO) return 0
  const first = at
  while (at < end && hexDigit(bytes[at] ?? 0) >= 0) at += 1
  const isUsual = at > first && at - first <= MAX_USUAL_DIGITS && at + 2 <= end
  return isUsual && bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : 0
}
