import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { lockState } from '../../store/files/lock.ts'
import { JOURNAL_NAME } from '../../store/files/names.ts'
import { isJournalEntry, isJournalHeader, type JournalEntry } from '../../store/journal/entry.ts'
import { JournalTail } from '../../store/journal/tail.ts'
import { jsonIn } from '../../text/json.ts'
import { note } from '../output/notes.ts'
import { textOf } from './entry-text.ts'
import type { TailFlags } from './flags.ts'
import { follow } from './follow.ts'
import { noJournal } from './no-journal.ts'
import { PacedOutput } from './paced-output.ts'
import { endText, headerText } from './words.ts'

/** Shows the journal of a run on stdout for `burn tail`: the entries that its flags select, as they come. */
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

  constructor(folder: string, flags: TailFlags, stopped: AbortSignal) {
    this.folder = folder
    this.flags = flags
    this.stopped = stopped
    this.journalPath = join(folder, JOURNAL_NAME)
    this.journal = new JournalTail(this.journalPath)
    this.output = new PacedOutput(process.stdout, stopped)
    this.text = textOf(flags)
  }

  async show(): Promise<void> {
    const { folder, stopped, flags } = this
    if (!flags.follow) {
      if (!existsSync(this.journalPath)) throw noJournal(folder)
      await this.showNew({ rest: true })
      if (!stopped.aborted && !this.output.closed) this.sayWhatIsMissing()
      return
    }
    const end = await follow({ folder, stopped, show: () => this.showNew({ rest: false }) })
    if (end.kind === 'stopped') return
    await this.showNew({ rest: true })
    this.sayWhatIsMissing()
    note(endText(end, folder))
  }

  /** Shows new entries of the journal; resolves with false when the reader of stdout is gone. */
  private async showNew(options: { readonly rest: boolean }): Promise<boolean> {
    if (!this.begun) this.begin()
    if (!this.begun) return true
    for (const line of this.journal.fresh(options)) {
      const entry = this.selected(line)
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

  /** The journal entry of a line; undefined when the line is none, or the flags exclude it. */
  private selected(line: string): JournalEntry | undefined {
    const { vu, errors } = this.flags
    // With --vu most lines belong to other users and need not be parsed.
    if (vu !== undefined && !new RegExp(`"user"\\s*:\\s*${vu}\\b`).test(line)) return undefined
    const entry = jsonIn(line)
    if (!isJournalEntry(entry) || (errors && entry.outcome !== 'failed')) return undefined
    return vu === undefined || entry.user === vu ? entry : undefined
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
