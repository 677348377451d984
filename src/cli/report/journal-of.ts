import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { JOURNAL_NAME } from '../../store/files/names.ts'

/** Returns the journal in the folder of a run, or beside its result; undefined when there is none. */
export function journalOf(run: string): string | undefined {
  const folder = statSync(run).isDirectory() ? run : dirname(run)
  const path = join(folder, JOURNAL_NAME)
  return existsSync(path) ? path : undefined
}
