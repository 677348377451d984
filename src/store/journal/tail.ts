/**
 * Reads the end of a journal and the lines that a running run adds to it. Only complete lines count, and memory is limited however long the file is.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InputError } from '../../errors.ts'
import { jsonIn } from '../../text/json.ts'
import { codeOf } from '../files/local-error.ts'

const CHUNK_BYTES = 256 * 1024
/** The byte that ends each line of a journal. */
export const LINE_FEED = 0x0a
/**
 * The longest line of a journal that is read for certain, in bytes. One that is longer by 256 KiB or more is skipped, and no line is held in memory
 * beyond that.
 */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

/** The position of a line in a run's journal: the offsets of its first byte and of the byte after its last one. */
export interface LinePlace {
  readonly from: number
  readonly to: number
}

/** Reads lines from a journal file while a run still writes to it. The file need not exist yet. */
export class JournalTail {
  private readonly path: string
  /** Offset in the file of the first line that `fresh` has not returned yet. */
  private position = 0
  private file: number | undefined
  /** True while the rest of a line that is too long is skipped. */
  private skipping = false
  /** True when the file ended in an incomplete line at the last call of `fresh` with `rest`: its writer was killed, or the disk was full. */
  torn = false
  /** The position in the file of the line that was yielded last, so that this line can be read again (see `linesAt`). */
  place: LinePlace = { from: 0, to: 0 }

  constructor(path: string) {
    this.path = path
  }

  /**
   * Yields the lines that were added since the last call, without their line feeds; none while there is no file. A last line without a line
   * feed is left for the next call or, with `rest` (nothing more will come), returned if it is complete.
   * @throws InputError when the file cannot be read
   */
  *fresh({ rest = false }: { readonly rest?: boolean } = {}): Generator<string> {
    const file = openIfThere(this.path)
    if (file === undefined) return
    try {
      this.begin(file)
      yield* this.walk(file, rest)
    } finally {
      closeSync(file)
    }
  }

  /** Makes reading begin at the last `count` lines that match, or at the end of the file when `count` is 0. @throws InputError */
  toLast(count: number, matches: (line: string) => boolean): void {
    const file = openIfThere(this.path)
    if (file === undefined) return
    try {
      this.begin(file)
      this.position = offsetOfLast(file, count, matches)
    } finally {
      closeSync(file)
    }
  }

  /** Starts at the beginning again when the file was replaced by another one or was cut. @throws InputError for a folder */
  private begin(file: number): void {
    const stats = fstatSync(file)
    if (stats.isDirectory()) throw new InputError(`cannot read the journal ${this.path}: it is a folder`)
    const { ino, size } = stats
    if ((this.file !== undefined && this.file !== ino) || size < this.position) {
      this.position = 0
      this.skipping = false
    }
    this.file = ino
  }

  private *walk(file: number, rest: boolean): Generator<string> {
    let pieces: Buffer[] = []
    let held = 0
    for (let at = this.position; ; ) {
      const chunk = readAt(file, at, CHUNK_BYTES)
      if (chunk.length === 0) break
      let start = 0
      for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
        const line = Buffer.concat([...pieces, chunk.subarray(start, end)])
        const skipped = this.skipping
        start = end + 1
        this.place = { from: this.position, to: at + end }
        this.position = at + start
        this.skipping = false
        pieces = []
        held = 0
        if (!skipped) yield line.toString()
      }
      at += chunk.length
      held += chunk.length - start
      if (!this.skipping) pieces.push(chunk.subarray(start))
      if (held > MAX_LINE_BYTES) {
        this.skipping = true
        this.position = at
        pieces = []
        held = 0
      }
    }
    if (!rest) return
    const last = Buffer.concat(pieces).toString()
    // A line cut short is no JSON: its object is not closed.
    this.torn = this.skipping || (held > 0 && jsonIn(last) === undefined)
    this.place = { from: this.position, to: this.position + held }
    if (held > 0 && !this.torn) yield last
  }
}

/** Reads lines of a run's journal that lie at known offsets, in their order. @throws InputError when the file cannot be read */
export function linesAt(path: string, places: readonly LinePlace[]): string[] {
  const file = openIfThere(path)
  if (file === undefined) throw new InputError(`cannot read the journal ${path}: it is gone`)
  try {
    return places.map(({ from, to }) => readAt(file, from, to - from).toString())
  } finally {
    closeSync(file)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    const words = error instanceof Error ? error.message : String(error)
    throw new InputError(`cannot read the journal ${path}: ${words}`, undefined, { cause: error })
  }
}

/** Reads bytes into a new buffer each time, because a line may keep a part of it. */
function readAt(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, readSync(file, buffer, 0, length, offset))
}

function offsetOfLast(file: number, count: number, matches: (line: string) => boolean): number {
  let found = 0
  let first = true
  for (const { start, text } of linesBackwards(file)) {
    if (first && count === 0) return start
    first = false
    if (matches(text)) found += 1
    if (found === count) return start
  }
  return 0
}

/** Yields the lines of a file, the last one first. The text after the last line feed comes before all, even when it is empty. */
function* linesBackwards(file: number): Generator<{ readonly start: number; readonly text: string }> {
  // The pieces of a line whose beginning was not read yet.
  let pieces: Buffer[] = []
  let held = 0
  const whole = (first: Buffer) => (held + first.length > MAX_LINE_BYTES ? '' : Buffer.concat([first, ...pieces]).toString())
  for (let at = fstatSync(file).size; at > 0; ) {
    const from = Math.max(0, at - CHUNK_BYTES)
    const chunk = readAt(file, from, at - from)
    let end = chunk.length
    for (let feed = lastFeed(chunk, end); feed !== -1; feed = lastFeed(chunk, end)) {
      yield { start: from + feed + 1, text: whole(chunk.subarray(feed + 1, end)) }
      pieces = []
      held = 0
      end = feed
    }
    held += end
    pieces = held > MAX_LINE_BYTES ? [] : [chunk.subarray(0, end), ...pieces]
    at = from
  }
  yield { start: 0, text: whole(Buffer.alloc(0)) }
}

/** Returns the offset of the last line feed before `end`; -1 when there is none. */
function lastFeed(chunk: Buffer, end: number): number {
  return end === 0 ? -1 : chunk.lastIndexOf(LINE_FEED, end - 1)
}
