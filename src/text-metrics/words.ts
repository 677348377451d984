/** Splits a text into words in the way that all text metrics use. */

/** Matches letters of scripts that are written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+/u
/** Matches a letter or digit of a script with spaces between words, in the source of a regular expression. */
const IN_WORD = `(?!${UNSPACED.source})[\\p{L}\\p{N}\\p{M}_]`
const STARTS_IN_WORD = new RegExp(`^${IN_WORD}`, 'u')
const ENDS_IN_WORD = new RegExp(`${IN_WORD}$`, 'u')
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

/** Returns the words of a run of letters. Parts without spaces between words are cut into pairs of characters. */
function pairsIn(run: string): string[] {
  if (!UNSPACED.test(run)) return [run]
  return run.split(new RegExp(`(${UNSPACED.source})`, 'u')).flatMap((part, index) => {
    if (part === '') return []
    const characters = index % 2 === 0 ? [part] : Array.from(part)
    return characters.length === 1 ? characters : characters.slice(1).map((next, before) => `${characters[before]}${next}`)
  })
}

/**
 * Returns a number for each word of a text, so that words can be compared faster; equal words have equal numbers. `known` holds the numbers of
 * earlier words, and new ones are added to it.
 */
export function numbered(words: readonly string[], known = new Map<string, number>()): Uint32Array {
  const numbers = new Uint32Array(words.length)
  for (const [index, word] of words.entries()) {
    const number = known.get(word) ?? known.size
    if (number === known.size) known.set(word, number)
    numbers[index] = number
  }
  return numbers
}

/** True when a phrase occurs in a text as whole words, not as part of a longer word. False for an empty phrase. */
export function hasPhrase(text: string, phrase: string): boolean {
  if (phrase === '') return false
  const [starts, ends] = [STARTS_IN_WORD.test(phrase), ENDS_IN_WORD.test(phrase)]
  for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + 1)) {
    const end = at + phrase.length
    const goesOn =
      (starts && ENDS_IN_WORD.test(text.slice(Math.max(0, at - 2), at))) ||
      (ends && STARTS_IN_WORD.test(text.slice(end, end + 2)))
    if (!goesOn) return true
  }
  return false
}
