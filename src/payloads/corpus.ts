/** Makes texts of a given length in tokens, cut out of a text file of the user (corpus). */
import { isUtf8 } from 'node:buffer'
import { UsageError } from '../errors.ts'
import type { Random } from '../random.ts'

/** The assumed size of a token in bytes of UTF-8. It is about right for English, code, and scripts with two or three bytes per character. */
const BYTES_PER_TOKEN = 4
/** The number of bytes after a random place in which the start of a word is searched for. */
const MAX_WORD_BYTES = 64

/**
 * Returns a function that cuts random texts out of a corpus, a long text from which prompts are made. A text is about as long as `tokens` tokens of 4
 * bytes. It begins and ends between words, unless a word is longer than 64 bytes; a text that reaches the end of the corpus continues at its
 * beginning. `name` is the corpus file's name for error messages.
 * @throws UsageError when the corpus has no text, or is not UTF-8
 */
export function corpusText(name: string, corpus: Buffer): (random: Random, tokens: number) => string {
  if (!isUtf8(corpus)) throw new UsageError(`${name} is not UTF-8 text`, 'save it as UTF-8')
  const bytes = Buffer.from(
    corpus
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim(),
  )
  if (bytes.length === 0) throw new UsageError(`${name} has no text`, 'a corpus is a text of which prompts are cut')
  return (random, tokens) => {
    const pieces: string[] = []
    let at = wordAt(bytes, random.int(0, bytes.length - 1))
    for (let left = tokens * BYTES_PER_TOKEN; left > 0; at = 0) {
      const end = at + left >= bytes.length ? bytes.length : wordAt(bytes, at + left)
      pieces.push(bytes.toString('utf8', at, end).trim())
      left -= end - at + 1
    }
    return pieces.filter((piece) => piece !== '').join('\n')
  }
}

/**
 * Returns the index of the next start of a word at or after `place`, or the end of the corpus, if one is near; otherwise `place`, moved to the start
 * of a character.
 */
function wordAt(bytes: Buffer, place: number): number {
  const end = Math.min(bytes.length, place + MAX_WORD_BYTES)
  for (let at = place; at > 0 && at < end; at += 1) if (isSpace(bytes[at - 1]) && !isSpace(bytes[at])) return at
  if (end === bytes.length) return end
  let at = place
  while (at > 0 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1
  return at
}

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
