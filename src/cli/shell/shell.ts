/** `burn completion` and `burn man`. */
import type { Command } from 'commander'
import { EXIT, type ExitCode } from '../../errors.ts'
import { bashCompletion } from './bash.ts'
import { examplesFor } from './examples.ts'
import { fishCompletion } from './fish.ts'
import { knownWords } from './known-words.ts'
import { manPage } from './man.ts'
import { commandWords } from './words.ts'
import { zshCompletion } from './zsh.ts'

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** The name of a shell for which burn has a completion script. */
export type Shell = keyof typeof SCRIPTS

/** Prints the completion script of a shell. */
export function completionCommand(shell: Shell, program: Command): ExitCode {
  process.stdout.write(SCRIPTS[shell](commandWords(program, knownWords())))
  return EXIT.ok
}

/** Prints the manual page. */
export function manCommand(program: Command): ExitCode {
  process.stdout.write(manPage(commandWords(program), examplesFor))
  return EXIT.ok
}
