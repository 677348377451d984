import { expect, test } from 'vitest'
import { corpusText } from '../../src/payloads/corpus.ts'
import { createRandom } from '../../src/random.ts'

const WORDS = new Set(Array.from({ length: 5000 }, (_, i) => `w${i}`))
const textOf = corpusText('c.txt', Buffer.from(`\uFEFF${[...WORDS].join(' ')}\n`))

test('texts are cut between words, four bytes to a token, from another place each time', () => {
  const random = createRandom('seed')
  const texts = Array.from({ length: 200 }, () => textOf(random, 100))
  for (const text of texts) {
    expect(Math.abs(Buffer.byteLength(text) - 400)).toBeLessThan(10)
    expect(text).toMatch(/^w\d+(\s+w\d+)*$/)
    expect(text.split(/\s+/).filter((word) => !WORDS.has(word))).toEqual([])
  }
  expect(new Set(texts).size).toBeGreaterThan(190)
  expect(textOf(createRandom('seed'), 100)).toBe(texts[0])
})

test('a text longer than the corpus goes round', () => {
  const text = corpusText('c.txt', Buffer.from('one two three'))(createRandom('a'), 100)
  expect(Buffer.byteLength(text)).toBeGreaterThan(380)
  expect(Buffer.byteLength(text)).toBeLessThan(410)
  expect(new Set(text.split(/\s+/))).toEqual(new Set(['one', 'two', 'three']))
})

test('no character is cut in two where there are no spaces', () => {
  const corpus = '東京大阪'.repeat(400)
  const random = createRandom('b')
  const chinese = corpusText('c.txt', Buffer.from(corpus))
  for (let i = 0; i < 100; i += 1) expect(chinese(random, 7)).toMatch(/^[東京大阪\n]+$/)
})

test('no tokens are no text', () => expect(textOf(createRandom('x'), 0)).toBe(''))

test.each([
  ['', 'c.txt has no text'],
  [' \n\t', 'c.txt has no text'],
  ['\uFEFF', 'c.txt has no text'],
])('%j is no corpus', (text, message) => expect(() => corpusText('c.txt', Buffer.from(text))).toThrow(message))

test('what is not UTF-8 is no corpus', () => {
  expect(() => corpusText('c.bin', Buffer.from([0xff, 0xfe, 0x41]))).toThrow('c.bin is not UTF-8 text')
})
