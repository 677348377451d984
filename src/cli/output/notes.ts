/** Prints the notes of a command on stderr, apart from its output on stdout: how input was understood, what to do next. */
import { terminalSafe } from '../../text/escape.ts'

let quiet = false

/** Turns the notes that burn prints on stderr off (true, for the flag `-q`) or on (false). */
export function hush(quietly: boolean): void {
  quiet = quietly
}

/** Prints a note on stderr with control characters escaped, unless `hush` has turned notes off. */
export function note(text: string): void {
  if (!quiet) process.stderr.write(`${terminalSafe(text)}\n`)
}
