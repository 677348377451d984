import { expect, test } from 'vitest'
import { RowCursor, recordReader } from '../../src/records/cursor.ts'
import { closeDataFile, openDataFile } from '../../src/records/file.ts'
import { JsonListFormat } from '../../src/records/json-list.ts'
import type { Row } from '../../src/records/record.ts'
import { dirWith } from '../data/files.ts'

function rows(text: string): Row[] {
  const file = openDataFile('a.json', dirWith({ 'a.json': text }))
  const cursor = new RowCursor(file, new JsonListFormat())
  const all: Row[] = []
  while (cursor.advance()) all.push(cursor.row())
  closeDataFile(file)
  return all
}

test.each([
  ['[]', []],
  [' [ ]\n\n', []],
  ['[{"a":1}]', [{ a: 1 }]],
  ['[\n  {"a": "]}\\"{["},\n  {"b": {"c": [1, {"d": 2}]}}\n]\n', [{ a: ']}"{[' }, { b: { c: [1, { d: 2 }] } }]],
  ['[{"a":"\\\\"},{"a":"é\u2028"}]', [{ a: '\\' }, { a: 'é\u2028' }]],
])('%j', (text, expected) => {
  expect(rows(text)).toEqual(expected)
})

test.each([
  ['{"a":1}', 'a.json:1: expected a list of maps'],
  ['[{"a":1} {"a":2}]', 'a.json:1: expected a list of maps'],
  ['[\n1]', 'a.json:2: expected a list of maps'],
  ['[{"a":1},\n\n7]', 'a.json:3: expected a list of maps'],
  ['[{"a":1}]\n[', 'a.json:2: expected a list of maps'],
  ['[\n{"a":1},\n{"a":nul}]', 'a.json:3: this is not JSON'],
  ['[\n{"a":1},\n{"a":', 'a.json:3: the file ends within this map'],
  ['[{"a":1}', 'a.json:1: the list has no end'],
  ['[{"a":"x', 'a.json:1: the file ends within this map'],
])('%j is refused with its line', (text, message) => {
  expect(() => rows(text)).toThrow(message)
})

test('maps that lie across the blocks in which the file is read, and each of them by its place', () => {
  const all = Array.from({ length: 60 }, (_, id) => ({ id, text: `{"[${'x'.repeat(id * 300)}` }))
  const file = openDataFile('a.json', dirWith({ 'a.json': JSON.stringify(all, null, 1) }))
  const cursor = new RowCursor(file, new JsonListFormat())
  const offsets: number[] = []
  const read: Row[] = []
  for (; cursor.advance(); read.push(cursor.row())) offsets.push(cursor.offset)
  expect(read).toEqual(all)
  expect(cursor.line).toBeGreaterThan(4 * 59)
  const single = recordReader(file, new JsonListFormat(true))
  expect([59, 0, 30].map((index) => single(offsets[index] ?? 0, offsets[index + 1] ?? file.size))).toEqual([
    all[59],
    all[0],
    all[30],
  ])
  closeDataFile(file)
})
