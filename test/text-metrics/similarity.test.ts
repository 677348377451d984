/** Similarity of texts by words, letters and groups of characters. */
import { describe, expect, test } from 'vitest'
import { gleu, rouge } from '../../src/text-metrics/overlap.ts'
import { characterTrigrams, cosine, normalisedDistance, wordSimilarity } from '../../src/text-metrics/similarity.ts'
import { wordsOf } from '../../src/text-metrics/words.ts'

describe('similarity', () => {
  test('golden value 20: words and letters that differ', () => {
    expect(wordSimilarity([...'kitten'], [...'sitting'])).toBeCloseTo(1 - 3 / 7, 10)
    expect(normalisedDistance('kitten', 'sitting')).toBe(0.375)
    expect(normalisedDistance('', '')).toBe(0)
    expect(cosine(['a', 'b', 'b', 'c'], ['a', 'b', 'c', 'd'])).toBeCloseTo(0.8164965809, 10)
    expect(cosine([], ['a'])).toBeNull()
  })

  test('of words, whatever their case and the marks between them', () => {
    expect(wordSimilarity(wordsOf('The cat sat'), wordsOf('the cat, sat'))).toBe(1)
    expect([wordSimilarity([], []), wordSimilarity([], ['a'])]).toEqual([null, 0])
  })

  test('groups of three characters', () => {
    expect(characterTrigrams('The cat!')).toEqual(['the', 'he ', 'e c', ' ca', 'cat'])
    expect(characterTrigrams('ab')).toEqual(['ab'])
    expect(characterTrigrams('…')).toEqual([])
  })

  test('swapping two texts changes nothing', () => {
    const [a, b] = [wordsOf('one two three four'), wordsOf('one three two')]
    expect(wordSimilarity(a, b)).toBe(wordSimilarity(b, a))
    expect(cosine(a, b)).toBe(cosine(b, a))
    expect(gleu(a, [b])).toBe(gleu(b, [a]))
    expect(rouge(a, b)?.f1).toBe(rouge(b, a)?.f1)
  })
})
