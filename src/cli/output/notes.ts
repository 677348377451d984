/** What a command says beside its output, on stderr: how something was understood, what comes next. */
import { terminalSafe } from '../../text/escape.ts'

let quiet = false

/** Whether notes are left out from now on: `-q`. */
export function hush(wanted: boolean): void {
  quiet = wanted
}

/** Says it, made safe for a terminal. */
export function note(text: string): void {
  if (!quiet) process.stderr.write(`${terminalSafe(text)}\n`)
}
