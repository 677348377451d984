/** Kinds of problems make wordings of facts; values are shown in messages without taking much room. */
import { expect, test } from 'vitest'
import { problemKind, shown } from '../../../../src/scenario/read/source/finding.ts'

test('a kind of problem makes message and hint from the facts, and adds its code', () => {
  const kind = problemKind('E_EXAMPLE', {
    tooMany: (count: number, most: number) => [`${count} are too many`, `at most ${most}`],
    none: () => ['there is none'],
  })
  expect(kind.code).toBe('E_EXAMPLE')
  expect(kind.tooMany(3, 2)).toEqual({ code: 'E_EXAMPLE', message: '3 are too many', hint: 'at most 2' })
  expect(Object.keys(kind.none())).toEqual(['code', 'message'])
})

test.each([
  ['a text', '"a text"'],
  ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
  [7, '7'],
  [false, 'false'],
  [null, 'nothing'],
  [undefined, 'nothing'],
  [[], 'an empty list'],
  [[1], 'a list'],
  [{}, 'a map'],
])('%j is shown as %s', (value, text) => expect(shown(value)).toBe(text))
