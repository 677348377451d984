import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonError } from '../../../src/scenario/read/json-syntax.ts'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('well formed is what JSON.parse takes, whatever is done to a document', () => {
  const change = fc.tuple(
    fc.nat(200),
    fc.constantFrom('', ',', '}', ']', '{', '[', ':', '"', '1', '0', '-', '.', 'e', ' ', '\n', '\\', 'true', '//', '\u0001'),
  )
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), fc.array(change, { maxLength: 3 }), (json, changes) => {
      const text = changes.reduce(
        (now, [at, piece]) => now.slice(0, at % (now.length + 1)) + piece + now.slice((at % (now.length + 1)) + 1),
        json,
      )
      expect(jsonError(text) === undefined).toBe(parses(text))
    }),
    { numRuns: 2000 },
  )
})

test.each<[string, number, string, string | undefined]>([
  ['', 0, 'expected a value, got the end of the file', undefined],
  ['{"a": 1,}', 8, 'expected a key in double quotes, got "}"', 'JSON has no comma after the last item'],
  ['[1, ]', 4, 'expected a value, got "]"', 'JSON has no comma after the last item'],
  ['{a: 1}', 1, 'expected a key in double quotes or "}", got "a"', 'JSON wants double quotes around keys'],
  ['{"a" 1}', 5, 'expected ":" after the key, got "1"', undefined],
  ['{"a": 1 "b": 2}', 8, 'expected "," or the closing bracket, got "b"', 'a comma stands between two entries'],
  ['[True]', 1, 'expected a value or "]", got "True"', 'write true, in small letters'],
  ['[None]', 1, 'expected a value or "]", got "None"', 'write null'],
  [
    '[01]',
    1,
    'expected a value or "]", got "01"',
    'a number in JSON has no plus, no zeros before it, and digits on both sides of its point',
  ],
  ["['a']", 1, 'expected a value or "]", got "\'"', 'JSON wants double quotes'],
  ['{} // x', 3, 'expected the end of the file, got "/"', 'JSON has no comments; name the file .yaml to use them'],
  [
    '["a\nb"]',
    1,
    'expected a value or "]", got "\\"a"',
    'the text that begins here is never closed, or holds a line break or a bad escape',
  ],
])('%j', (text, offset, message, hint) => {
  const fault = jsonError(text)
  expect([fault?.offset, fault?.hint]).toEqual([offset, hint])
  if (!message.includes('\\"a')) expect(fault?.message).toBe(message)
})
