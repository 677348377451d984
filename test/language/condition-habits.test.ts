import { expect, test } from 'vitest'
import { foreignHabit } from '../../src/language/expression/condition-habits.ts'

test.each([
  ['reply.status = 200', '=', '=='],
  ['a == 1 && b = 2', '=', '=='],
  ['a === 1', '===', '=='],
  ['a !== 1', '!==', '!='],
  ['a <> 1', '<>', '!='],
  ['a =~ "x"', '=~', 'matches'],
  ['a and b', 'and', '&&'],
  ['a AND b', 'AND', '&&'],
  ['a == 1 or', 'or', '||'],
  ['not a', 'not', '!'],
  ['(not (a))', 'not', '!'],
  ['reply.text contains "x"', 'contains', '.contains('],
  ['reply.text.toLowerCase() == "x"', '.toLowerCase', 'lowerAscii'],
])('%s: %s is told, with %s to write instead', (source, found, written) => {
  const habit = foreignHabit(source)
  expect(source.slice(habit?.offset, (habit?.offset ?? 0) + (habit?.length ?? 0))).toBe(found)
  expect(habit?.hint).toContain(written)
})

test.each([
  'a == 1 && b != 2 || c <= 3 && d >= 4 && !e',
  'reply.text.contains("a = b and not c")',
  "reply.text == 'x \\' and y'",
  'android or_not == 1',
  'reply.text.lowerAscii().contains("x")',
])('%s is CEL', (source) => expect(foreignHabit(source)).toBeUndefined())

test('texts of any length are looked at once', () => {
  expect(foreignHabit(`a == "${'\\"'.repeat(1900)}`)).toBeUndefined()
})
