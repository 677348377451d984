/** Splits a text into words in the way that all text metrics use. */
import { once } from '../text/once.ts'

const patterns = once(() => {
  const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+/u
  // A letter or digit of a script with spaces between words.
  const inWord = `(?!${unspaced.source})[\\p{L}\\p{N}\\p{M}_]`
  return {
    /** Matches letters of scripts that are written without spaces between words. */
    unspaced,
    /** Splits a text at such letters and keeps them. */
    atUnspaced: new RegExp(`(${unspaced.source})`, 'u'),
    startsInWord: new RegExp(`^${inWord}`, 'u'),
    endsInWord: new RegExp(`${inWord}$`, 'u'),
    run: /[\p{L}\p{N}\p{M}]+/gu,
  }
})
const ASCII_RUN = /[a-z0-9]+/g
const NOT_ASCII = /[^\x00-\x7f]/

/**
 * Returns the words of a text in lower case: runs of letters and digits after normalisation (NFC). In languages without spaces between words, such as
 * Chinese, Japanese and Thai, each two neighbouring characters count as a word.
 */
export function wordsOf(text: string): string[] {
  const lower = text.toLowerCase()
  if (!NOT_ASCII.test(lower)) return lower.match(ASCII_RUN) ?? []
  const runs = lower.normalize('NFC').match(patterns().run) ?? []
  return patterns().unspaced.test(lower) ? runs.flatMap(pairsIn) : runs
}

/** Returns the words of a run of letters. Parts without spaces between words are cut into pairs of characters. */
function pairsIn(run: string): string[] {
  if (!patterns().unspaced.test(run)) return [run]
  return run.split(patterns().atUnspaced).flatMap((part, index) => {
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
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const number = known.get(word) ?? known.size
    if (number === known.size) known.set(word, number)
    numbers[at] = number
  }
  return numbers
}

/** True when a phrase occurs in a text as whole words, not as part of a longer word, and in the same case. False for an empty phrase. */
export function hasPhrase(text: string, phrase: string): boolean {
  if (phrase === '') return false
  const { startsInWord, endsInWord } = patterns()
  const [starts, ends] = [startsInWord.test(phrase), endsInWord.test(phrase)]
  for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + 1)) {
    const end = at + phrase.length
    const goesOn =
      (starts && endsInWord.test(text.slice(Math.max(0, at - 2), at))) || (ends && startsInWord.test(text.slice(end, end + 2)))
    if (!goesOn) return true
  }
  return false
}
