/** Variables for templates, and the error of one that fails. */
import { TemplateError } from '../../../src/language/template/template.ts'

export const scope = {
  name: 'Ann "A" <a>\n',
  n: 5,
  zero: 0,
  yes: true,
  no: false,
  none: null,
  list: [{ id: 1 }, { id: 2 }],
  words: ['x', 'y'],
  empty: [],
  obj: { a: 1, b: { c: 'deep' }, 'two words': 2 },
}

export function failure(action: () => unknown): TemplateError {
  try {
    action()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error('it did not fail')
}
