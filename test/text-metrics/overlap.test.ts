import { describe, expect, test } from 'vitest'
import { bleu, gleu, rouge } from '../../src/text-metrics/overlap.ts'
import { wordsOf } from '../../src/text-metrics/words.ts'

const reference = wordsOf('the cat sat on the mat')

describe('ROUGE', () => {
  test('golden value 21: of a shorter text', () => {
    const { recall, precision, f1 } = rouge(wordsOf('the cat sat'), reference) ?? { recall: 0, precision: 0, f1: 0 }
    expect([recall, precision]).toEqual([0.5, 1])
    expect(f1).toBeCloseTo(2 / 3, 10)
  })

  test('of pairs of words: of four, two are shared', () => {
    expect(rouge(wordsOf('the cat sat on mat'), reference, 2)).toEqual({
      recall: 3 / 5,
      precision: 3 / 4,
      f1: expect.closeTo(2 / 3, 10),
    })
  })

  test('a word counts as often as in the reference', () => {
    expect(rouge(wordsOf('the the the the'), reference)?.precision).toBe(0.5)
  })

  test('with nothing to compare there is none, and nothing in common is 0', () => {
    expect(rouge(reference, [])).toBeNull()
    expect(rouge(reference, ['one'], 2)).toBeNull()
    expect(rouge([], reference)).toEqual({ recall: 0, precision: 0, f1: 0 })
  })
})

describe('BLEU', () => {
  test('golden value 21: of a shorter text', () => {
    expect(bleu(wordsOf('the cat sat on mat'), [reference])).toBeCloseTo(0.5789300675, 10)
  })

  test('the brevity penalty never rewards a short text', () => {
    const short = bleu(wordsOf('the cat sat on'), [reference]) ?? 1
    expect(short).toBeCloseTo(Math.exp(1 - 6 / 4), 10)
    expect(short).toBeLessThan(bleu(wordsOf('the cat sat on the'), [reference]) ?? 0)
  })

  test('of several references the nearest in length counts, and each n-gram may be in any', () => {
    // precisions 6/6, 5/5, 3/4 and 1/3
    expect(bleu(wordsOf('a dog sat on the mat'), [reference, wordsOf('a dog sat')])).toBeCloseTo(0.25 ** 0.25, 10)
    expect(bleu(wordsOf('the cat'), [reference, wordsOf('the cat')])).toBe(1)
  })

  test('the same text is 1, another one 0, whatever the length', () => {
    for (const text of ['yes', 'the cat', 'the cat sat on the mat']) expect(bleu(wordsOf(text), [wordsOf(text)])).toBe(1)
    expect(bleu(wordsOf('no'), [reference])).toBe(0)
    expect([bleu([], [reference]), bleu(reference, [[]])]).toEqual([0, null])
  })
})

test('GLEU: n-grams in common, of the longer text', () => {
  // 5 + 4 + 3 + 2 n-grams and 6 + 5 + 4 + 3, of which 5, 3, 2 and 1 are shared
  expect(gleu(wordsOf('the cat sat on mat'), [reference])).toBe(11 / 18)
  expect(gleu(reference, [wordsOf('no'), reference])).toBe(1)
  expect([gleu([], [reference]), gleu(reference, [])]).toEqual([0, null])
})
