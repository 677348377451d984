/** Encodes long texts as bytes in short slices of work. */
import type { Pieces } from '../../pieces.ts'

/** The number of characters that are joined and encoded in one slice of work. */
const CHARACTERS_PER_PIECE = 32_768
/** The cost of joining and encoding one slice, in work units (see `Pieces`). */
const UNITS_PER_PIECE = 2000

/**
 * Encodes the texts of exported metrics as UTF-8, each followed by the text `end`, such as a line break. Does so in several slices of work, because
 * encoding all at once would block the event loop for tens of milliseconds.
 */
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
