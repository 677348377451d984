import { expect, test } from 'vitest'
import { fitsFile, fitsKey, fitsNumber, isExact } from '../../../../src/templates/imports/request/fits.ts'

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
test.each<[string, unknown, boolean]>([
  ['plain data', { a: [1, 'x', null, true] }, true],
  ['forty levels', deep(40), true],
  ['more', deep(41), false],
  ['too many values', Array.from({ length: 10_000 }, () => 1), false],
  ['a number that is none', { a: Number.NaN }, false],
  ['a key of every object', JSON.parse('{"__proto__":1}'), false],
  ['a key with a reference', { '${env.A}': 1 }, false],
])('%s fits: %s', (_, value, fits) => expect(fitsFile(value)).toBe(fits))

test.each([
  [0, true],
  [1.5, true],
  [1e300, false],
  [-0, false],
  [2 ** 53, false],
  [Number.POSITIVE_INFINITY, false],
])('%d: %s', (value, fits) => expect(fitsNumber(value)).toBe(fits))

test('keys of YAML', () => expect(['<<', 'prototype', 'a', '$a'].map(fitsKey)).toEqual([false, false, true, true]))

test.each([
  ['{"a":{"b":1},"c":[{"d":2}]}', true],
  ['{"a":1,"a":2}', false],
  ['{"a:b":"c:d\\": 5"}', true],
  ['[12345678901234567890]', false],
  ['[-0]', false],
])('%s is exact: %s', (text, exact) => expect(isExact(text, JSON.parse(text))).toBe(exact))
