import { expect, test, vi } from 'vitest'
import { not } from '../../../../src/metrics/check/kinds/text.ts'
import { clip, lazyVerdict, show } from '../../../../src/metrics/check/kinds/types.ts'
import { reply } from '../reply.ts'

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

test('a verdict describes what was found only when that is read', () => {
  const describe = vi.fn((value: number) => `${value} of them`)
  const verdict = lazyVerdict(true, 3, describe)
  const opposite = not(() => verdict)(reply({}))
  expect([verdict.passed, opposite.passed]).toEqual([true, false])
  expect(describe).not.toHaveBeenCalled()
  expect([verdict.observed, opposite.observed]).toEqual(['3 of them', '3 of them'])
})
