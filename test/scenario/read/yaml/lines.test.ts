import { expect, test } from 'vitest'
import { firstLetter, isEntry, isKey, keyColumn, lineAt, neighbour, restOf } from '../../../../src/scenario/read/yaml/lines.ts'

const TEXT = 'name: x\r\n\n# why\n  - a: 1\nlast'

test('the line of any character, without its end', () => {
  for (const offset of [0, 3, 7]) expect(lineAt(TEXT, offset)).toEqual({ start: 0, text: 'name: x', indent: 0 })
  const entry = lineAt(TEXT, TEXT.indexOf('a: 1'))
  expect([entry.indent, firstLetter(entry), restOf(entry), keyColumn(entry)]).toEqual([2, TEXT.indexOf('- a'), '- a: 1', 5])
  expect(lineAt('x'.repeat(1000), 0).text).toHaveLength(500)
})

test('neighbours are those that say something', () => {
  const first = lineAt(TEXT, 0)
  const entry = neighbour(TEXT, first, 1)
  expect(entry?.text).toBe('  - a: 1')
  expect(entry && neighbour(TEXT, entry, -1)).toEqual(first)
  expect([neighbour(TEXT, first, -1), neighbour(TEXT, lineAt(TEXT, TEXT.length), 1)]).toEqual([undefined, undefined])
})

test.each([
  ['a: 1', true, false],
  ['- a: 1', true, true],
  ['"a b": 1', true, false],
  ['a:1', false, false],
  ['- x', false, true],
  ['-x', false, false],
  ['# a: 1', false, false],
])('%j is a key: %s, an entry: %s', (text, key, entry) => {
  expect([isKey(lineAt(text, 0)), isEntry(lineAt(text, 0))]).toEqual([key, entry])
})
