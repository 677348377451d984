/**
 * One row of a data file: a value for each column name. Values are texts in CSV, any JSON values in other formats. Several iterations may get the
 * same row object, so it must not be changed.
 */
export type Row = Readonly<Record<string, unknown>>

/** Thrown for a malformed record of a data file. `lines` is the number of line ends between the start of the record and the error. */
export class RecordError extends Error {
  override name = 'RecordError'
  readonly lines: number
  readonly hint: string | undefined
  constructor(message: string, lines = 0, hint?: string) {
    super(message)
    this.lines = lines
    this.hint = hint
  }
}

/**
 * Knows one format of data files, such as CSV, and splits a file of this format into records, one for each row. The method `cut` finds where a record
 * ends; the other members describe, check and parse the record that was found.
 */
export interface RecordFormat {
  /**
   * Finds the end of the record that begins at index `from` of `bytes`, which hold data up to index `to`; `last` says that the file ends
   * there. Returns the index after the record, or −1 when more bytes are needed. Throws RecordError.
   */
  cut(bytes: Buffer, from: number, to: number, last: boolean): number
  /** Number of line ends in the record, including the one that ends it. */
  readonly lines: number
  /** Number of line ends between the start of the record and its row, such as after the bracket of a list; 0 when left out. */
  readonly linesBefore?: number
  /** True when the record is an empty line, which is skipped. */
  readonly blank: boolean
  /**
   * Called at the end of the file. Throws RecordError when the format does not allow the file to end here, such as a list without its closing
   * bracket.
   */
  ended?(): void
  /** Throws RecordError when the record cannot be a row. Must be fast, because skipped rows are checked too. */
  check(): void
  /** Parses the record that `cut` found last to a row. Throws RecordError. */
  row(bytes: Buffer): Row
}

const REFUSED = new Set(['__proto__', 'constructor', 'prototype'])

/** Returns why a text cannot be a column name, such as `a column has no name`; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a column has no name'
  if (REFUSED.has(name)) return `a column cannot be called ${name}`
  if (/[\0-\x1f\x7f]/.test(name)) return `the name ${JSON.stringify(name).slice(0, 60)} holds control characters`
  return undefined
}
