/** Handles the background process of `--detach`, which is started with the same command line and recognises its role here. */
import type { RunFlags } from '../../load/run-flags.ts'
import { isWorker } from '../../workers/protocol.ts'

/** The name of the file in a run's folder to which a background run (`--detach`) writes what it prints. */
export const DETACHED_LOG = 'detached.log'
/** The environment variable in which `burn run --detach` passes the folder of the run to the background process that it starts. */
export const FOLDER_VARIABLE = 'BURN_DETACHED_FOLDER'

/**
 * The message from the background process of `burn run --detach` to the command that started it, which says that the run has begun. It holds the id
 * of the run.
 */
export interface UnderWay {
  readonly runId: string
}

/**
 * What the background process of `burn run --detach` is given: the folder for the run, and a function to call once the run has begun. The command
 * that started the process waits for this call.
 */
export interface Background {
  /** The run's folder, created by the command that started the process. */
  readonly folder: string
  /** Reports to the command that started this process that the run has begun, so that the command can return. */
  underWay(message: UnderWay): void
}

/**
 * Returns the folder of the run, and the function that reports its beginning, in the background process that `burn run --detach` starts; undefined
 * in any other process.
 */
export function backgroundOf(flags: RunFlags): Background | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  // A worker process of such a run inherits the variable, but has another parent process.
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

/**
 * Returns the flags of a run, changed for the background process of `burn run --detach`: results go to the folder that the process was given, and no
 * JSON is written to stdout.
 */
export function flagsInBackground(flags: RunFlags, { folder }: Background): RunFlags {
  return { ...flags, out: folder, json: false }
}
