import { expect, test } from 'vitest'
import { TextCursor, ThresholdSyntaxError } from '../../../../src/metrics/threshold/expression/cursor.ts'

test('takes what fits after white space, and stays where nothing does', () => {
  const cursor = new TextCursor('  ttft \t p95')
  expect(cursor.take(/\d+/y)).toBeUndefined()
  expect(cursor.offset).toBe(0)
  expect(cursor.take(/[a-z]+/y)).toEqual({ text: 'ttft', offset: 2 })
  expect(cursor.upcoming).toEqual({ text: 'p95', offset: 9 })
  expect(cursor.take(/[a-z]\d+/y)).toEqual({ text: 'p95', offset: 9 })
  expect(cursor.upcoming).toEqual({ text: '', offset: 12 })
})

test.each([
  ['a  b<', 1, 'expected a sign, got "b"', 3, 1],
  ['a <= 5', 1, 'expected a sign, got "<"', 2, 1],
  ['a   ', 1, 'expected a sign, got the end', 4, 1],
])('an error in %j is at the next word', (text, offset, message, at, length) => {
  const cursor = new TextCursor(text)
  cursor.offset = offset
  const error = cursor.unexpected('a sign', 'write one')
  expect(error).toBeInstanceOf(ThresholdSyntaxError)
  expect(error.problem).toEqual({ message, offset: at, length, hint: 'write one' })
  expect(cursor.unexpected('a sign').problem).not.toHaveProperty('hint')
})
