import { expect, test } from 'vitest'
import { documentsOf } from '../../../src/templates/imports/documents.ts'

test.each<[string, string, unknown[]]>([
  ['JSON', '{"a":1}', [{ a: 1 }]],
  ['a list is its items', '[{"a":1},{"b":2}]', [{ a: 1 }, { b: 2 }]],
  ['YAML', 'a: 1\n', [{ a: 1 }]],
  ['a stream of YAML', 'a: 1\n---\n- b\n- c\n', [{ a: 1 }, 'b', 'c']],
  ['what only looks like JSON', '{a: 1}', [{ a: 1 }]],
  ['merge keys', 'x: &x { a: 1 }\ny: { <<: *x, b: 2 }\n', [{ x: { a: 1 }, y: { a: 1, b: 2 } }]],
])('%s', (_, text, documents) => expect(documentsOf(text)).toEqual(documents))

test.each([
  ['', 'there is nothing in the file'],
  ['[]', 'there is nothing in the file'],
  ['{"a": [1,\n2', 'the file is neither JSON nor YAML: line 2, column 2'],
  ['a: [1', 'the file is neither JSON nor YAML: '],
  ['a: *nobody', 'the file is neither JSON nor YAML: '],
])('%j is refused', (text, message) => expect(() => documentsOf(text)).toThrow(message))

test('aliases that multiply are refused, and soon', () => {
  const bomb = [
    'a: &a [1,1,1,1,1,1,1,1,1]',
    ...[...'bcdefgh'].map((key, n) => `${key}: &${key} [${`*${'abcdefg'[n]},`.repeat(9)}]`),
  ].join('\n')
  expect(() => documentsOf(bomb)).toThrow('neither JSON nor YAML')
})
