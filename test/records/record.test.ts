import { expect, test } from 'vitest'
import { nameProblem } from '../../src/records/record.ts'

test.each(['a', 'user name', 'größe', 'a.b', '0'])('%j may be a column', (name) => expect(nameProblem(name)).toBeUndefined())

test.each([
  ['', 'a column has no name'],
  ['__proto__', 'a column cannot be called __proto__'],
  ['constructor', 'a column cannot be called constructor'],
  ['a\nb', 'the name "a\\nb" holds control characters'],
  [`\0${'x'.repeat(100)}`, `the name "\\u0000${'x'.repeat(53)} holds control characters`],
])('%j may not: %s', (name, problem) => expect(nameProblem(name)).toBe(problem))
