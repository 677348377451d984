/** The commands `burn completion` and `burn man`; the latter prints the manual page or a text for language models. */
import type { Command } from 'commander'
import { EXIT, type ExitCode } from '../../errors.ts'
import { bashCompletion } from './bash.ts'
import { examplesFor } from './examples.ts'
import { fishCompletion } from './fish.ts'
import { knownWords } from './known-words.ts'
import { llmsText } from './llms.ts'
import { manPage } from './man.ts'
import { commandWords } from './words.ts'
import { zshCompletion } from './zsh.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** The name of a shell for which burn has a completion script. */
export type Shell = keyof typeof SCRIPTS

/** Runs `burn completion`: prints the script with which a shell completes the commands and flags of burn. Returns 0. */
export function completionCommand(shell: Shell, program: Command): ExitCode {
  process.stdout.write(SCRIPTS[shell](commandWords(program, knownWords())))
  return EXIT.ok
}

/** Runs `burn man`: prints the manual page of burn or, with `llms`, the text `llms.txt` for language models. Returns 0. */
export function manCommand(program: Command, llms: boolean): ExitCode {
  const words = commandWords(program)
  process.stdout.write(llms ? llmsText(words) : manPage(words, examplesFor))
  return EXIT.ok
}
