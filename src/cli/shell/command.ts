import { Argument, type Command } from 'commander'
import type { CommandOutcome } from '../output/outcome.ts'
import type { Shell } from './shell.ts'

/** Adds the commands `burn completion` and `burn man` to the command line of burn. */
export function addShell(program: Command, outcome: CommandOutcome): void {
  program
    .command('completion')
    .summary('print what completes commands and flags in a shell')
    .description(
      'Print a script that completes commands, flags, their values, files and runs.\n  bash  eval "$(burn completion bash)" in ~/.bashrc (bash 4 and newer)\n  zsh   eval "$(burn completion zsh)" in ~/.zshrc, behind compinit\n  fish  burn completion fish > ~/.config/fish/completions/burn.fish',
    )
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('./shell.ts')
      outcome.code = completionCommand(shell, program)
    })
  program
    .command('man')
    .summary('print the manual page')
    .description('Print the manual page burn(1) of this version: burn man | man -l -')
    .option('--llms', 'print llms.txt instead: commands, keys, codes and where the documents are, for language models')
    .action(async ({ llms = false }: { llms?: boolean }) => {
      const { manCommand } = await import('./shell.ts')
      outcome.code = manCommand(program, llms)
    })
}
