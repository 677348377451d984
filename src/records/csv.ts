import { nameProblem, RecordError, type RecordFormat, type Row } from './record.ts'

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

/**
 * Reads CSV: finds where each record ends, and parses it into a row of texts. Follows RFC 4180 strictly: quotes around whole fields, quotes
 * inside them doubled, lines that end in LF or CRLF, and the same number of fields in each row.
 */
export class CsvFormat implements RecordFormat {
  lines = 0
  blank = false
  columns: readonly string[] = []
  private readonly delimiter: number
  /**
   * The start and end of each field of the current record, as byte offsets without the quotes. The list is reused for each record, because large
   * files have many.
   */
  private readonly bounds: number[] = []
  private count = 0

  /** Makes a reader of CSV records; `delimiter` is the code of an ASCII character. */
  constructor(delimiter: number) {
    this.delimiter = delimiter
  }

  cut(bytes: Buffer, from: number, to: number, last: boolean): number {
    this.count = 0
    this.lines = 0
    for (let at = from; ; at += 1) {
      const quoted = bytes[at] === QUOTE && at < to
      const end = quoted ? this.quotedEnd(bytes, at, to, last) : this.plainEnd(bytes, at, to)
      if (end < 0 || (end >= to && !last)) return -1
      const separator = end >= to ? LF : bytes[end]
      if (separator === this.delimiter) this.keep(quoted ? at + 1 : at, quoted ? end - 1 : end)
      else return this.close(bytes, from, at, end, to, last, quoted)
      at = end
    }
  }

  check(): void {
    const expected = this.columns.length
    if (this.count === expected) return
    const few = this.count === 1 ? 'this row has 1 field' : `this row has ${this.count} fields`
    throw new RecordError(`${few}, expected ${expected}`, 0, 'a field that holds the delimiter needs "quotes" around it')
  }

  row(bytes: Buffer): Row {
    const row: Record<string, string> = {}
    for (let index = 0; index < this.columns.length; index += 1) row[this.columns[index] ?? ''] = this.field(bytes, index)
    return row
  }

  /** Returns all fields of the record that was found last, as texts. Used for the header row. */
  fields(bytes: Buffer): string[] {
    return Array.from({ length: this.count }, (_, index) => this.field(bytes, index))
  }

  /** Sets the names of the columns from the header row. Throws RecordError when a name is empty, occurs twice, or is not allowed. */
  name(columns: readonly string[]): void {
    const names = columns.map((name) => name.trim())
    if (names.some((name) => name.includes('\r')))
      throw new RecordError('the lines end in CR alone', 0, 'save it with LF or CRLF')
    const problems = names.map(
      (name, index) => nameProblem(name) ?? (names.indexOf(name) < index ? `two columns are called ${name}` : undefined),
    )
    const problem = problems.find((text) => text !== undefined)
    if (problem !== undefined) throw new RecordError(problem, 0, 'the first row names the columns; without one, set columns')
    this.columns = names
  }

  private field(bytes: Buffer, index: number): string {
    const text = bytes.toString('utf8', this.bounds[2 * index], this.bounds[2 * index + 1])
    // Only quoted fields may contain quotes: others with a quote are refused.
    return text.includes('"') ? text.replaceAll('""', '"') : text
  }

  private keep(start: number, end: number): void {
    this.bounds[2 * this.count] = start
    this.bounds[2 * this.count + 1] = end
    this.count += 1
  }

  /** Returns the index after the closing quote of the field that opens at index `at`; −1 when more bytes are needed to find it. */
  private quotedEnd(bytes: Buffer, at: number, to: number, last: boolean): number {
    const before = this.lines
    for (let place = at + 1; place < to; place += 1) {
      const byte = bytes[place]
      if (byte === LF) this.lines += 1
      else if (byte === QUOTE) {
        if (place + 1 >= to && !last) return -1
        if (place + 1 >= to || bytes[place + 1] !== QUOTE) return place + 1
        place += 1
      }
    }
    if (!last) return -1
    throw new RecordError('a quote is opened here and never closed', before)
  }

  private plainEnd(bytes: Buffer, at: number, to: number): number {
    const { delimiter } = this
    for (let place = at; place < to; place += 1) {
      const byte = bytes[place]
      if (byte === delimiter || byte === LF) return place
      if (byte === QUOTE) throw new RecordError('a quote stands within a field that is not quoted', this.lines, HINT)
    }
    return to
  }

  /**
   * Ends the current record with its last field, which begins at index `at`. Returns the index at which the next record begins; −1 when more bytes
   * are needed.
   */
  private close(bytes: Buffer, from: number, at: number, end: number, to: number, last: boolean, quoted: boolean): number {
    let next = end
    if (quoted) {
      if (end < to && bytes[end] === CR) next += 1
      if (next >= to && !last) return -1
      if (next < to ? bytes[next] !== LF : next > end)
        throw new RecordError('something follows a closing quote', this.lines, HINT)
      this.keep(at + 1, end - 1)
    } else this.keep(at, end < to && end > at && bytes[end - 1] === CR ? end - 1 : end)
    this.blank = this.count === 1 && !quoted && this.bounds[1] === from
    this.lines += 1
    return Math.min(next + 1, to)
  }
}

const HINT = 'write the field in "quotes", and each quote inside twice'
