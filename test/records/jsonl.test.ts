import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonLinesFormat, parseJson, rowOf } from '../../src/records/jsonl.ts'
import { RecordError } from '../../src/records/record.ts'

test('a line is cut at its end alone, and one without an end only where the file ends', () => {
  const format = new JsonLinesFormat()
  const bytes = Buffer.from('{"a":1}\r\n{"b":2}')
  expect(format.cut(bytes, 0, bytes.length, false)).toBe(9)
  expect([format.row(bytes), format.blank]).toEqual([{ a: 1 }, false])
  expect(format.cut(bytes, 9, bytes.length, false)).toBe(-1)
  expect(format.cut(bytes, 9, bytes.length, true)).toBe(bytes.length)
  expect(format.row(bytes)).toEqual({ b: 2 })
  expect(format.cut(bytes, 0, 5, false)).toBe(-1)
})

test('a line of white space is blank', () => {
  const format = new JsonLinesFormat()
  const bytes = Buffer.from(' \t\r\n')
  expect([format.cut(bytes, 0, 4, false), format.blank]).toEqual([4, true])
})

test('any JSON is read as JSON.parse does, unless a number would lose digits', () => {
  fc.assert(
    fc.property(
      fc.json().filter((text) => !/\d{16}/.test(text)),
      (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      },
    ),
  )
  expect(() => parseJson('{"a":[9007199254740993]}')).toThrow('would lose digits')
  expect(parseJson('9007199254740991')).toBe(9_007_199_254_740_991)
  expect(parseJson('"12345678901234567890"')).toBe('12345678901234567890')
})

test('a fault does not quote the text, which may be secret', () => {
  const fault = (text: string) => {
    try {
      parseJson(text)
    } catch (error) {
      return (error as RecordError).message
    }
    return ''
  }
  expect(fault('{"key":"hunter22" x}')).toMatch(/^this is not JSON: /)
  expect(fault('{"key":"hunter22" x}')).not.toContain('hunter22')
})

test.each([null, [], 'x', 5, true])('%j is no row', (value) => expect(() => rowOf(value)).toThrow('a row must be a map'))

test('names that would reach a prototype are refused', () => {
  expect(() => rowOf(JSON.parse('{"__proto__":1}'))).toThrow(RecordError)
  expect(rowOf({ a: 1 })).toEqual({ a: 1 })
})
