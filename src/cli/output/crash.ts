/** Handles exceptions thrown in timers and event handlers: they are bugs of burn and must end it with exit 5, never 1. */

type Handler = (error: unknown) => void

let handler: Handler | undefined

/** Installs the handler of uncaught exceptions. `last` handles those that occur while no run is under way. */
export function catchCrashes(last: Handler): void {
  process.on('uncaughtException', (error) => (handler ?? last)(error))
}

/** How long a run may take to end after an uncaught exception, in ms; a promise it broke may never settle. */
const GRACE_MS = 2000

/**
 * Waits for a run. Meanwhile it catches exceptions of timers and event handlers, so that measurements can still be written; the
 * first one calls `stop`. Resolves with the first error, caught or rejected by `finished`; undefined if none occurs.
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
