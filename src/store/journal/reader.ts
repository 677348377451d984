/** Reads the journal of a run, even one that was cut off at any point. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InputError } from '../../errors.ts'
import { jsonIn } from '../../text/json.ts'
import { isJournalEntry, isJournalHeader, type JournalEntry, type JournalHeader } from './entry.ts'
import { JournalTail, MAX_LINE_BYTES } from './tail.ts'

/** An open journal of a run: its first line with facts about the run, and an iterator that reads the attempts from the file one by one. */
export interface ReadJournal {
  /** The facts about the run; undefined when the first line is incomplete or missing. */
  readonly header: JournalHeader | undefined
  /** The complete entries in the order they were written; each loop over them reads the file again. */
  readonly entries: Iterable<JournalEntry>
  /** True when the last line is incomplete, because the writer was killed or the disk was full. */
  readonly tornTail: boolean
}

/**
 * Counts the damaged lines of a run's journal: complete lines that cannot be read. Each loop over the attempts in the journal starts the count
 * again.
 */
export class JournalDamage {
  lines = 0
  /** Number of the first damaged line, from 1; 0 when there is none. */
  first = 0
}

/**
 * Opens the journal of a run for reading. Lines that cannot be read are skipped, so a journal that was cut off anywhere still gives its complete
 * attempts; while these are read, `damage` counts the skipped lines.
 * @throws InputError when the file cannot be read
 */
export function readJournal(path: string, damage = new JournalDamage()): ReadJournal {
  return reading(path, () => {
    const [first] = new JournalTail(path).fresh({ rest: true })
    const header = first === undefined ? undefined : jsonIn(first)
    return {
      header: isJournalHeader(header) ? header : undefined,
      entries: { [Symbol.iterator]: () => entriesOf(path, damage) },
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

function* entriesOf(path: string, damage: JournalDamage): Generator<JournalEntry> {
  let number = 0
  damage.lines = 0
  damage.first = 0
  for (const line of new JournalTail(path).fresh({ rest: true })) {
    const value = jsonIn(line) // a line cut short is no JSON: its object is not closed
    number += 1
    if (isJournalEntry(value)) yield value
    else if (!isJournalHeader(value)) {
      damage.lines += 1
      if (damage.first === 0) damage.first = number
    }
  }
}

/**
 * Returns the last attempt in a run's journal, from the last line that is complete; undefined when there is none. Only the end of the file is read.
 * @throws InputError when the file cannot be read
 */
export function lastEntry(path: string): JournalEntry | undefined {
  const lines = reading(path, () => lastLines(path))
  return lines.map(jsonIn).findLast(isJournalEntry)
}

/** True when a file ends in an incomplete line: the text after the last line feed is not a complete entry or header. */
function hasTornTail(path: string): boolean {
  const tail = lastLines(path).at(-1) ?? ''
  const value = jsonIn(tail)
  return tail !== '' && !isJournalEntry(value) && !isJournalHeader(value)
}

/**
 * Returns the lines in the last MAX_LINE_BYTES of a file. The first may be cut off at its beginning; the last is '' when the file ends in a line
 * feed.
 */
function lastLines(path: string): string[] {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.allocUnsafe(Math.min(size, MAX_LINE_BYTES))
    const count = readSync(file, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8', 0, count).split('\n')
  } finally {
    closeSync(file)
  }
}
