import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { repeatedParts, repeatedShare } from '../../src/text-metrics/repeated-share.ts'
import {
  adjustedDistinct,
  diversity,
  isLoop,
  isStuck,
  longestRepeat,
  loopCoverage,
  repeatedNgrams,
  repetitionOf,
} from '../../src/text-metrics/repetition.ts'
import { numbered, wordsOf } from '../../src/text-metrics/words.ts'
import { costMeter } from '../support/cost.ts'
import { shareOf } from '../support/share.ts'
import { passages, withLoop } from './passages.ts'

const wordNumbers = (text: string) => numbered(wordsOf(text))

describe('known values', () => {
  const words = wordNumbers('the cat sat on the mat '.repeat(3))

  test('golden value 19: a sentence said three times', () => {
    expect(words).toHaveLength(18)
    const shares = [1, 2, 3, 4].map((n) => repeatedNgrams(words, n))
    expect(shares.map((share) => share?.toFixed(6))).toEqual(['0.722222', '0.647059', '0.625000', '0.600000'])
    expect(diversity(words)).toBeCloseTo(0.0529411765, 10)
    expect(loopCoverage(words)).toBe(1)
  })

  test('golden value 20: expectation-adjusted distinct words', () => {
    expect(adjustedDistinct(500, 50_000, 1000)).toBeCloseTo(0.5050116667, 10)
  })

  test.each([
    ['abcdabc', 3 / 7],
    ['aaaa', 3 / 4],
    ['abcd', 0],
    ['a', 0],
  ])('the longest repeat of %s', (text, share) => {
    expect(longestRepeat(text)).toBe(share)
  })

  test('of nothing there is no measure', () => {
    const none = wordNumbers('')
    expect([repeatedNgrams(none, 1), diversity(none), longestRepeat(''), loopCoverage(none)]).toEqual([null, null, null, 0])
    expect(repetitionOf('Hello there.')).toEqual({
      loop: null,
      rep4: null,
      longestRepeat: null,
      sameSentence: false,
      score: null,
      by: null,
    })
  })

  test('two copies are no loop, three are', () => {
    expect(loopCoverage(wordNumbers('a b c d a b c d'))).toBe(0)
    expect(loopCoverage(wordNumbers('x a b a b a b y'))).toBe(6 / 8)
  })

  test('the longest repeat is that of a plain search', () => {
    const plain = (text: string) => {
      for (let length = text.length - 1; length > 0; length -= 1)
        for (let at = 0; at + length < text.length; at += 1)
          if (text.indexOf(text.slice(at, at + length), at + 1) >= 0) return length / text.length
      return 0
    }
    const texts = passages(30)
      .slice(0, 20)
      .map((text) => text.slice(0, 150))
    expect(texts.map(repeatedShare)).toEqual(texts.map(plain))
  })

  test('parts that occurred before are counted as by a set of all parts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (items, length) => {
        const parts = Array.from({ length: Math.max(0, items.length - length + 1) }, (_, at) =>
          items.slice(at, at + length).join(),
        )
        expect(repeatedParts(Uint32Array.from(items), length)).toBe(parts.length - new Set(parts).size)
      }),
    )
  })
})

describe('prose of the documentation, and the same with a looped end', () => {
  const partOf = (texts: readonly string[], holds: (text: string) => boolean) => texts.filter(holds).length / texts.length

  test.each(shareOf([120, 60, 250]))('passages of %i words', (length) => {
    const healthy = passages(length)
    expect(healthy.length).toBeGreaterThan(100)
    expect(partOf(healthy, (text) => isLoop(repetitionOf(text)))).toBeLessThan(0.01)
    expect(partOf(healthy, (text) => isStuck(repetitionOf(text)))).toBeLessThan(0.02)
    const stuck = healthy.map((text, seed) => withLoop(text, seed))
    expect(partOf(stuck, (text) => isLoop(repetitionOf(text)))).toBeGreaterThan(0.95)
  })

  test('a whole answer said twice is no loop, and stuck all the same', () => {
    const twice = passages(120).map((text) => `${text} ${text}`)
    expect(partOf(twice, (text) => isLoop(repetitionOf(text)))).toBeLessThan(0.05)
    expect(partOf(twice, (text) => isStuck(repetitionOf(text)))).toBe(1)
  })
})

test('a sentence three times in a row is a loop, however long the text', () => {
  const [text = ''] = passages(250)
  const again = `${text}. ${'I have noted your order. '.repeat(3)}${text}`
  expect(repetitionOf(again)).toMatchObject({ sameSentence: true })
  expect(isLoop(repetitionOf(again))).toBe(true)
  expect(repetitionOf(`${text}. No. No. No. ${text}`).sameSentence).toBe(false)
})

test('code, tables and JSON do not count', () => {
  const rows = '| a | b |\n'.repeat(40)
  const code = `\`\`\`py\n${'x = x + 1\n'.repeat(40)}\`\`\`\n`
  const json = JSON.stringify(Array.from({ length: 40 }, () => ({ a: 1 })))
  const [text = ''] = passages(60)
  for (const other of [rows, code, json]) {
    expect(isStuck(repetitionOf(`${text}\n\n${other}\n${text.slice(0, 80)}`)), other.slice(0, 10)).toBe(false)
    expect(repetitionOf(other).loop).toBeNull()
  }
})

test('a Chinese loop is one', () => {
  expect(
    isLoop(repetitionOf('你好，我是客服。请问有什么可以帮您？您的订单正在处理中'.repeat(1) + '，请稍候再试'.repeat(12))),
  ).toBe(true)
})

test('long and hostile texts cost little', () => {
  const spent = costMeter()
  for (const text of [
    'a '.repeat(500_000),
    '['.repeat(1_000_000),
    '```\n'.repeat(100_000),
    '|'.repeat(500_000),
    'ab'.repeat(40_000),
  ])
    repetitionOf(text)
  expect(spent()).toBeLessThan(3000)
})
