/** Finds the words in which two texts differ. */

/**
 * A run of neighbouring words in a comparison of two texts: both texts contain it, or only one of them. It includes the spaces and marks between the
 * words.
 */
export interface WordRun {
  readonly of: 'both' | 'a' | 'b'
  readonly text: string
}

/**
 * The number of words of each text that are compared, because the time grows with the product of both numbers. Words after them count as different,
 * unless both rests are equal.
 */
const MAX_WORDS = 600

/**
 * Compares two texts word by word (longest common subsequence), and returns the runs of words that are in both or only in one, in reading order; a
 * part of A stands before the part of B that replaces it. Words after the first 600 are not compared: they count as different, unless all of them are
 * equal.
 */
export function wordDiff(a: string, b: string): WordRun[] {
  const [wordsA, wordsB] = [partsOf(a), partsOf(b)]
  const runs: { of: WordRun['of']; text: string }[] = []
  const add = (of: WordRun['of'], text: string) => {
    const last = runs.at(-1)
    if (last?.of === of) last.text += text
    else if (text !== '') runs.push({ of, text })
  }
  const [restA, restB] = [wordsA.splice(MAX_WORDS).join(''), wordsB.splice(MAX_WORDS).join('')]
  const lengths = commonLengths(wordsA, wordsB)
  const width = wordsB.length + 1
  const common = (i: number, j: number) => lengths[i * width + j] ?? 0
  let [i, j] = [0, 0]
  while (i < wordsA.length || j < wordsB.length) {
    const [one, other] = [wordsA[i], wordsB[j]]
    if (one !== undefined && one === other) {
      add('both', one)
      i += 1
      j += 1
    } else if (one !== undefined && (other === undefined || common(i + 1, j) >= common(i, j + 1))) {
      add('a', one)
      i += 1
    } else {
      add('b', other ?? '')
      j += 1
    }
  }
  if (restA === restB) add('both', restA)
  else {
    add('a', restA)
    add('b', restB)
  }
  return runs
}

/** Splits a text into words with the spaces after them; joined, they are the text again. */
function partsOf(text: string): string[] {
  return text.match(/^\s+|\S+\s*/g) ?? []
}

/** Returns, for each pair of positions in two lists, the length of the longest common subsequence of the words after them. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1
  const lengths = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const equal = (lengths[(i + 1) * width + j + 1] ?? 0) + 1
      const best = Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
      lengths[i * width + j] = a[i] === b[j] ? equal : best
    }
  return lengths
}
