/** An object into which a command of burn writes its exit code (`code`) when it is done. */
export interface CommandOutcome {
  code: number
}
