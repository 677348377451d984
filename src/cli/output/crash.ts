/** Handles exceptions in timers and event handlers, and makes their traces readable. They are bugs of burn, so the exit code is 5, never 1. */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

type Handler = (error: unknown) => void

/** The handlers of the runs in progress. All of them are called for an exception, because nobody knows to which run it belongs. */
const handlers = new Set<Handler>()

/**
 * Installs a handler for exceptions that nothing else catches. While runs are in progress, it passes an exception to the handlers of these runs (see
 * `untilOver`); at other times it calls `last` with it.
 */
export function catchCrashes(last: Handler): void {
  process.on('uncaughtException', (error) => {
    for (const handler of handlers.size === 0 ? [last] : handlers) handler(error)
  })
}

/** How long a run may take to end after an uncaught exception, in ms. The exception may have broken a promise that then never settles. */
const GRACE_MS = 2000

/**
 * Waits until a run is over, that is, until the promise `finished` settles. Meanwhile it catches exceptions that timers and event handlers throw, so
 * that measurements can still be written; the first of them calls `stop`, which ends the run. Resolves with the first error (such an exception, or
 * the reason for which `finished` rejected); undefined without an error.
 */
export async function untilOver(finished: Promise<unknown>, stop: () => void): Promise<{ readonly error: unknown } | undefined> {
  let crash: { readonly error: unknown } | undefined
  const abandoned = Promise.withResolvers<undefined>()
  const handler = (error: unknown) => {
    if (crash) return
    crash = { error }
    setTimeout(abandoned.resolve, GRACE_MS, undefined)
    stop()
  }
  handlers.add(handler)
  const settled = finished.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  const broken = await Promise.race([settled, abandoned.promise])
  // After an exception the handler stays, because more may follow while the result is written.
  if (!crash) handlers.delete(handler)
  return crash ?? broken
}

const PROGRAM = fileURLToPath(import.meta.url)
/** Matches a line of a stack whose place is in the built program; its parts are the indent with `at`, the line and the column, both from 1. */
const FRAME = /^( +at ).*\bburn\.cjs:(\d+):(\d+)\)?$/gm

/**
 * Returns a stack trace that names places in the source files (`at src/cli/program.ts:12:5`) instead of places in the built program. Lines that the
 * source map does not contain stay unchanged. So does the whole trace when there is no source map, or when the running file `program` is itself a
 * source file.
 */
export function readableTrace(stack: string, program = PROGRAM): string {
  if (!program.endsWith('.cjs')) return stack
  const map = mapOf(program)
  return stack.replace(FRAME, (frame, at: string, line: string, column: string) => {
    const place = map?.findOrigin(Number(line), Number(column))
    return place && 'fileName' in place ? `${at}${place.fileName}:${place.lineNumber}:${place.columnNumber}` : frame
  })
}

/** Returns the map from places in a built file to places in its sources; undefined when it cannot be read. */
function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(gunzipSync(readFileSync(`${file}.map.gz`)).toString()))
  } catch {
    return undefined
  }
}
