import { expect, test } from 'vitest'
import { classNames } from '../../../src/metrics/failures/hints.ts'
import { WARNINGS, warningText } from '../../../src/metrics/failures/warnings.ts'

test.each(WARNINGS)('%s is reached by its name, and is one line', (pattern, text) => {
  for (const name of classNames(pattern)) expect(warningText(name.replace('…', 'x'))).toBe(text)
  expect(text).toMatch(/^\S.*[^.\s]$/)
})

test('a name that nobody knows has no text', () => expect(warningText('no_such_thing')).toBe(''))
