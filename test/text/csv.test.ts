/** CSV: read back by another reader as it was written, inert in a spreadsheet and on a terminal. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cell, csvLine } from '../../src/text/csv.ts'
import { readCsv } from '../support/csv.ts'

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/
/** What a spreadsheet shows of a text cell: the mark before a formula is not part of it. */
const shown = (cell: string) => (/^'+[=+\-@\t\r\n＋－＝＠]/.test(cell) ? cell.slice(1) : cell)
const hostile = fc.string({
  unit: fc.constantFrom(...'=+-@\'"\t\r\n, ;|a0é👩‍👩‍👧＝', '\u200d', '\u2028', '\x1b[2J', '\0', '\u202e', '\ud800', '\\u{1b}'),
})

describe('one line of CSV', () => {
  test.each<[string, Cell[], string]>([
    ['ends in CR and LF', ['a', 'b'], 'a,b\r\n'],
    [
      'quotes what has commas, quotes or line ends',
      ['a,b', 'say "hi"', 'x\ny', 'x\r\ny'],
      '"a,b","say ""hi""","x\ny","x\r\ny"\r\n',
    ],
    ['leaves a cell empty where nothing is known', [null, Number.NaN, Number.POSITIVE_INFINITY, ''], ',,,\r\n'],
    ['writes numbers and flags as they are', [-5, 0, 1.5, true, false], '-5,0,1.5,true,false\r\n'],
    ['puts a mark before formulas', ['=1+1', '+1', '-1', '@SUM(A1)', '＝1'], "'=1+1,'+1,'-1,'@SUM(A1),'＝1\r\n"],
    ['puts it inside of the quotes', ['\t=1', '\r=1', '=1,2'], `'\t=1,"'\r=1","'=1,2"\r\n`],
    ['keeps a mark that was there', ["'=1", "it's"], "''=1,it's\r\n"],
    ['shows controls, and keeps the joiners of emoji', ['\x1b[2J', '👩‍👩‍👧', 'a\u202eb'], '\\u{1b}[2J,👩‍👩‍👧,a\\u{202e}b\r\n'],
  ])('%s', (_, cells, line) => {
    expect(csvLine(cells)).toBe(line)
  })

  test('is read back as it was written, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(hostile, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }), (rows) => {
        const text = rows.map(csvLine).join('')
        const whole = rows.map((row) =>
          row.map((cell) => cell.replace(new RegExp(`${CONTROL.source}|\\p{Surrogate}`, 'gu'), escaped)),
        )
        expect(readCsv(text).map((row) => row.map(shown))).toEqual(whole)
      }),
    )
  })

  test('never begins a cell with a formula, and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = csvLine([text, 'end'])
        expect(readCsv(line)[0]?.[0]).not.toMatch(/^[=+\-@\t\r\n＋－＝＠]/)
        expect(line).not.toMatch(CONTROL)
        expect(line.isWellFormed()).toBe(true)
      }),
    )
  })
})

function escaped(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}
