/** The words of a text, as all measures of text count them. */

/** Letters of scripts that are written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+/u
const RUN = /[\p{L}\p{N}\p{M}]+/gu
const ASCII_RUN = /[a-z0-9]+/g
const NOT_ASCII = /[^\x00-\x7f]/

/**
 * Returns the words of a text in lower case: runs of letters and digits after normalisation (NFC). Chinese, Japanese, Thai and their like
 * have no spaces between words, so each two neighbouring characters count as one.
 */
export function wordsOf(text: string): string[] {
  const lower = text.toLowerCase()
  if (!NOT_ASCII.test(lower)) return lower.match(ASCII_RUN) ?? []
  const runs = lower.normalize('NFC').match(RUN) ?? []
  return UNSPACED.test(lower) ? runs.flatMap(pairsIn) : runs
}

/** A run of letters with each part that has no spaces cut into pairs of characters. */
function pairsIn(run: string): string[] {
  if (!UNSPACED.test(run)) return [run]
  return run.split(new RegExp(`(${UNSPACED.source})`, 'u')).flatMap((part, index) => {
    if (part === '') return []
    const characters = index % 2 === 0 ? [part] : Array.from(part)
    return characters.length === 1 ? characters : characters.slice(1).map((next, before) => `${characters[before]}${next}`)
  })
}

/** Returns a number for each word, the same for equal words. `known` holds the numbers given so far, and gets the new ones. */
export function numbered(words: readonly string[], known = new Map<string, number>()): Uint32Array {
  const numbers = new Uint32Array(words.length)
  for (const [index, word] of words.entries()) {
    const number = known.get(word) ?? known.size
    if (number === known.size) known.set(word, number)
    numbers[index] = number
  }
  return numbers
}
