/** Where an action leaves the exit code. */
export interface CommandOutcome {
  code: number
}
