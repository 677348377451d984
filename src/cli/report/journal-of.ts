import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { JOURNAL_NAME } from '../../store/files/names.ts'

/** Returns the path of a run's journal; `run` is the run's folder or result file. Undefined when there is no journal. */
export function journalOf(run: string): string | undefined {
  const folder = statSync(run).isDirectory() ? run : dirname(run)
  const path = join(folder, JOURNAL_NAME)
  return existsSync(path) ? path : undefined
}
