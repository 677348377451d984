/** Handles the background process of `--detach`, which is started with the same command line and recognises its role here. */
import type { RunFlags } from '../../load/run-flags.ts'
import { isWorker } from '../../workers/protocol.ts'

/** The name of the file in the run's folder to which a run in the background (`--detach`) writes its output. */
export const DETACHED_LOG = 'detached.log'
/** The environment variable in which `burn run --detach` passes the folder of the run to the background process that it starts. */
export const FOLDER_VARIABLE = 'BURN_DETACHED_FOLDER'

/** The message with which the background process of `burn run --detach` reports to the command that started it that the run has begun. */
export interface UnderWay {
  readonly runId: string
}

/**
 * What the background process of `burn run --detach` needs: the folder for the run, and the function that reports to the command that started it
 * that the run has begun.
 */
export interface Background {
  /** The run's folder, created by the command that started the process. */
  readonly folder: string
  /** Reports to the command that started this process that the run has begun, so that the command can return. */
  underWay(message: UnderWay): void
}

/**
 * For the background process that `burn run --detach` starts: returns the folder of the run, and the function with which the process reports to the
 * command that started it that the run has begun. Undefined in any other process.
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
 * Returns the flags of a run as they apply in the background process of `burn run --detach`: results go to the folder that the process was given, and
 * no JSON is written to stdout.
 */
export function flagsInBackground(flags: RunFlags, { folder }: Background): RunFlags {
  return { ...flags, out: folder, json: false }
}
