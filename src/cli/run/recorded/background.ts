/** The background process of `--detach`: the same command line started again, which recognises itself here. */
import type { RunFlags } from '../../load/run-flags.ts'

/** The file in the folder of a detached run that holds its output. */
export const DETACHED_LOG = 'detached.log'
/** The environment variable that passes the run's folder to the background process of `--detach`. */
export const FOLDER_VARIABLE = 'BURN_DETACHED_FOLDER'

/** The message by which a background process reports that its run has begun: the target answers and the files are open. */
export interface UnderWay {
  readonly runId: string
}

/** The state of the background process of `--detach`: its folder, and a way to report that the run has begun. */
export interface Background {
  /** The run's folder, created by the command that started the process. */
  readonly folder: string
  /** Tells the command that started this process that the run has begun, so that it can return. */
  underWay(message: UnderWay): void
}

/** Returns the state of the background process of `--detach`; undefined in other processes, even if its variable is set. */
export function backgroundOf(flags: RunFlags): Background | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  if (!flags.detach || folder === undefined || process.send === undefined) return undefined
  return { folder, underWay: notifyParent }
}

/** Sends a message to the parent process; does nothing when the parent has ended. */
function notifyParent(message: UnderWay): void {
  if (!process.connected) return
  process.send?.(message, undefined, undefined, () => {
    if (process.connected) process.disconnect()
  })
}

/** Returns the flags for the background process of `--detach`: results go to its folder, and no JSON to stdout. */
export function flagsInBackground(flags: RunFlags, { folder }: Background): RunFlags {
  return { ...flags, out: folder, json: false }
}
