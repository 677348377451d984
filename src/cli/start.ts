/** The entry of the built program: prints the version, or loads everything else. */
import { writeSync } from 'node:fs'
import { VERSION } from '../version.ts'
import { loadBuilt } from './compiled.ts'

/** The names of the commands of burn. The code that V8 has compiled is cached for each command, because each uses other functions of the program. */
export const COMMANDS = [
  'run',
  'validate',
  'explain',
  'plan',
  'ping',
  'generate',
  'convert',
  'mock',
  'report',
  'compare',
  'merge',
  'search',
  'selftest',
  'runs',
  'tail',
  'relay',
  'monitor',
  'replay',
  'schedule',
  'webhook',
  'schema',
  'completion',
  'man',
]

/** Runs the command of burn that the arguments `argv` name, and ends the process with its exit code. Throws when files of the program are missing. */
export function start(argv: readonly string[]): void {
  if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-V') && hasPrinted(`${VERSION}\n`)) return
  const command = commandOf(argv.slice(2))
  if (command === 'run') endAtSignals()
  const { start: startMain } = loadBuilt('burn.cjs', command) as typeof import('./main.ts')
  void startMain(argv)
}

/** The signals that end a run, with the exit codes of `errors.ts`, which is loaded later. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const

/**
 * Makes signals end the process with an exit code and a line of text until the run listens to them itself. Node would kill a process that
 * still loads its program without a word.
 */
function endAtSignals(): void {
  const listened = new Set<unknown>()
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return // the run stops, and writes what there is
      const words = listened.has(signal) ? '' : ' before the run began; nothing was measured'
      hasPrinted(`burn: ended by ${signal}${words}\n`, 2)
      // What was compiled of the program so far must not be kept as if it were all that a run uses.
      process.removeAllListeners('exit')
      process.exit(code)
    })
  process.on('newListener', (event) => listened.add(event))
}

/** The command that the arguments stand for: a file or an address is run. Printing help uses few functions of a command. */
function commandOf(words: readonly string[]): string {
  const [word = ''] = words
  if (words.includes('--help') || words.includes('-h')) return 'help'
  if (COMMANDS.includes(word)) return word
  return /[.:]/.test(word) ? 'run' : 'help'
}

/** Prints a text on stdout, or on stderr (2); false when that fails, which the whole program knows how to report. */
function hasPrinted(text: string, stream = 1): boolean {
  try {
    writeSync(stream, text)
    return true
  } catch {
    return false
  }
}
