/** The journal of a run: one line for each attempt, of limited size. Writing it never delays the measurement. */
import * as fs from 'node:fs'
import { LocalError } from '../../errors.ts'
import type { Outcome } from '../../exchange.ts'
import { createRandom } from '../../random.ts'
import { formatBytes } from '../../text/units.ts'
import { localError } from '../files/local-error.ts'
import type { JournalEntry, JournalHeader } from './entry.ts'
import { type JournalLevel, journalLevelText } from './level.ts'
import { entryLine, headerLine, type JournalRedactor } from './line.ts'
import { LINE_FEED, MAX_LINE_BYTES } from './tail.ts'

/** The version of the journal's format, which its first line states. */
const JOURNAL_VERSION = '1.0'
const DEFAULT_JOURNAL_BYTES = 256 * 1024 * 1024
const FLUSH_BYTES = 64 * 1024
const FLUSH_MS = 50

/** The file-system calls that the writer of the journal makes, so that a test can replace them by calls that fail. */
export interface JournalFs {
  openSync(path: string, flags: string): number
  writeSync(file: number, bytes: Buffer, offset: number, length: number): number
  ftruncateSync(file: number, length: number): void
  truncateSync(path: string, length: number): void
  closeSync(file: number): void
}

/**
 * The options of the writer of a run's journal: which attempts to record, facts about the run, how secrets are masked, and the file's largest size.
 */
export interface JournalOptions {
  readonly level: JournalLevel
  readonly header: Omit<JournalHeader, 'journal' | 'level'>
  readonly redactor: JournalRedactor
  /** Largest size of the journal file in bytes; 256 MiB by default. */
  readonly maxBytes?: number
  readonly disk?: JournalFs
}

/**
 * Writes the journal of a run: a file with a line for each attempt that is to be recorded. Lines are written every 50 ms or when 64 KiB have come
 * together, so a process that is killed loses few of them. Lines that would exceed the largest size of the file are left out. A disk error ends the
 * journal but not the run; it is kept in `error`.
 */
export class Journal {
  private readonly path: string
  private readonly level: JournalLevel
  private readonly seed: string
  private readonly redactor: JournalRedactor
  private readonly maxBytes: number
  private readonly disk: JournalFs
  /** The open file; undefined for level `none`, and after the journal has ended. */
  private file: number | undefined
  private pending: string[] = []
  private pendingBytes = 0
  private writtenBytes = 0
  private leftOut = 0
  private full = false
  private timer: NodeJS.Timeout | undefined
  private givenBytes = 0
  /** The first disk error; undefined when there was none. */
  error: LocalError | undefined

  private constructor(path: string, file: number | undefined, options: JournalOptions) {
    this.path = path
    this.file = file
    this.level = options.level
    this.seed = options.header.seed
    this.redactor = options.redactor
    this.maxBytes = options.maxBytes ?? DEFAULT_JOURNAL_BYTES
    this.disk = options.disk ?? fs
  }

  /** Creates the file and writes its header; level `none` creates no file. @throws LocalError when the file exists or cannot be made */
  static open(path: string, options: JournalOptions): Journal {
    const { level, header, redactor, disk = fs } = options
    if (level.kind === 'none') return new Journal(path, undefined, options)
    try {
      const journal = new Journal(path, disk.openSync(path, 'ax'), options)
      journal.append(headerLine({ journal: JOURNAL_VERSION, ...header, level: journalLevelText(level) }, redactor))
      journal.flush()
      if (journal.error) throw journal.error
      return journal
    } catch (error) {
      throw localError(`cannot write the journal ${path}`, error)
    }
  }

  /** True when this attempt gets a line in the journal. In a sample, the attempts of one iteration are either all in or all out. */
  wants(outcome: Outcome, user: number, iteration: number): boolean {
    if (this.level.kind === 'none') return false
    if (this.level.kind === 'errors') return outcome === 'failed'
    return this.level.kind === 'all' || createRandom(this.seed, 'journal', user, iteration).next() < this.level.share
  }

