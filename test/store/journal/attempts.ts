/** A journal in a folder of its own, with two secrets, and what is in it. */
import { join } from 'node:path'
import type { JournalEntry } from '../../../src/store/journal/entry.ts'
import { Journal, type JournalOptions } from '../../../src/store/journal/journal.ts'
import { readJournal } from '../../../src/store/journal/reader.ts'
import { Redactor } from '../../../src/text/secrets.ts'
import { HEADER } from '../entries.ts'
import { tempFolders } from '../temp.ts'

export const temp = tempFolders()

export const redactor = new Redactor()
redactor.add('hunter22')
redactor.add('10000000')

export function open(over: Partial<JournalOptions> = {}): { path: string; journal: Journal } {
  const path = join(temp(), 'sessions.jsonl')
  return { path, journal: Journal.open(path, { level: { kind: 'all' }, header: HEADER, redactor, ...over }) }
}

export function entriesIn(path: string): JournalEntry[] {
  return [...readJournal(path).entries]
}
