/** How near the estimate of a shared share of texts is. */
import { expect, test } from 'vitest'
import { likeness, sketchOf } from '../../src/text-metrics/minhash.ts'
import { changed, passages } from './passages.ts'

test('the estimate is near the share of groups that both have', () => {
  const shingles = (text: string) => {
    const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
    return new Set(words.slice(2).map((_, at) => words.slice(at, at + 3).join(' ')))
  }
  const [text = ''] = passages(250)
  for (const share of [0.05, 0.1, 0.2]) {
    const other = changed(text, share, 'estimate')
    const [a, b] = [shingles(text), shingles(other)]
    const both = [...a].filter((one) => b.has(one)).length
    const [one, two] = [sketchOf(text), sketchOf(other)]
    if (!one || !two) throw new Error('the passage is too short')
    // Four standard errors of 128 hash functions at one half.
    expect(Math.abs(likeness(one, two) - both / (a.size + b.size - both)), String(share)).toBeLessThan(0.18)
  }
})
