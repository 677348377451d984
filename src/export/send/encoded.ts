/** Encodes long texts as bytes, piece by piece. */
import type { Pieces } from '../../pieces.ts'

/** Characters that are joined and encoded in one piece. */
const CHARACTERS_PER_PIECE = 32_768
/** What that takes, in units of `Pieces`. */
const UNITS_PER_PIECE = 2000

/** Encodes texts, each followed by `end`, as UTF-8. Joined at once, long ones would hold the event loop for tens of milliseconds. */
export function* encoded(parts: readonly string[], end = ''): Pieces<Buffer[]> {
  const chunks: Buffer[] = []
  let waiting = ''
  for (const part of parts) {
    waiting += part + end
    if (waiting.length < CHARACTERS_PER_PIECE) continue
    chunks.push(Buffer.from(waiting))
    waiting = ''
    yield UNITS_PER_PIECE
  }
  chunks.push(Buffer.from(waiting))
  return chunks
}
