import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Nesting } from '../../../src/dialects/framing/nesting.ts'

function after(text: string): Nesting {
  const nesting = new Nesting()
  for (const byte of Buffer.from(text)) nesting.take(byte)
  return nesting
}

test('any JSON text opens and closes as often, and at no place sooner', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(after(json)).toMatchObject({ depth: 0, inString: false })
    }),
  )
})

test.each([
  ['{"a":[', 2, false],
  ['{"a":"]}', 1, true],
  ['"\\"', 0, true],
  ['"\\\\"', 0, false],
  ['["[[["', 1, false],
])('%s', (text, depth, inString) => expect(after(text)).toMatchObject({ depth, inString }))
