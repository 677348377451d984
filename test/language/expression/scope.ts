/** Variables for expressions, and the error of one that fails. */
import { ExpressionError } from '../../../src/language/expression/expression.ts'

export const scope = {
  status: 200,
  latency: 12.5,
  reply: {
    text: 'Hello "you"\\ ',
    tokens: 42,
    json: { items: [1, 2, { b: 'x' }], none: null },
    get lazy() {
      return 7
    },
  },
  xs: [1, 2, 3],
  words: ['ab', 'cd'],
}

export function failure(action: () => unknown): ExpressionError {
  try {
    action()
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('it did not fail')
}
