import { isUtf8 } from 'node:buffer'
import { formatBytes } from '../text/units.ts'
import { changed, DataError, type DataFile, readFully } from './file.ts'
import { RecordError, type RecordFormat, type Row } from './record.ts'

/** How many bytes of a data file are read at once. When the file is cached, this takes some tens of microseconds. */
const BLOCK_BYTES = 128 * 1024
/** The largest size of a record in bytes; a longer one most likely comes from a quote that is never closed. */
const MAX_RECORD_BYTES = 1024 * 1024

/** Reads the rows of a data file, one after the other. */
export interface Rows {
  /** Moves to the next row; returns false when there is none. Throws DataError. */
  advance(): boolean
  /** Returns the row that the last `advance` moved to. Throws DataError. */
  row(): Row
  /** Moves back to before the first row, so that the next `advance` reads it again. */
  rewind(): void
}

/**
 * Reads an open data file row by row. Only one block of the file is in memory at a time, so files of any size can be read; a row longer than 1 MiB is
 * refused. Reads are synchronous: a block holds hundreds of rows, so waiting for the disk is rare, and no row needs a promise.
 */
export class RowCursor implements Rows {
  /** The line of the file on which the current record begins, from 1. */
  line = 1
  /** The byte offset in the file at which the current record begins. */
  offset = 0
  private readonly file: DataFile
  private readonly format: RecordFormat
  private bytes = Buffer.allocUnsafe(BLOCK_BYTES)
  private base: number
  private to = 0
  private at = 0
  private nextLine = 1
  private start: { readonly offset: number; readonly line: number }

  constructor(file: DataFile, format: RecordFormat) {
    this.file = file
    this.format = format
    this.base = file.start
    this.start = { offset: file.start, line: 1 }
  }

  /** Makes `rewind` return to the current position; called after the header row was read, so that it is not read as data. */
  startHere(): void {
    this.start = { offset: this.base + this.at, line: this.nextLine }
  }

  rewind(): void {
    this.base = this.start.offset
    this.nextLine = this.start.line
    this.at = 0
    this.to = 0
  }

  advance(): boolean {
    return this.guard(() => {
      if (!this.step()) return false
      this.format.check()
      return true
    })
  }

  /** The line of the file on which the current row begins, from 1. */
  get rowLine(): number {
    return this.line + (this.format.linesBefore ?? 0)
  }

  row(): Row {
    return this.guard(() => this.format.row(this.bytes))
  }

  /** Moves to the next record and returns what `read` makes of its bytes, without the checks of a data row; undefined at the end of the file. */
  header<T>(read: (bytes: Buffer) => T): T | undefined {
    return this.guard(() => (this.step() ? read(this.bytes) : undefined))
  }

  private step(): boolean {
    for (;;) {
      const atEnd = this.base + this.to >= this.file.size
      if (this.at >= this.to && atEnd) {
        this.format.ended?.()
        return false
      }
      this.line = this.nextLine
      const next = this.at >= this.to ? -1 : this.format.cut(this.bytes, this.at, this.to, atEnd)
      if (next < 0) this.fill()
      else if (this.take(next)) return true
    }
  }

  /** Moves to the end of the current record; `next` is its index. Returns false when the record was a blank line. */
  private take(next: number): boolean {
    const { at, format } = this
    this.offset = this.base + at
    this.nextLine += format.lines
    this.at = next
    if (format.blank) return false
    if (!isUtf8(this.bytes.subarray(at, next))) throw new RecordError('the text is not UTF-8', 0, 'save the file as UTF-8')
    return true
  }

  /** Drops the bytes that were used, moves the others to the front of the buffer, and reads more from the file behind them. */
  private fill(): void {
    this.bytes.copyWithin(0, this.at, this.to)
    this.base += this.at
    this.to -= this.at
    this.at = 0
    if (this.to === this.bytes.length) this.grow()
    const length = Math.min(this.bytes.length - this.to, this.file.size - this.base - this.to)
    readFully(this.file, this.bytes, this.to, length, this.base + this.to)
    this.to += length
  }

  private grow(): void {
    if (this.bytes.length >= MAX_RECORD_BYTES) {
      throw new RecordError(`the row is longer than ${formatBytes(MAX_RECORD_BYTES)}`, 0, 'is there a quote that is not closed?')
    }
    this.bytes = Buffer.concat([this.bytes], this.bytes.length * 2)
  }

  private guard<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (error instanceof RecordError) throw new DataError(this.file.name, this.line + error.lines, error.message, error.hint)
      throw error
    }
  }
}

/**
 * Returns a function that reads one record (the bytes of one row) of a data file and parses it. The function takes the byte offsets of the record's
 * start and end. It throws DataError when the record is malformed, or the file was changed.
 */
export function recordReader(file: DataFile, format: RecordFormat): (offset: number, end: number) => Row {
  let bytes = Buffer.allocUnsafe(4096)
  return (offset, end) => {
    const length = Math.min(end - offset, MAX_RECORD_BYTES)
    if (length > bytes.length) bytes = Buffer.allocUnsafe(length * 2)
    readFully(file, bytes, 0, length, offset)
    try {
      const next = format.cut(bytes, 0, length, true)
      if (!isUtf8(bytes.subarray(0, next))) throw changed(file)
      format.check()
      return format.row(bytes)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      throw new DataError(file.name, undefined, `the row at byte ${offset}: ${error.message}`, error.hint)
    }
  }
}
