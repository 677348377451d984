import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds, isUpper, OPERATORS, readLimit } from '../../../../src/metrics/threshold/expression/limit.ts'
import type { MetricUnit } from '../../../../src/result/schema.ts'

test.each<[MetricUnit, string, number]>([
  ['ms', '800ms', 800],
  ['ms', ' 1.5 s ', 1500],
  ['ratio', '1%', 0.01],
  ['ratio', '0.5', 0.5],
  ['ratio', '100 %', 1],
  ['per_second', '90/m', 1.5],
  ['tokens_per_second', '20', 20],
  ['tokens_per_second', '20 / s', 20],
  ['tokens', '2k', 2000],
  ['count', '1.5M', 1_500_000],
  ['bytes', '4096', 4096],
  ['bytes', '64KiB', 65_536],
  ['bytes', '2k', 2000],
  ['currency', '$0.02', 0.02],
  ['currency', '0.02', 0.02],
])('in %s, %j is %d', (unit, text, value) => expect(readLimit(unit, text)).toEqual({ ok: true, value }))

test.each<[MetricUnit, string, string]>([
  ['ms', '800', 'expected a time with its unit, such as 800ms or 1.5s, got "800"'],
  ['ratio', '101%', 'expected a share'],
  ['ratio', '1.5', 'expected a share'],
  ['per_second', '50', 'expected a rate with its unit'],
  ['tokens_per_second', '20/m', 'expected a speed'],
  ['count', '-1', 'expected a number, such as 10 or 2k, got "-1"'],
  ['bytes', '4kb', 'expected a size'],
  ['currency', '2 EUR', 'expected a price'],
  ['count', ' ', 'got nothing'],
  ['count', 'x'.repeat(99), `got "${'x'.repeat(40)}"`],
])('in %s, %j is refused: %s', (unit, text, message) => {
  const limit = readLimit(unit, text)
  expect(limit.ok ? '' : limit.message).toContain(message)
})

test('operators are those of the numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), (a, b) => {
      expect(OPERATORS.map((operator) => holds(a, operator, b))).toEqual([a < b, a <= b, a > b, a >= b, a === b, a !== b])
    }),
  )
  expect(OPERATORS.filter(isUpper)).toEqual(['<', '<='])
})
