/** argv in, exit code out. Commands are loaded only when they are called. */
import type { Command } from 'commander'
import { EXIT, type ExitCode, LocalError, worstExit } from '../errors.ts'
import { VERSION } from '../version.ts'
import { catchCrashes } from './output/crash.ts'
import { reportFailure } from './output/failure.ts'

const HOLD_MS = 60_000

/** Runs the command line and ends the process with its exit code. */
export async function start(argv: readonly string[]): Promise<void> {
  const lost = new LostOutput()
  for (const stream of [process.stdout, process.stderr]) stream.on('error', (error) => lost.note(error))
  if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-V')) {
    process.stdout.write(`${VERSION}\n`)
    process.on('exit', () => {
      process.exitCode = lost.exitCode(EXIT.ok)
    })
    return
  }
  catchCrashes((error) => process.exit(reportFailure(error)))
  // Sockets and timers of libraries do not always hold the process: it must not end, with 0, before its command has.
  const held = setInterval(() => {}, HOLD_MS)
  const code = await main(argv)
  clearInterval(held)
  await flushed()
  leave(lost.exitCode(code))
}

/** The same without the exit, for tests. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const [{ buildProgram }, { forgetEmptyVariables }] = await Promise.all([
      import('./program.ts'),
      import('./load/variables.ts'),
    ])
    const outcome = { code: EXIT.ok as number }
    const program = buildProgram(outcome)
    forgetEmptyVariables(program)
    await program.parseAsync(commandLine(program, argv))
    return outcome.code
  } catch (error) {
    return reportFailure(error)
  }
}

/** `burn http://…` is `burn run http://…`, and so is a file. Of any other word that is no command nothing more is read. */
function commandLine(program: Command, argv: readonly string[]): string[] {
  const at = argv.findIndex((word, i) => i > 1 && word !== '--no-color')
  const word = argv[at] ?? '-'
  if (isCommand(program, word)) return [...argv]
  return RUNNABLE.test(word) ? argv.toSpliced(at, 0, 'run') : argv.slice(0, at + 1)
}

/** An address, or the file of a scenario. */
const RUNNABLE = /^(?:[a-z][a-z0-9+.-]*:\/\/|mock:)|\.(?:ya?ml|json)$/i

/** With `--help` behind it, a word that is no command would pass for a question about burn. */
function isCommand(program: Command, word: string): boolean {
  return word.startsWith('-') || word === 'help' || program.commands.some((command) => command.name() === word)
}

/** Codes of a stream whose other end has no room or no life left. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])

/** What could not be printed. */
class LostOutput {
  private fault: NodeJS.ErrnoException | undefined

  /** A reader that went away (`burn … | head -1`) must not end a run: its files are still to be written. */
  note(error: NodeJS.ErrnoException): void {
    if (FULL.has(error.code ?? '')) this.fault ??= error
    else if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
  }

  /** The exit code, a full disk taken into account. */
  exitCode(code: number): number {
    if (!this.fault) return code
    return worstExit([code as ExitCode, reportFailure(new LocalError(`the output could not be written: ${this.fault.message}`))])
  }
}

/** Waits until what was printed has left: a pipe takes it asynchronously, and `exit` would cut it off. */
async function flushed(): Promise<void> {
  const waiting = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0)
  await Promise.all(waiting.map((stream) => new Promise((resolve) => stream.write('', resolve))))
  // A file tells of its fault a moment after the write.
  await new Promise(setImmediate)
}

function leave(code: number): void {
  process.exitCode = code
  process.exit(code)
}
