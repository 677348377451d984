/** Follows a run until it is over, was killed, or nobody wants to know any more. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { now } from '../../clock.ts'
import { lockState } from '../../store/files/lock.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { FolderWatch } from './folder-watch.ts'
import { noJournal } from './no-journal.ts'

const POLL_MS = 100
/** A run that is just starting makes its folder before it takes the lock. */
const BIRTH_MS = 3000

export type End = { readonly kind: 'over' } | { readonly kind: 'killed'; readonly pid: number } | { readonly kind: 'stopped' }

interface Follower {
  readonly folder: string
  readonly stopped: AbortSignal
  /** Shows what is new; called again and again. False when nobody reads any more. */
  readonly show: () => Promise<boolean>
}

/** Resolves with how it ended. @throws InputError when the folder holds no run, or one without a journal */
export async function follow({ folder, stopped, show }: Follower): Promise<End> {
  const watch = new FolderWatch(folder)
  const since = now()
  try {
    for (;;) {
      // Looked at before the journal: what a run writes before it gives the lock back is then read after.
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
