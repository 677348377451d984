import { describe, expect, test } from 'vitest'
import type { ExpectItem } from '../../../../src/metrics/check/check.ts'
import { similarity } from '../../../../src/metrics/check/kinds/text.ts'
import { costMeter } from '../../../support/cost.ts'
import { run } from '../reply.ts'

describe('text', () => {
  const text = 'Hello, your Order 42 is on its way.'
  test.each<[ExpectItem, boolean]>([
    [{ contains: 'Order' }, true],
    [{ contains: 'order' }, false],
    [{ icontains: 'oRDER' }, true],
    [{ 'not-contains': 'refund' }, true],
    [{ 'not-contains': 'Order' }, false],
    [{ 'not-icontains': 'order' }, false],
    [{ 'contains-any': ['refund', 'Order'] }, true],
    [{ 'contains-any': ['refund', 'order'] }, false],
    [{ 'contains-all': ['Hello', 'Order'] }, true],
    [{ 'contains-all': ['Hello', 'refund'] }, false],
    [{ 'icontains-any': ['refund', 'order'] }, true],
    [{ 'icontains-all': ['HELLO', 'refund'] }, false],
    [{ 'starts-with': 'Hello' }, true],
    [{ 'starts-with': 'your' }, false],
    [{ 'ends-with': 'way.' }, true],
    [{ 'ends-with': 'way' }, false],
    [{ equals: text }, true],
    [{ equals: 'Hello' }, false],
    [{ 'not-equals': 'Hello' }, true],
    [{ regex: 'Order \\d+' }, true],
    [{ regex: '^Order' }, false],
    [{ 'not-regex': '^Order' }, true],
    [{ 'word-count': 8 }, true],
    [{ 'word-count': { min: 9 } }, false],
    [{ 'word-count': { max: 8 } }, true],
    [{ similar: 'hello, your order 43 is on its way!' }, true],
    [{ similar: { to: 'hello, your order 43 is on its way!', threshold: 0.99 } }, false],
    [{ similar: 'something else' }, false],
    [{ similar: { to: 'hello your order 43 is on its way', by: 'words', threshold: 0.87 } }, true],
    [{ similar: { to: 'hello your order 43 is on its way', by: 'words', threshold: 0.88 } }, false],
    [{ similar: { to: 'on its way: your order 42', by: 'trigrams', threshold: 0.7 } }, true],
    [{ similar: { to: 'on its way: your order 42', by: 'letters', threshold: 0.7 } }, false],
    [{ levenshtein: 'Hello, your Order 43 is on its way.' }, true],
    [{ levenshtein: { to: 'Hello, your Order 43 is on its way.', max: 0 } }, false],
    [{ 'is-json': false }, true],
    [{ 'is-json': true }, false],
    [{ 'contains-json': false }, true],
  ])('%j: %s', (item, passed) => {
    expect(run(item, { text }).passed).toBe(passed)
  })

  test('what was seen is short and on one line', () => {
    expect(run({ contains: 'x' }, { text: `one\n\ttwo ${'y'.repeat(500)}` }).observed).toBe(`"one two ${'y'.repeat(71)}…"`)
    expect(run({ contains: 'x' }, {}).observed).toBe('an empty reply')
    expect(run({ 'word-count': 3 }, { text: 'one two' }).observed).toBe('2 words')
    expect(run({ 'word-count': 3 }, { text: ' ' }).observed).toBe('0 words')
    expect(run({ similar: 'abcd' }, { text: 'abXX' }).observed).toBe('similarity 0.50: "abXX"')
    expect(run({ levenshtein: 'abcdefghij' }, { text: 'x' }).observed).toBe('distance 10: "x"')
  })

  test.each([
    ['{"a": [1]}', true, true],
    ['Here: ```json\n{"a": "}"}\n``` done', false, true],
    ['a [ b { "x": 1 } c', false, true],
    ['{not json} [1, 2', false, false],
    ['"text"', true, false],
    ['', false, false],
  ])('%j is JSON: %s, contains JSON: %s', (text, is, contains) => {
    expect([run({ 'is-json': true }, { text }).passed, run({ 'contains-json': true }, { text }).passed]).toEqual([is, contains])
  })

  test('hostile text costs little', () => {
    const spent = costMeter()
    expect(run({ 'contains-json': true }, { text: '['.repeat(1_000_000) }).passed).toBe(false)
    expect(run({ regex: '^(a+)+$' }, { text: `${'a'.repeat(50_000)}!` }).passed).toBe(false)
    expect(run({ similar: 'b'.repeat(100_000) }, { text: 'a'.repeat(1_000_000) }).passed).toBe(false)
    const words = 'one two three '.repeat(200_000)
    for (const item of [
      { similar: { to: 'one', by: 'words' } },
      { similar: { to: 'one', by: 'trigrams' } },
      { bleu: 'one' },
      { language: 'en' },
      { loop: true },
      { 'duplicate-turn': false },
    ])
      run(item, { text: words, earlier: [{ prompt: 'b', text: words }] })
    expect(run({ levenshtein: 'a' }, { text: 'a'.repeat(1_000_000) }).observed).toMatch(/^distance 999999/)
    expect(spent()).toBeLessThan(5000)
  })

  test('similarity', () => {
    expect([similarity('', ''), similarity('abc', 'ABC '), similarity('abcd', 'abXX'), similarity('a', '')]).toEqual([
      1, 1, 0.5, 0,
    ])
  })
})

describe('opposites', () => {
  test.each<[ExpectItem, boolean]>([
    [{ 'not-starts-with': 'Hello' }, false],
    [{ 'not-starts-with': 'hello' }, true],
    [{ 'not-ends-with': 'you.' }, false],
    [{ 'not-contains-any': ['refund', 'Hello'] }, false],
    [{ 'not-contains-all': ['refund', 'Hello'] }, true],
    [{ 'not-icontains-any': ['refund', 'HELLO'] }, false],
    [{ 'not-icontains-all': ['HELLO', 'YOU'] }, false],
    [{ 'not-is-json': true }, true],
    [{ 'not-contains-json': true }, true],
    [{ 'not-similar': 'Hello, you.' }, false],
    [{ 'not-levenshtein': { to: 'Hello, you!', max: 1 } }, false],
    [{ 'not-word-count': { max: 1 } }, true],
  ])('%j: %s', (item, passed) => {
    expect(run(item, { text: 'Hello, you.' }).passed).toBe(passed)
  })
})
