/** The entry of the built program: prints the version, or loads everything else. */
import { writeSync } from 'node:fs'
import { VERSION } from '../version.ts'
import { loadBuilt } from './compiled.ts'

/** The commands of burn, each of which uses other functions of the program. */
const COMMANDS = ['run', 'validate', 'explain', 'plan', 'ping', 'generate', 'convert', 'mock', 'report', 'tail', 'schema']

/** Runs the command of burn that the arguments `argv` name, and ends the process with its exit code. Throws when files of the program are missing. */
export function start(argv: readonly string[]): void {
  if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-V') && hasPrinted(`${VERSION}\n`)) return
  const { start: startMain } = loadBuilt('burn.cjs', commandOf(argv[2] ?? '')) as typeof import('./main.ts')
  void startMain(argv)
}

/** The command that a first argument stands for: a file or an address is run. */
function commandOf(word: string): string {
  if (COMMANDS.includes(word)) return word
  return /[.:]/.test(word) ? 'run' : 'help'
}

/** Prints a text on stdout; false when that fails, which the whole program knows how to report. */
function hasPrinted(text: string): boolean {
  try {
    writeSync(1, text)
    return true
  } catch {
    return false
  }
}
