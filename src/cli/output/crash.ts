/** Handles exceptions thrown in timers and event handlers: they are bugs of burn and must end it with exit 5, never 1. */

type Handler = (error: unknown) => void

let handler: Handler | undefined

/** Installs a handler for exceptions that nothing else catches. Those that occur while no run is under way are passed to `last`. */
export function catchCrashes(last: Handler): void {
  process.on('uncaughtException', (error) => (handler ?? last)(error))
}

/** How long a run may take to end after an uncaught exception, in ms; a promise it broke may never settle. */
const GRACE_MS = 2000

/**
 * Waits for a run, and catches exceptions in timers and event handlers meanwhile, so that measurements can still be written. The first such
 * exception calls `stop`. Resolves with the first error, whether caught so or rejected by `finished`; undefined if there is none.
 */
export async function untilOver(finished: Promise<unknown>, stop: () => void): Promise<{ readonly error: unknown } | undefined> {
  let crash: { readonly error: unknown } | undefined
  const gaveUp = new Promise<undefined>((resolve) => {
    handler = (error) => {
      if (crash) return
      crash = { error }
      setTimeout(resolve, GRACE_MS, undefined)
      stop()
    }
  })
  const settled = finished.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  const broken = await Promise.race([settled, gaveUp])
  // After an exception the handler stays, because more may follow while the result is written.
  if (!crash) handler = undefined
  return crash ?? broken
}
