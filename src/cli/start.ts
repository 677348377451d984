/** The entry point of the built program: prints the version, or loads everything else. */
import { writeSync } from 'node:fs'
import { VERSION } from '../version.ts'
import { loadBuilt } from './compiled.ts'

/** The names of burn's commands. Each command has a cache of compiled code of its own, because it uses other parts of the program. */
export const COMMANDS = [
  'run',
  'validate',
  'explain',
  'plan',
  'ping',
  'audit',
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

/** The signals that end a run, each with its exit code. They repeat `errors.ts`, which is not loaded yet. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const

/**
 * Handles signals until the run does this itself: they end the process with an exit code and a line of text. Without this, Node would end a process
 * that is still loading without any message.
 */
function endAtSignals(): void {
  const listened = new Set<unknown>()
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return // the run itself stops and writes its files
      const words = listened.has(signal) ? '' : ' before the run began; nothing was measured'
      hasPrinted(`burn: ended by ${signal}${words}\n`, 2)
      // The cache must not store the code compiled so far, which is only a small part of what a run uses.
      process.removeAllListeners('exit')
      process.exit(code)
    })
  process.on('newListener', (event) => listened.add(event))
}

/**
 * Returns the command under which compiled code is cached: `run` for a file or an address, and `help` for printing help, which uses only few
 * functions.
 */
function commandOf(words: readonly string[]): string {
  const [word = ''] = words
  if (words.includes('--help') || words.includes('-h')) return 'help'
  if (COMMANDS.includes(word)) return word
  return /[.:]/.test(word) ? 'run' : 'help'
}

/** Prints a text on stdout (1) or stderr (2). Returns false when that fails; the whole program, which is loaded then, can report the reason. */
function hasPrinted(text: string, stream = 1): boolean {
  try {
    writeSync(stream, text)
    return true
  } catch {
    return false
  }
}
