import { parseJson, rowOf } from './jsonl.ts'
import { RecordError, type RecordFormat, type Row } from './record.ts'

const LF = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * What a reader of a JSON list has passed last: nothing yet (`start`), the bracket or a comma (`before` a map), a map (`behind`), or the closing
 * bracket (`over`).
 */
type ListPlace = 'start' | 'before' | 'behind' | 'over'

/**
 * Reads each map (object) in a JSON list as one record, so that a list of any length can be read in blocks. Finds where each map ends and parses it
 * alone.
 */
export class JsonListFormat implements RecordFormat {
  lines = 0
  blank = false
  private start = 0
  private end = 0
  linesBefore = 0
  private place: ListPlace = 'start'
  private readonly single: boolean

  /** `single`: each record is read alone, together with the bracket or comma before it; the position in the list is not kept. */
  constructor(single = false) {
    this.single = single
  }

  cut(bytes: Buffer, from: number, to: number, last: boolean): number {
    this.lines = 0
    const { place } = this
    if (this.single) this.place = 'start'
    this.start = this.mapStart(bytes, from, to)
    this.blank = this.start === to
    this.linesBefore = this.lines
    this.end = this.blank && last ? to : this.mapEnd(bytes, this.start, to)
    if (this.end < 0 && last) throw new RecordError('the file ends within this map', this.linesBefore)
    // The reader calls again with more bytes, and looks for the end of the same map.
    if (this.end < 0) this.place = place
    else if (!this.blank) this.place = 'behind'
    return this.end
  }

  ended(): void {
    if (this.place !== 'over') throw new RecordError('the list has no end', 0, 'is the file complete?')
  }

  check(): void {}

  row(bytes: Buffer): Row {
    try {
      return rowOf(parseJson(bytes.toString('utf8', this.start, this.end)))
    } catch (error) {
      if (error instanceof RecordError) throw new RecordError(error.message, this.linesBefore + error.lines, error.hint)
      throw error
    }
  }

  /** Returns the index at which the next map begins; `to` when there is none before it. */
  private mapStart(bytes: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte === OPEN_MAP && this.place === 'before') return at
      if (byte === LF) this.lines += 1
      else if (byte > SPACE) this.place = this.behind(byte)
    }
    return to
  }

  /** Returns what the reader has passed after a bracket or a comma. Throws RecordError for a byte that does not belong there. */
  private behind(byte: number): ListPlace {
    const { place, single } = this
    if (byte === OPEN_LIST && place === 'start') return 'before'
    if (byte === COMMA && (place === 'behind' || (single && place === 'start'))) return 'before'
    if (byte === CLOSE_LIST && (place === 'behind' || place === 'before')) return 'over'
    throw new RecordError('expected a list of maps', this.lines, 'such as [{"id": "a"}, {"id": "b"}]')
  }

  /** Returns the index after the map that begins at `start`; −1 when more bytes are needed to find its end. */
  private mapEnd(bytes: Buffer, start: number, to: number): number {
    let depth = 0
    let quoted = false
    for (let at = start; at < to; at += 1) {
      const byte = bytes[at]
      if (byte === LF) this.lines += 1
      if (quoted && byte === BACKSLASH) at += 1
      else if (byte === QUOTE) quoted = !quoted
      else if (!quoted && (byte === OPEN_MAP || byte === OPEN_LIST)) depth += 1
      else if (!quoted && (byte === CLOSE_MAP || byte === CLOSE_LIST)) {
        depth -= 1
        if (depth === 0) return at + 1
      }
    }
    return -1
  }
}
