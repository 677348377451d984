/** What a line-based format does for the reader: it finds where records end, and turns one into a row. */

/** One row. Values of CSV are text; those of JSON are what they are. Shared between iterations: never change one. */
export type Row = Readonly<Record<string, unknown>>

/** A malformed record; `lines` is how many line ends lie between the record's start and the fault. */
export class RecordFault extends Error {
  override name = 'RecordFault'
  readonly lines: number
  readonly hint: string | undefined
  constructor(message: string, lines = 0, hint?: string) {
    super(message)
    this.lines = lines
    this.hint = hint
  }
}

/** Reads one format. It remembers the record that it cut last; `row` and the rest speak of that one. */
export interface RecordFormat {
  /**
   * Looks at the record that begins at `from` in `bytes`, of which those before `to` are valid; `last` when nothing follows them.
   * Gives the place behind the record, or −1 when more bytes are needed. Throws RecordFault.
   */
  cut(bytes: Buffer, from: number, to: number, last: boolean): number
  /** Line ends within the record, its own included. */
  readonly lines: number
  /** Nothing but a line end, which is no record. */
  readonly blank: boolean
  /** Throws RecordFault when the record cannot be a row; cheap, for rows that are only passed by. */
  check(): void
  /** The row. Throws RecordFault. */
  row(bytes: Buffer): Row
}

const REFUSED = new Set(['__proto__', 'constructor', 'prototype'])

/** What is wrong with the name of a column; undefined when nothing is. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'a column has no name'
  if (REFUSED.has(name)) return `a column cannot be called ${name}`
  if (/[\0-\x1f\x7f]/.test(name)) return `the name ${JSON.stringify(name).slice(0, 60)} holds control characters`
  return undefined
}
