import { expect, test } from 'vitest'
import { memoryRows, openSource } from '../../src/data/source.ts'
import { closeDataFile } from '../../src/records/file.ts'
import { dirWith } from './files.ts'

test('a JSON list is held, CSV and JSON Lines are read', () => {
  const dir = dirWith({ 'a.json': '\uFEFF[{"n":1}]', 'a.csv': 'n\n1\n', 'a.jsonl': '{"n":1}\n' })
  expect(openSource({ file: 'a.json' }, dir)).toEqual({ kind: 'memory', rows: [{ n: 1 }] })
  for (const [file, columns] of [
    ['a.csv', ['n']],
    ['a.jsonl', undefined],
  ] as const) {
    const source = openSource({ file }, dir)
    if (source.kind !== 'records') throw new Error('expected a reader')
    expect([source.columns, source.cursor.advance(), String(source.cursor.row().n)]).toEqual([columns, true, '1'])
    closeDataFile(source.file)
  }
})

test('a header of the scenario makes the first line a row', () => {
  const source = openSource({ file: 'a.csv', columns: ['x', 'y'] }, dirWith({ 'a.csv': '1,2\n3,4\n' }))
  if (source.kind !== 'records') throw new Error('expected a reader')
  source.cursor.advance()
  expect(source.cursor.row()).toEqual({ x: '1', y: '2' })
  closeDataFile(source.file)
})

test.each<[string, string | Uint8Array, string]>([
  ['a.csv', 'a,b\n', 'there are no rows in the file'],
  ['a.jsonl', '\n\n', 'there are no rows in the file'],
  ['a.json', '[]', 'there are no rows in the file'],
  ['a.json', '{"a":1}', 'a JSON file must hold a list of maps'],
  ['a.json', '[{"a":1},5]', 'row 2: a row must be a map'],
  ['a.json', '[{"a":1},', 'this is not JSON'],
  ['a.json', Buffer.from('[{"a":"\xff"}]', 'latin1'), 'the text is not UTF-8'],
])('%s with %j: %s', (file, text, message) => {
  expect(() => openSource({ file }, dirWith({ [file]: text }))).toThrow(message)
})

test('rows in memory go round', () => {
  const rows = memoryRows([{ n: 1 }, { n: 2 }])
  expect([rows.advance(), rows.row(), rows.advance(), rows.row(), rows.advance()]).toEqual([
    true,
    { n: 1 },
    true,
    { n: 2 },
    false,
  ])
  rows.rewind()
  expect([rows.advance(), rows.row()]).toEqual([true, { n: 1 }])
})
