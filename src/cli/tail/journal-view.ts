import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../errors.ts'
import { lockState } from '../../store/files/lock.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { isJournalEntry, isJournalHeader, type JournalEntry } from '../../store/journal/entry.ts'
import { JournalTail } from '../../store/journal/tail.ts'
import { jsonIn } from '../../text/json.ts'
import { note } from '../output/notes.ts'
import { textOf } from './entry-text.ts'
import type { TailFlags } from './flags.ts'
import { follow } from './follow.ts'
import { damagedJournal, noJournal } from './no-journal.ts'
import { PacedOutput } from './paced-output.ts'
import { endText, headerText } from './words.ts'

/**
 * Prints the journal of a run on stdout for `burn tail`: the attempts that the flags select. If asked to follow a run, it goes on printing while the
 * run writes more.
 */
export class JournalView {
  private readonly folder: string
  private readonly flags: TailFlags
  private readonly stopped: AbortSignal
  private readonly journalPath: string
  private readonly journal: JournalTail
  private readonly output: PacedOutput
  private readonly text: (entry: JournalEntry, line: string) => string
  private begun = false
  private errorsOnly = false
  private shown = 0
  /** The number of lines that are not entries and so must be damaged. */
  private damaged = 0
  private firstDamaged = ''

  constructor(folder: string, flags: TailFlags, stopped: AbortSignal) {
    this.folder = folder
    this.flags = flags
    this.stopped = stopped
    this.journalPath = join(folder, JOURNAL_NAME)
    this.journal = new JournalTail(this.journalPath)
    this.output = new PacedOutput(process.stdout, stopped)
    this.text = textOf(flags)
  }

  /** Shows the entries of the journal. @throws InputError for a missing journal; for a damaged one after everything that can be read was shown */
  async show(): Promise<void> {
    const { folder, stopped, flags } = this
    if (!flags.follow) {
      if (!existsSync(this.journalPath)) throw noJournal(folder)
      await this.showNew({ rest: true })
      if (stopped.aborted || this.output.closed) return
      this.refuseDamaged()
      this.sayWhatIsMissing()
      return
    }
    const end = await follow({ folder, stopped, show: () => this.showNew({ rest: false }) })
    if (end.kind === 'stopped') return
    await this.showNew({ rest: true })
    if (this.damaged === 0) this.sayWhatIsMissing()
    note(endText(end, folder))
    this.refuseDamaged()
  }

  /** Shows new entries of the journal; resolves with false when the reader of stdout has closed it. */
  private async showNew(options: { readonly rest: boolean }): Promise<boolean> {
    if (!this.begun) this.begin()
    if (!this.begun) return true
    for (const line of this.journal.fresh(options)) {
      const entry = this.selected(line)
      if (!entry && this.isDamaged(line)) {
        if (this.damaged === 0) this.firstDamaged = line
        this.damaged += 1
      }
      if (entry) {
        this.shown += 1
        await this.output.add(this.text(entry, line))
      }
      if (this.output.closed || this.stopped.aborted) break
    }
    await this.output.flush()
    return !this.output.closed
  }

  /** Prints the header and finds the first entry to show; does nothing while there is no journal. */
  begin(): void {
    if (!existsSync(this.journalPath)) return
    this.begun = true
    const { lines } = this.flags
    if (lines !== Number.POSITIVE_INFINITY) this.journal.toLast(lines, (line) => this.selected(line) !== undefined)
    const [first = ''] = new JournalTail(this.journalPath).fresh()
    const header = jsonIn(first)
    if (!isJournalHeader(header)) return
    this.errorsOnly = header.level === 'errors'
    note(headerText(header, this.folder))
  }

  /** Returns the journal entry of a line; undefined when the line is no entry, or the flags exclude it. */
  private selected(line: string): JournalEntry | undefined {
    const { vu, errors } = this.flags
    // With --vu most lines belong to other users and need not be parsed.
    if (vu !== undefined && !new RegExp(`"user"\\s*:\\s*${vu}\\b`).test(line)) return undefined
    const entry = jsonIn(line)
    if (!isJournalEntry(entry) || (errors && entry.outcome !== 'failed')) return undefined
    return vu === undefined || entry.user === vu ? entry : undefined
  }

  /** True for a line that is neither an entry nor the header. With --vu, lines of other users are not checked. */
  private isDamaged(line: string): boolean {
    if (this.flags.vu !== undefined && /"user"\s*:/.test(line)) return false
    const value = jsonIn(line)
    return !isJournalEntry(value) && !isJournalHeader(value)
  }

  /** Refuses a journal with lines that could not be read, or a file that is no journal. @throws InputError */
  private refuseDamaged(): void {
    const { damaged, firstDamaged, journalPath } = this
    if (damaged > 0) {
      throw damagedJournal(journalPath, damaged, lineNumber(journalPath, firstDamaged))
    }
    if (!existsSync(journalPath)) return
    const [first = ''] = new JournalTail(journalPath).fresh({ rest: true })
    const value = jsonIn(first)
    // A run that has just begun may have created the file without writing anything yet.
    if (isJournalHeader(value) || isJournalEntry(value) || lockState(this.folder)?.live) return
    const hint = 'the run was killed before it wrote anything, or the file was changed after it'
    throw new InputError(`${journalPath} is not a journal of burn`, hint)
  }

  private sayWhatIsMissing(): void {
    if (this.journal.torn && !lockState(this.folder)?.live)
      note('the last line is torn: its writer was killed, or the disk was full')
    if (this.shown > 0 || this.flags.lines === 0) return
    const filtered = this.flags.vu !== undefined || this.flags.errors
    note(
      filtered
        ? 'no exchange of that kind is in the journal'
        : `nothing logged${this.errorsOnly ? ': all went well (`burn run --log all` keeps everything)' : ''}`,
    )
  }
}

/**
 * Returns the number of a line in a file, from 1. It is computed only for an error message, because journals are otherwise read from near their end.
 */
function lineNumber(path: string, sought: string): number {
  let number = 0
  for (const line of new JournalTail(path).fresh({ rest: true })) {
    number += 1
    if (line === sought) break
  }
  return number
}
