/** The run in the background as it knows itself: `--detach` starts the same command line again, as a process of its own. */
import type { RunFlags } from '../load/run-flags.ts'

/** What the run says is written there, in its folder. */
export const DETACHED_LOG = 'detached.log'
/** Names the folder to the process in the background. */
export const FOLDER_VARIABLE = 'BURN_DETACHED_FOLDER'

/** From the run in the background to the command that started it: the target was tried and the files are open. */
export interface UnderWay {
  readonly runId: string
}

/** What a run in the background does beyond the others. */
export interface Background {
  /** Made by the command that started it. */
  readonly folder: string
  /** Lets that command return. */
  underWay(message: UnderWay): void
}

/** Undefined unless this process is the one in the background. A variable alone, left over in some environment, makes it none. */
export function backgroundOf(flags: RunFlags): Background | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  if (!flags.detach || folder === undefined || process.send === undefined) return undefined
  return { folder, underWay: tellParent }
}

/** A parent that is gone, ended by a signal say, need not be told. */
function tellParent(message: UnderWay): void {
  if (!process.connected) return
  process.send?.(message, undefined, undefined, () => {
    if (process.connected) process.disconnect()
  })
}

/** The flags under which it runs: in that folder, and without data on stdout, which is the log. */
export function flagsInBackground(flags: RunFlags, { folder }: Background): RunFlags {
  return { ...flags, out: folder, json: false }
}
