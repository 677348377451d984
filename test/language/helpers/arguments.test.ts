import { expect, test } from 'vitest'
import { isTruthy, toInteger, toNumber, toText } from '../../../src/language/helpers/arguments.ts'

test.each([
  [5, 5],
  ['5', 5],
  [' -1.5 ', -1.5],
  ['1e3', 1000],
])('%j is the number %d', (value, number) => expect(toNumber(value, 'a')).toBe(number))

test.each([
  [undefined, 'a must be a number, not nothing'],
  [null, 'a must be a number, not null'],
  ['', 'a must be a number, not ""'],
  [' ', 'a must be a number, not " "'],
  ['five', 'a must be a number, not "five"'],
  [true, 'a must be a number, not true'],
  [Number.POSITIVE_INFINITY, 'a must be a number, not null'],
  ['x'.repeat(100), `a must be a number, not "${'x'.repeat(39)}…`],
])('%j is none', (value, message) => expect(() => toNumber(value, 'a')).toThrow(message))

test('integers have bounds, both included', () => {
  expect([toInteger('1', 'n', 1, 3), toInteger(3, 'n', 1, 3)]).toEqual([1, 3])
  expect(() => toInteger(1.5, 'n')).toThrow('n must be a whole number, not 1.5')
  expect(() => toInteger(4, 'n', 1, 3)).toThrow('n must be from 1 to 3, not 4')
  expect(() => toInteger(2 ** 53, 'n')).toThrow('n must be from')
})

test.each([
  ['a', 'a'],
  [null, ''],
  [undefined, ''],
  [false, 'false'],
  [{ a: [1] }, '{"a":[1]}'],
  [10n, '10'],
])('%o prints %j', (value, text) => expect(toText(value)).toBe(text))

test.each([
  [[], false],
  [[0], true],
  [{}, true],
  ['0', true],
  [0, false],
  ['', false],
  [Number.NaN, false],
])('%o counts as %s', (value, truthy) => expect(isTruthy(value)).toBe(truthy))
