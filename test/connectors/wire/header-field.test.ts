import { validateHeaderName, validateHeaderValue } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldProblem } from '../../../src/connectors/wire/header-field.ts'

const passes = (action: () => void): boolean => {
  try {
    action()
    return true
  } catch {
    return false
  }
}

test('what Node would not send is told before, and nothing else', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'grapheme-ascii', maxLength: 6 }))
  fc.assert(
    fc.property(text, text, (name, value) => {
      expect(fieldProblem('x-a', value) === undefined).toBe(passes(() => validateHeaderValue('x-a', value)))
      expect(fieldProblem(name, 'v') === undefined).toBe(passes(() => validateHeaderName(name)))
    }),
    { numRuns: 500 },
  )
})

test('the value is never shown', () => {
  expect(fieldProblem('x-key', 'hunter22\n')).toBe(
    'the header x-key holds a line break, a control character or one outside of Latin-1',
  )
  expect(fieldProblem('a b', 'v')).toBe('not a header name: "a b"')
})
