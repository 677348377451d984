import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataError, openTable, type Row } from '../../src/data/index.ts'
import { dirWith } from '../data/files.ts'

async function rowsOf(
  text: string | Uint8Array,
  spec: { delimiter?: string; columns?: string[]; file?: string } = {},
): Promise<Row[]> {
  const file = spec.file ?? 'rows.csv'
  const baseDir = dirWith({ [file]: text })
  const table = await openTable({ file, delimiter: spec.delimiter, columns: spec.columns }, { baseDir })
  return Array.from({ length: table.count }, (_, index) => table.row(index))
}

test.each<[string, string, Row[]]>([
  [
    'plain',
    'a,b\n1,2\n3,4\n',
    [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ],
  ],
  ['no line end at the end', 'a,b\n1,2', [{ a: '1', b: '2' }]],
  ['CRLF', 'a,b\r\n1,2\r\n', [{ a: '1', b: '2' }]],
  ['byte order mark', '\ufeffa,b\n1,2\n', [{ a: '1', b: '2' }]],
  ['quotes', 'a,b\n"x, y","say ""hi"""\n', [{ a: 'x, y', b: 'say "hi"' }]],
  ['line ends in quotes', 'a,b\n"one\ntwo\r\nthree",2\n', [{ a: 'one\ntwo\r\nthree', b: '2' }]],
  [
    'empty fields',
    'a,b\n,\n"",""\n',
    [
      { a: '', b: '' },
      { a: '', b: '' },
    ],
  ],
  ['blank lines are no rows', 'a\n\n1\n\r\n2\n\n\n', [{ a: '1' }, { a: '2' }]],
  ['a quoted empty field is a row', 'a\n""\n', [{ a: '' }]],
  [
    'numbers stay text',
    'n,zip,big\n1.10,01234,12345678901234567890\n',
    [{ n: '1.10', zip: '01234', big: '12345678901234567890' }],
  ],
  ['values are data', 'a\n{{user.id}}\n', [{ a: '{{user.id}}' }]],
  ['spaces belong to values, not to names', ' a , b\n x ,y\n', [{ a: ' x ', b: 'y' }]],
  ['other scripts', 'name\nÅsa 😀 العربية\n', [{ name: 'Åsa 😀 العربية' }]],
  ['quoted header', '"a b","c"\n1,2\n', [{ 'a b': '1', c: '2' }]],
])('%s', async (_, text, rows) => {
  expect(await rowsOf(text)).toEqual(rows)
})

test('a file without a header, and other delimiters', async () => {
  expect(await rowsOf('1;2\n3;4\n', { delimiter: ';', columns: ['a', 'b'] })).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: '4' },
  ])
  expect(await rowsOf('a\tb\n1,5\t2\n', { file: 'rows.tsv' })).toEqual([{ a: '1,5', b: '2' }])
})

test.each<[string, string | Uint8Array, string]>([
  ['too few fields', 'a,b\n1,2\n3\n', 'rows.csv:3: this row has 1 field, expected 2'],
  ['too many, behind a row of two lines', 'a,b\n"1\n1",2\n3,4,5\n', 'rows.csv:4: this row has 3 fields, expected 2'],
  ['open quote', 'a,b\n1,2\n"x,4\n5,6\n', 'rows.csv:3: a quote is opened here and never closed'],
  ['quote within a field', 'a\nx"y\n', 'rows.csv:2: a quote stands within a field that is not quoted'],
  ['text behind a quote', 'a,b\n1,"x\n"y\n', 'rows.csv:3: something follows a closing quote'],
  ['bad UTF-8', Buffer.concat([Buffer.from('a\nok\n'), Buffer.from([0x80, 0x0a])]), 'rows.csv:3: the text is not UTF-8'],
  ['Latin-1', Buffer.from('name\nÅsa\n', 'latin1'), 'rows.csv:2: the text is not UTF-8'],
  ['UTF-16', Buffer.from('\ufeffa\n1\n', 'utf16le'), 'rows.csv:1: the file is UTF-16'],
  ['no bytes', '', 'rows.csv: the file is empty'],
  ['only a mark', '\ufeff', 'rows.csv: the file is empty'],
  ['only a header', 'a,b\n', 'rows.csv: there are no rows in the file'],
  ['a name twice', 'a,b,a\n1,2,3\n', 'rows.csv:1: two columns are called a'],
  ['a name missing', 'a,,c\n1,2,3\n', 'rows.csv:1: a column has no name'],
  ['a name that reaches the prototype', '__proto__\n1\n', 'rows.csv:1: a column cannot be called __proto__'],
  ['CR alone', 'a,b\r1,2\r3,4', 'rows.csv:1: the lines end in CR alone'],
  ['binary', 'a\0b\nc\n', 'rows.csv:1: the name "a\\u0000b" holds control characters'],
  ['a huge row', `a\n"${'x'.repeat(1024 * 1024 + 1)}"\n`, 'rows.csv:2: the row is longer than 1 MiB'],
])('refused: %s', async (_, text, message) => {
  await expect(rowsOf(text)).rejects.toThrow(DataError)
  await expect(rowsOf(text)).rejects.toThrow(message)
})

test('rows across blocks are whole, and their lines are right', async () => {
  const long = 'ä'.repeat(30_000)
  const lines = Array.from({ length: 20 }, (_, index) => `${index},"${long}\n${index}"`)
  const rows = await rowsOf(`n,text\n${lines.join('\n')}\n`)
  expect(rows).toHaveLength(20)
  expect(rows[13]).toEqual({ n: '13', text: `${long}\n13` })
  await expect(rowsOf(`n,text\n${lines.join('\n')}\nx\n`)).rejects.toThrow('rows.csv:42: this row has 1 field')
})

const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ';', ' ', 'é', '😀', '0'), maxLength: 6 })
const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`

test('what csv-parse reads is what we read', async () => {
  const anyFile = fc.tuple(
    fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 6 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.boolean(),
  )
  await fc.assert(
    fc.asyncProperty(anyFile, async ([rows, lineEnd, always, ended]) => {
      const write = (text: string): string => (always || /[",\r\n]/.test(text) ? quote(text) : text)
      const text = ['a,b,c', ...rows.map((row) => row.map(write).join(','))].join(lineEnd) + (ended ? lineEnd : '')
      const expected = parse(text, { columns: true, record_delimiter: ['\n', '\r\n'] })
      expect(await rowsOf(text)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('what csv-parse refuses is refused, and nothing else', async () => {
  const anyText = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '1'), maxLength: 14 }).map((text) => `x,y\n${text}`)
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      let expected: unknown
      try {
        expected = parse(text, { columns: true, record_delimiter: ['\n', '\r\n'], skip_empty_lines: true })
      } catch {
        expected = 'refused'
      }
      const rows = await rowsOf(text).catch((error: Error) => (error.message.includes('no rows') ? [] : 'refused'))
      expect(rows).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})
