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
/** The message when the process ends with code 0 before its command has finished. */
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
  // This timer keeps Node alive: with no other sockets or timers, the process would exit with 0 before its command has finished.
  const held = setInterval(() => {}, HOLD_MS)
  const code = await run(argv)
  clearInterval(held)
  await flushed()
  isDone = true
  leave(lost.exitCode(code))
}

/** Runs the command and returns its exit code. In a worker process, the arguments are those of the run that it belongs to. */
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
 * Runs the command of burn that the arguments `argv` name, and returns its exit code without ending the process. Tests use it too: each call begins
 * with the state of a new process.
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
    const program = buildProgram(outcome, readsVariables() ? undefined : wordOf(argv))
    forgetEmptyVariables(program)
    await program.parseAsync(commandLine(program, argv))
    return outcome.code
  } catch (error) {
    return reportFailure(error)
  }
}

/** Loads the code that runs in the mock server's thread. Only that thread calls this, when it starts. */
export const mockThread = () => import('../mock/worker.ts')

/**
 * Returns the arguments to parse. `run` is put before an address or a scenario file. After an unknown command all other arguments are dropped, so
 * that the error is about the command.
 */
function commandLine(program: Command, argv: readonly string[]): string[] {
  const at = placeOfWord(argv)
  const word = argv[at] ?? '-'
  const about = word === 'help' ? argv[at + 1] : undefined
  // Without this, `burn help nonsense` would print the help of burn.
  if (about !== undefined && !isCommand(program, about)) return [...argv.slice(0, at), about]
  // The command `help` knows only one level of commands, so `burn help runs rm` becomes `burn runs rm --help`.
  if (about !== undefined && argv.length > at + 2) return [...argv.slice(0, at), ...argv.slice(at + 1), '--help']
  if (isCommand(program, word)) return [...argv]
  return RUNNABLE.test(word) ? argv.toSpliced(at, 0, 'run') : argv.slice(0, at + 1)
}

/** Returns the place of the first argument that may name a command; -1 when there is none. */
const placeOfWord = (argv: readonly string[]) => argv.findIndex((word, i) => i > 1 && word !== '--no-color')

/** Returns the name of the command that the arguments call; another word when they call none. */
function wordOf(argv: readonly string[]): string {
  const word = argv[placeOfWord(argv)] ?? ''
  return RUNNABLE.test(word) ? 'run' : word
}

/** True when an environment variable is called BURN_…: which ones are known is told by the flags of all commands. */
const readsVariables = () => Object.keys(process.env).some((name) => name.startsWith('BURN_'))

/** Matches an argument that is an address or a scenario file, so that it can be run. */
const RUNNABLE = /^(?:[a-z][a-z0-9+.-]*:\/\/|mock:)|\.(?:ya?ml|json)$/i

/** True for a flag, `help` or a known command. Without this check, `burn nonsense --help` would print the help of burn. */
function isCommand(program: Command, word: string): boolean {
  return word.startsWith('-') || word === 'help' || program.commands.some((command) => command.name() === word)
}

/** The error codes that mean that the disk or device of an output is full or broken. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])

/** Remembers output that could not be printed because of a full or broken disk. */
class LostOutput {
  private failure: NodeJS.ErrnoException | undefined

  /** Handles a stream's error: remembers a full disk, ignores a closed pipe (`burn … | head -1`), and throws anything else. */
  note(error: NodeJS.ErrnoException): void {
    if (FULL.has(error.code ?? '')) this.failure ??= error
    else if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
  }

  /** Returns the exit code of the process: that of the command, or 7 (a local error) when output was lost and 7 is worse. */
  exitCode(code: number): number {
    if (!this.failure) return code
    return worstExit([
      code as ExitCode,
      reportFailure(new LocalError(`the output could not be written: ${this.failure.message}`)),
    ])
  }
}

/** Resolves when stdout and stderr have written all output. Pipes are written asynchronously, and `exit` would drop the rest. */
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
