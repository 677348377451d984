/** Holds the exit code of the command that runs; the action of the command sets it. */
export interface CommandOutcome {
  code: number
}
