/** argv in, exit code out. Commands are loaded only when they are called. */
import { EXIT } from '../errors.ts'
import { catchCrashes } from './output/crash.ts'
import { reportFailure } from './output/failure.ts'
import { VERSION } from './output/version.ts'

/** Runs the command line and ends the process with its exit code. */
export async function start(argv: readonly string[]): Promise<void> {
  if (argv.length === 3 && (argv[2] === '--version' || argv[2] === '-V')) {
    process.stdout.write(`${VERSION}\n`)
    return
  }
  // A reader that went away (`burn … | head -1`) must not end a run: its files are still to be written.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  catchCrashes((error) => process.exit(reportFailure(error)))
  leave(await main(argv))
}

/** The same without the exit, for tests. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const { buildProgram } = await import('./program.ts')
    const outcome = { code: EXIT.ok as number }
    await buildProgram(outcome).parseAsync([...argv])
    return outcome.code
  } catch (error) {
    return reportFailure(error)
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
}

/** Waits until what was printed has left: a pipe takes it asynchronously, and `exit` would cut it off. */
function leave(code: number): void {
  process.exitCode = code
  const flushed = [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve)))
  void Promise.all(flushed).then(() => process.exit(code))
}
