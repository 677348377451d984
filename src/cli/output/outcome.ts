/** The exit code of the command that ran; its action sets `code`. */
export interface CommandOutcome {
  code: number
}
