import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wordDiff } from '../../src/text-metrics/word-diff.ts'

const sideOf = (runs: ReturnType<typeof wordDiff>, own: 'a' | 'b') =>
  runs
    .filter(({ of }) => of === 'both' || of === own)
    .map(({ text }) => text)
    .join('')

test('names the words that one side alone has', () => {
  expect(wordDiff('Your order comes on Friday morning.', 'Your parcel comes on Friday.')).toEqual([
    { of: 'both', text: 'Your ' },
    { of: 'a', text: 'order ' },
    { of: 'b', text: 'parcel ' },
    { of: 'both', text: 'comes on ' },
    { of: 'a', text: 'Friday morning.' },
    { of: 'b', text: 'Friday.' },
  ])
  expect(wordDiff('same', 'same')).toEqual([{ of: 'both', text: 'same' }])
  expect(wordDiff('', '')).toEqual([])
})

test('the runs make both texts again, and no run follows one of its kind', () => {
  const words = fc.array(fc.constantFrom('a ', 'b ', 'cc\n', ' ', 'd'), { maxLength: 700 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(words, words, (a, b) => {
      const runs = wordDiff(a, b)
      expect([sideOf(runs, 'a'), sideOf(runs, 'b')]).toEqual([a, b])
      expect(runs.every(({ of }, at) => runs[at + 1]?.of !== of)).toBe(true)
    }),
    { numRuns: 50 },
  )
})
