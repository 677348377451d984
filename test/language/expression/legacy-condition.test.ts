import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../../src/language/expression/expression.ts'
import { translateLegacyCondition } from '../../../src/language/expression/legacy-condition.ts'
import { scope } from './scope.ts'

describe('older conditions', () => {
  test.each([
    ['contains:you', true],
    ['contains: "YOU"\\', true],
    ['contains:y.u', false],
    ['matches:^hello.*\\\\', true],
    ['matches:(yes|no)', false],
    ['length>5', true],
    ['length < 5', false],
  ])('%s', (text, expected) => expect(compileExpression(translateLegacyCondition(text) ?? '').test(scope)).toBe(expected))

  test.each(['', 'contains:', 'reply.text.contains("x")', 'length>x', 'length==3', 'status == 200', 'hello'])(
    '%j is none',
    (text) => expect(translateLegacyCondition(text)).toBeUndefined(),
  )
})