  /** Adds an entry, if the journal's level includes its attempt. Never throws. */
  write(entry: JournalEntry): void {
    if (!this.wants(entry.outcome, entry.user, entry.iteration)) return
    if (this.file === undefined || this.full) {
      this.leftOut += 1
      return
    }
    this.append(entryLine(entry, this.redactor))
  }

  /** Writes the entries gathered so far to the file. Never throws. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.file === undefined || this.pending.length === 0) return
    const bytes = Buffer.from(this.pending.join(''))
    const lines = this.pending.length
    this.pending = []
    this.pendingBytes = 0
    try {
      this.writeAll(this.file, bytes)
      this.writtenBytes += bytes.length
    } catch (error) {
      this.leftOut += lines
      this.giveUp(this.file, error)
    }
  }

  /** Writes the entries gathered so far and closes the file; a second call does nothing. Never throws. */
  close(): void {
    this.flush()
    const file = this.file
    if (file === undefined) return
    this.file = undefined
    try {
      this.disk.closeSync(file)
    } catch (error) {
      this.error ??= localError(`cannot close the journal ${this.path}`, error)
    }
  }

  /**
   * Deletes the second half of a closed journal, to make room for the result on a full disk. Returns false when only the header is left or deleting
   * fails.
   */
  giveRoom(): boolean {
    if (this.level.kind === 'none' || this.file !== undefined) return false
    try {
      const size = lineEndBefore(this.path, Math.floor(this.writtenBytes / 2))
      if (size === 0) return false
      this.disk.truncateSync(this.path, size)
      this.givenBytes += this.writtenBytes - size
      this.writtenBytes = size
      this.error ??= new LocalError(
        `the disk is full: the journal ${this.path} made room for the result`,
        'free some space, or use --log none',
      )
      return true
    } catch {
      return false
    }
  }

  /** Returns notes for readers of the result: that the journal is incomplete, and why; empty when it is complete. */
  notes(): string[] {
    if (this.givenBytes > 0)
      return [`the journal ends early: the disk was full, and its last ${formatBytes(this.givenBytes)} made room for the result`]
    if (this.error) return [`the journal ends early, ${this.leftOut} entries are missing: ${this.error.message}`]
    return this.full
      ? [`the journal stopped at its bound of ${formatBytes(this.maxBytes)}, ${this.leftOut} entries are missing`]
      : []
  }

  private append(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.writtenBytes + this.pendingBytes + bytes > this.maxBytes) {
      this.full = true
      this.leftOut += 1
      return
    }
    this.pending.push(line)
    this.pendingBytes += bytes
    if (this.pendingBytes >= FLUSH_BYTES) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref()
  }

  /** Writes all bytes to the file. At a size limit, the system writes only a part without an error; the next write then reports it. */
  private writeAll(file: number, bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      const count = this.disk.writeSync(file, bytes, done, bytes.length - done)
      if (count === 0) throw new Error(`only ${done} of ${bytes.length} bytes were taken`)
      done += count
    }
  }

  /** Ends the journal after a disk error, and removes an incomplete last line, so that the file ends with a complete one. */
  private giveUp(file: number, error: unknown): void {
    this.error = localError(`cannot write the journal ${this.path}`, error)
    this.file = undefined
    try {
      this.disk.ftruncateSync(file, this.writtenBytes)
      this.disk.closeSync(file)
    } catch {
      // The reader ignores an incomplete last line.
    }
  }
}

/** Returns the offset at which the last complete line before `offset` ends; 0 when there is none, or the line is too long. */
function lineEndBefore(path: string, offset: number): number {
  const file = fs.openSync(path, 'r')
  try {
    const from = Math.max(0, offset - MAX_LINE_BYTES)
    const bytes = Buffer.allocUnsafe(offset - from)
    const end = bytes.subarray(0, fs.readSync(file, bytes, 0, bytes.length, from)).lastIndexOf(LINE_FEED)
    return end < 0 ? 0 : from + end + 1
  } finally {
    fs.closeSync(file)
  }
}
