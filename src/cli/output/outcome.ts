/** The object into which the command that runs writes its exit code when it is done. */
export interface CommandOutcome {
  code: number
}
