import { expect, test } from 'vitest'
import { TemplateError } from '../../../src/language/template/error.ts'

test('begins at the first letter, of no variable and no path, unless it says otherwise', () => {
  expect(new TemplateError('m')).toMatchObject({
    name: 'TemplateError',
    message: 'm',
    line: 1,
    column: 1,
    variable: undefined,
    path: [],
  })
  const cause = new Error('c')
  expect(new TemplateError('m', { line: 2, column: 3 }, { variable: 'x', path: ['a', 0], cause })).toMatchObject({
    line: 2,
    column: 3,
    variable: 'x',
    path: ['a', 0],
    cause,
  })
  expect('cause' in new TemplateError('m')).toBe(false)
})
