import { expect, test } from 'vitest'
import { problemKind, shown } from '../../../../src/scenario/read/source/finding.ts'

test('a kind of problem makes its wordings from facts', () => {
  const kind = problemKind('E_TEST', {
    few: (count: number) => [`only ${count}`, 'give more'],
    none: () => ['there is nothing'],
  })
  expect(kind.code).toBe('E_TEST')
  expect(kind.few(2)).toEqual({ code: 'E_TEST', message: 'only 2', hint: 'give more' })
  expect(kind.none()).toEqual({ code: 'E_TEST', message: 'there is nothing' })
})

test.each<[unknown, string]>([
  ['a "b"', '"a \\"b\\""'],
  ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
  [[], 'an empty list'],
  [[1], 'a list'],
  [{}, 'a map'],
  [null, 'nothing'],
  [undefined, 'nothing'],
  [0, '0'],
])('%j is shown as %s', (value, text) => expect(shown(value)).toBe(text))
