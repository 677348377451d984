import { expect, test } from 'vitest'
import { hasPhrase, numbered, wordsOf } from '../../src/text-metrics/words.ts'

test.each([
  ['', []],
  ['The cat, the CAT!', ['the', 'cat', 'the', 'cat']],
  ["don't 3.5", ['don', 't', '3', '5']],
  ['Größe ÉTÉ', ['größe', 'été']],
  ['e\u0301te\u0301', ['été']],
  ['नमस्ते दुनिया', ['नमस्ते', 'दुनिया']],
  ['今天天气', ['今天', '天天', '天气']],
  ['iPhone手机 is 好', ['iphone', '手机', 'is', '好']],
  ['カメラとコード', ['カメ', 'メラ', 'ラと', 'とコ', 'コー', 'ード']],
  ['สวัสดี', ['สว', 'วั', 'ัส', 'สด', 'ดี']],
  ['🙂 … —', []],
])('%j has the words %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('equal words have equal numbers, in other texts too', () => {
  const known = new Map<string, number>()
  expect([...numbered(['a', 'b', 'a'], known)]).toEqual([0, 1, 0])
  expect([...numbered(['c', 'b'], known)]).toEqual([2, 1])
})

test.each([
  ['null', 'null', true],
  ['the value is null.', 'null', true],
  ['nullable, then null', 'null', true],
  ['nullable', 'null', false],
  ['annul null_value nullé 2null', 'null', false],
  ['\u{10400}null', 'null', false],
  ['値はnullです', 'null', true],
  ['申し訳ありませんが', '申し訳', true],
  ['use it as an aid', 'as an ai', false],
  ['100 %d', '100 %', true],
  ['a {{name}}s', '{{name}}', true],
  ['anything', '', false],
])('%j has the phrase %j: %s', (text, phrase, has) => {
  expect(hasPhrase(text, phrase)).toBe(has)
})
