/** Makes the manual page burn(1) from the definitions of the commands. */
import { EXIT_MEANINGS } from '../../errors.ts'
import { VERSION } from '../../version.ts'
import type { CommandWords, FlagWords } from './words.ts'

/**
 * Escapes a text for roff, in which a dot or quote at the beginning of a line starts a request, a hyphen becomes a dash, and only ASCII is understood
 * everywhere.
 */
const roff = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/[^\n -~]/gu, (char) => `\\[u${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`)
    .split('\n')
    .map((line) => line.replace(/^(?=[.'])/, '\\&'))
    .join('\n.br\n')

/** Returns the manual page burn(1) in roff; `examples` returns the example lines of a command by its name. */
export function manPage(commands: readonly CommandWords[], examples: (name: string) => readonly string[]): string {
  const [burn, ...others] = commands
  return `.TH BURN 1 "" "burn ${VERSION}" "User Commands"
.SH NAME
burn \\- load\\-test things that talk: chatbots, LLM endpoints and streaming backends
.SH SYNOPSIS
${others
  .filter(({ below }) => below.length === 0)
  .map(({ usage }) => `.B ${roff(usage)}\n.br`)
  .join('\n')}
.SH DESCRIPTION
${roff(burn?.describe ?? '')}
.SH COMMANDS
${others.map((command) => commandText(command, examples)).join('\n')}
.SH EXIT STATUS
${Object.entries(EXIT_MEANINGS)
  .map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`)
  .join('\n')}
`
}

function commandText({ path, describe, flags, usage }: CommandWords, examples: (name: string) => readonly string[]): string {
  const lines = path.length === 1 ? examples(path[0] ?? '') : []
  const shown = lines.length === 0 ? '' : `.PP\nExamples:\n.nf\n${lines.map((line) => roff(`  ${line}`)).join('\n')}\n.fi\n`
  return `.SS ${roff(usage)}\n${roff(describe)}\n${flags.map(flagText).join('\n')}\n${shown}`.trimEnd()
}

const flagText = ({ usage, describe }: FlagWords) => `.TP\n.B ${roff(usage)}\n${roff(describe)}`
