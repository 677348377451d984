import { expect, test } from 'vitest'
import { clip, show } from '../../../../src/metrics/check/kinds/types.ts'

test.each([
  ['a\n b\t\tc', 'a b c'],
  ['x'.repeat(80), 'x'.repeat(80)],
  ['x'.repeat(81), `${'x'.repeat(80)}…`],
])('%j is cut to %j', (text, expected) => expect(clip(text)).toBe(expected))

test.each([
  ['a "b"', '"a \\"b\\""'],
  [{ a: [1] }, '{"a":[1]}'],
  [undefined, 'nothing'],
  [null, 'null'],
  [() => 1, '() => 1'],
])('%o is shown as %s', (value, text) => expect(show(value)).toBe(text))
