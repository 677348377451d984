import { describe, expect, test } from 'vitest'
import { cachedRegex, compileRegex, MAX_SUBJECT, RegexError } from '../../src/language/regex.ts'
import { costMeter } from '../support/cost.ts'

test.each([
  ['order (\\d+)', '', 'your order 42 is', '42'],
  ['\\d+', '', 'your order 42 is', '42'],
  ['(a)|(b)', '', 'b', undefined],
  ['(x?)b', '', 'b', ''],
  ['HELLO', 'i', 'say hello', 'hello'],
  ['^b$', 'm', 'a\nb\nc', 'b'],
  ['a.b', 's', 'a\nb', 'a\nb'],
  ['(?i)hello', '', 'HELLO', 'HELLO'],
  ['é(.)', '', 'é😀x', '😀'],
  ['\\p{Han}+', '', 'ab漢字', '漢字'],
  ['nope', '', 'text', undefined],
])('/%s/%s on %j captures %j', (source, flags, text, expected) => {
  const regex = compileRegex(source, flags)
  expect(regex.firstGroup(text)).toBe(expected)
  expect(regex.test(text)).toBe(expected !== undefined || source === '(a)|(b)')
})

test.each([
  ['a(b', 1, 'missing closing )'],
  ['abc[z-a]', 5, 'invalid character class range'],
  ['x(?=y)', 2, 'invalid or unsupported'],
  ['(a)\\1', 4, 'invalid escape'],
  ['a**', 2, 'repetition'],
  ['(a{1000}){1000}', 10, 'repeat'],
  ['(a{100}){100}', 9, 'repeat'],
  ['(\\pL{30}\\d{4}){30}', 1, 'too large'],
])('/%s/ is refused at column %d', (source, column, message) => {
  try {
    compileRegex(source)
  } catch (error) {
    expect(error).toBeInstanceOf(RegexError)
    expect(error).toMatchObject({ column, message: expect.stringContaining(message) })
    return
  }
  throw new Error('it was accepted')
})

test('a long pattern is refused', () => expect(() => compileRegex('x'.repeat(1001))).toThrow('longer than 1000'))

test('an unknown flag is refused', () => expect(() => compileRegex('a', 'g')).toThrow('unknown flag "g"'))

describe('time', () => {
  test.each(['^(a+)+$', '(a|aa)+$', '(x+x+)+y', '(.*a){12}b', '(a?){50}a{50}[bc]'])('/%s/ on 256 Ki characters', (source) => {
    const text = `${'a'.repeat(MAX_SUBJECT - 1)}!`
    const spent = costMeter()
    expect(compileRegex(source).firstGroup(text)).toBeUndefined()
    expect(spent()).toBeLessThan(2000)
  })
})

test('the subject is cut at 256 Ki characters', () => {
  expect(compileRegex('end').test(`${'x'.repeat(MAX_SUBJECT - 3)}end`)).toBe(true)
  expect(compileRegex('end').test(`${'x'.repeat(MAX_SUBJECT - 2)}end`)).toBe(false)
})

test('patterns are remembered, but not without end', () => {
  const first = cachedRegex('first')
  expect(cachedRegex('first')).toBe(first)
  for (let n = 0; n < 300; n += 1) cachedRegex(`p${n}`)
  expect(cachedRegex('first')).not.toBe(first)
})
