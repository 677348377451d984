import { expect, test } from 'vitest'
import { RowCursor, recordReader } from '../../src/records/cursor.ts'
import { DataError, openDataFile } from '../../src/records/file.ts'
import { JsonLinesFormat } from '../../src/records/jsonl.ts'
import { dirWith } from '../data/files.ts'

function cursorOf(text: string | Uint8Array) {
  const file = openDataFile('a.jsonl', dirWith({ 'a.jsonl': text }))
  return { file, cursor: new RowCursor(file, new JsonLinesFormat()) }
}

test('rows with their lines and offsets; blank lines count as lines and are no rows', () => {
  const { cursor } = cursorOf('{"n":1}\n\n \r\n{"n":2}\n{"n":3}')
  const seen: unknown[] = []
  while (cursor.advance()) seen.push([cursor.row().n, cursor.line, cursor.offset])
  expect(seen).toEqual([
    [1, 1, 0],
    [2, 4, 12],
    [3, 5, 20],
  ])
  expect(cursor.advance()).toBe(false)
  cursor.rewind()
  expect([cursor.advance(), cursor.row()]).toEqual([true, { n: 1 }])
})

test('rewind goes back to where it was told to start, behind the byte order mark at first', () => {
  const { cursor } = cursorOf('\uFEFF{"n":1}\n{"n":2}\n')
  expect(cursor.header((bytes) => bytes.length > 0)).toBe(true)
  expect(cursor.offset).toBe(3)
  cursor.startHere()
  cursor.advance()
  cursor.rewind()
  cursor.advance()
  expect([cursor.row(), cursor.line]).toEqual([{ n: 2 }, 2])
})

test.each<[string, string | Uint8Array, string]>([
  ['no JSON', '{"n":1}\nx\n', 'a.jsonl:2: this is not JSON'],
  ['no UTF-8', Buffer.from('{"n":1}\n{"n":"\xff"}\n', 'latin1'), 'a.jsonl:2: the text is not UTF-8'],
  ['a row without end', `{"n":1}\n{"n":"${'x'.repeat(1024 * 1024)}`, 'a.jsonl:2: the row is longer than 1 MiB'],
])('%s is told with its line', (_, text, message) => {
  const { cursor } = cursorOf(text)
  const readAll = () => {
    while (cursor.advance()) cursor.row()
  }
  expect(readAll).toThrow(DataError)
  cursor.rewind()
  expect(readAll).toThrow(message)
})

test('one record can be read again by its offsets', () => {
  const { file } = cursorOf(`{"n":1}\n{"n":"${'x'.repeat(9000)}"}\n`)
  const read = recordReader(file, new JsonLinesFormat())
  expect(read(8, file.size)).toEqual({ n: 'x'.repeat(9000) })
  expect(read(0, 8)).toEqual({ n: 1 })
  expect(() => read(3, 8)).toThrow('the row at byte 3: this is not JSON')
})
