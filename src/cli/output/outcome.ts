/** Receives the exit code of the command that runs; the command sets it when it is done. */
export interface CommandOutcome {
  code: number
}
