/** Reads a journal back, however it was cut off. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InputError } from '../errors.ts'
import { jsonIn } from '../json.ts'
import { isJournalEntry, isJournalHeader, type JournalEntry, type JournalHeader } from './journal-entry.ts'

const CHUNK_BYTES = 256 * 1024
const LINE_FEED = 0x0a
/** A longer line is none of ours; it is skipped without being held. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

export interface ReadJournal {
  /** Undefined when its line is torn or missing. */
  readonly header: JournalHeader | undefined
  /** Whole entries in the order they were written; read anew from the file at each walk. */
  readonly entries: Iterable<JournalEntry>
  /** The last line is not whole: the writer was killed, or the disk was full. */
  readonly tornTail: boolean
}

/**
 * Opens a journal. Lines that are no entries are left out, so a file cut at any byte gives all whole entries before the cut.
 * @throws InputError when it cannot be read
 */
export function readJournal(path: string): ReadJournal {
  return reading(path, () => {
    const [first] = linesOf(path)
    const header = first === undefined ? undefined : jsonIn(first)
    return {
      header: isJournalHeader(header) ? header : undefined,
      entries: { [Symbol.iterator]: () => entriesOf(path) },
      tornTail: hasTornTail(path),
    }
  })
}

function reading<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(
      `cannot read the journal ${path}: ${error instanceof Error ? error.message : String(error)}`,
      undefined,
      { cause: error },
    )
  }
}

function* entriesOf(path: string): Generator<JournalEntry> {
  for (const line of linesOf(path)) {
    const value = jsonIn(line) // a line cut short is no JSON: its object is not closed
    if (isJournalEntry(value)) yield value
  }
}

/** Lines without their line feed, the last one even when it lacks one. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    let pieces: Buffer[] = []
    let held = 0
    for (const chunk of chunksOf(file)) {
      let start = 0
      for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
        if (held <= MAX_LINE_BYTES) yield Buffer.concat([...pieces, chunk.subarray(start, end)]).toString()
        pieces = []
        held = 0
        start = end + 1
      }
      held += chunk.length - start
      if (held <= MAX_LINE_BYTES) pieces.push(chunk.subarray(start))
      else pieces = []
    }
    if (held > 0 && held <= MAX_LINE_BYTES) yield Buffer.concat(pieces).toString()
  } finally {
    closeSync(file)
  }
}

/** Each chunk is a buffer of its own, since lines may keep pieces of it. */
function* chunksOf(file: number): Generator<Buffer> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    const count = readSync(file, buffer, 0, CHUNK_BYTES, null)
    if (count === 0) return
    yield buffer.subarray(0, count)
  }
}

/** Whether the text after the last line feed is there and is not whole. */
function hasTornTail(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.allocUnsafe(Math.min(size, MAX_LINE_BYTES))
    const count = readSync(file, buffer, 0, buffer.length, size - buffer.length)
    const tail = buffer.subarray(buffer.lastIndexOf(LINE_FEED, count - 1) + 1, count)
    if (tail.length === 0) return false
    const value = jsonIn(tail.toString())
    return !isJournalEntry(value) && !isJournalHeader(value)
  } finally {
    closeSync(file)
  }
}
