/** The entry point of burn: parses argv, runs a command, returns an exit code. Commands are loaded on demand. */
import type { Command } from 'commander'
import { EXIT, type ExitCode, LocalError, worstExit } from '../errors.ts'
import { forgetHooks } from '../hooks/hooks.ts'
import { VERSION } from '../version.ts'
import { catchCrashes } from './output/crash.ts'
import { reportFailure } from './output/failure.ts'
import { forgetSecrets } from './output/known-secrets.ts'
import { forgetPlugins } from './output/plugin-fault.ts'
import { isWorker } from './workers/protocol.ts'

const HOLD_MS = 60_000
/** The message for an exit of the process with code 0 that no command asked for. */
const ENDED_EARLY = 'the process was ended before the command was done: does a plugin call process.exit?'

/** Runs the command of burn that the arguments `argv` name, and ends the process with its exit code. */
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
  let isDone = false
  process.on('exit', (code) => {
    if (!isDone && code === EXIT.ok) process.exitCode = reportFailure(new LocalError(ENDED_EARLY))
  })
  // Keeps Node alive: when a library's sockets and timers do not, the process would exit with 0 before its command has finished.
  const held = setInterval(() => {}, HOLD_MS)
  const code = await run(argv)
  clearInterval(held)
  await flushed()
  isDone = true
  leave(lost.exitCode(code))
}

/** A worker has the arguments of its run. */
async function run(argv: readonly string[]): Promise<number> {
  if (!isWorker()) return main(argv)
  try {
    const { argumentsOf } = await import('./workers/worker-end.ts')
    return await main(await argumentsOf(argv))
  } catch (error) {
    return reportFailure(error)
  }
}

/**
 * Runs the command of burn that the arguments `argv` name, and returns its exit code without ending the process. For tests: each call
 * begins as a new process would.
 */
export async function main(argv: readonly string[]): Promise<number> {
  forgetSecrets()
  forgetPlugins()
  forgetHooks()
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

/** Loads the code of the thread in which the mock server runs. Only that thread calls it, when it starts. */
export const mockThread = () => import('../mock/worker.ts')

/** The arguments to parse: an address or a scenario file gets `run` put before it; after an unknown command nothing more is read. */
function commandLine(program: Command, argv: readonly string[]): string[] {
  const at = argv.findIndex((word, i) => i > 1 && word !== '--no-color')
  const word = argv[at] ?? '-'
  const about = word === 'help' ? argv[at + 1] : undefined
  // `burn help nonsense` would print the help of burn.
  if (about !== undefined && !isCommand(program, about)) return [...argv.slice(0, at), about]
  // `help` itself knows one level of commands: `burn help runs rm` is `burn runs rm --help`.
  if (about !== undefined && argv.length > at + 2) return [...argv.slice(0, at), ...argv.slice(at + 1), '--help']
  if (isCommand(program, word)) return [...argv]
  return RUNNABLE.test(word) ? argv.toSpliced(at, 0, 'run') : argv.slice(0, at + 1)
}

/** Matches an address or a scenario file. */
const RUNNABLE = /^(?:[a-z][a-z0-9+.-]*:\/\/|mock:)|\.(?:ya?ml|json)$/i

/** True for a flag, `help` or a known command; otherwise `burn nonsense --help` would print the help of burn. */
function isCommand(program: Command, word: string): boolean {
  return word.startsWith('-') || word === 'help' || program.commands.some((command) => command.name() === word)
}

/** Error codes of an output file or device that is full or broken. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])

/** Remembers output that could not be printed because of a full or broken disk. */
class LostOutput {
  private failure: NodeJS.ErrnoException | undefined

  /** Handles a stream's error: remembers a full disk, ignores a closed pipe (`burn … | head -1`), and throws anything else. */
  note(error: NodeJS.ErrnoException): void {
    if (FULL.has(error.code ?? '')) this.failure ??= error
    else if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
  }

  /** Returns the exit code of the process: the command's own, or 7 when output was lost and that is worse. */
  exitCode(code: number): number {
    if (!this.failure) return code
    return worstExit([
      code as ExitCode,
      reportFailure(new LocalError(`the output could not be written: ${this.failure.message}`)),
    ])
  }
}

/** Resolves when stdout and stderr have passed on all output: pipes are written asynchronously, and `exit` would drop the rest. */
async function flushed(): Promise<void> {
  const waiting = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0)
  await Promise.all(waiting.map((stream) => new Promise((resolve) => stream.write('', resolve))))
  // A file reports a write error only in the next turn of the event loop.
  await new Promise(setImmediate)
}

function leave(code: number): void {
  process.exitCode = code
  process.exit(code)
}
