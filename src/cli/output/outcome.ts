/** The exit code of the command that runs; the command sets it. */
export interface CommandOutcome {
  code: number
}
