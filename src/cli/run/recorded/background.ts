/** The background process of `--detach`: the same command line started again, which recognises itself here. */
import type { RunFlags } from '../../load/run-flags.ts'
import { isWorker } from '../../workers/protocol.ts'

/** The name of the file to which a run in the background (`--detach`) writes its output. It lies in the run's folder. */
export const DETACHED_LOG = 'detached.log'
/** The environment variable by which `burn run --detach` tells its background process the folder of the run. */
export const FOLDER_VARIABLE = 'BURN_DETACHED_FOLDER'

/** The message with which a background process (`--detach`) reports that its run has begun. */
export interface UnderWay {
  readonly runId: string
}

/** What the background process of `burn run --detach` has: the run's folder, and a function to report that the run has begun. */
export interface Background {
  /** The run's folder, created by the command that started the process. */
  readonly folder: string
  /** Tells the command that started this process that the run has begun, so that it can return. */
  underWay(message: UnderWay): void
}

/** Returns the folder of the run, and the function to report its beginning, in the background process of `--detach`; undefined in any other process. */
export function backgroundOf(flags: RunFlags): Background | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  // A worker of such a process has its variables, too.
  if (!flags.detach || folder === undefined || process.send === undefined || isWorker()) return undefined
  return { folder, underWay: notifyParent }
}

/** Sends a message to the parent process; does nothing when the parent has ended. */
function notifyParent(message: UnderWay): void {
  if (!process.connected) return
  process.send?.(message, undefined, undefined, () => {
    if (process.connected) process.disconnect()
  })
}

/** Returns the flags as they apply in the background process of `--detach`: results are written to its folder, and no JSON to stdout. */
export function flagsInBackground(flags: RunFlags, { folder }: Background): RunFlags {
  return { ...flags, out: folder, json: false }
}
