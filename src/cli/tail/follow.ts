import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { now } from '../../clock.ts'
import { lockState } from '../../store/files/lock.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { FolderWatch } from './folder-watch.ts'
import { noJournal } from './no-journal.ts'

const POLL_MS = 100
/** How long a folder may have no lock before its run counts as ended, in ms: a starting run makes its folder before it takes the lock. */
const BIRTH_MS = 3000

/**
 * Why `burn tail -f` ended: the run is over, the run's process was killed, or the command was stopped, by the user or because its output was closed.
 */
export type End = { readonly kind: 'over' } | { readonly kind: 'killed'; readonly pid: number } | { readonly kind: 'stopped' }

interface Follower {
  readonly folder: string
  readonly stopped: AbortSignal
  /** Shows new entries; called repeatedly. Resolves with false when the reader of stdout has closed it. */
  readonly show: () => Promise<boolean>
}

/**
 * Shows new lines of a run's journal until the run ends or the command is stopped. Resolves with which of these happened.
 * @throws InputError when there is no run or no journal
 */
export async function follow({ folder, stopped, show }: Follower): Promise<End> {
  const watch = new FolderWatch(folder)
  const since = now()
  try {
    for (;;) {
      // The lock is read before the journal, so that all entries written before the run released it are shown.
      const lock = lockState(folder)
      const present = exists(folder)
      if (!present.journal && present.result) throw noJournal(folder)
      if (!(await show())) return { kind: 'stopped' }
      if (stopped.aborted) return { kind: 'stopped' }
      if (lock && !lock.live) return { kind: 'killed', pid: lock.pid }
      if (!lock && present.journal) return { kind: 'over' }
      if (!lock && now() - since > BIRTH_MS) throw noJournal(folder)
      await watch.next(POLL_MS, stopped)
    }
  } finally {
    watch.close()
  }
}

function exists(folder: string): { readonly journal: boolean; readonly result: boolean } {
  return { journal: existsSync(join(folder, JOURNAL_NAME)), result: existsSync(join(folder, RESULT_NAME)) }
}
