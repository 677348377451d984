/** Handles exceptions in timers and event handlers. They are bugs of burn, so the exit code is 5, never 1. */

type Handler = (error: unknown) => void

/** The handlers of the runs in progress. All of them are called for an exception, because nobody knows to which run it belongs. */
const handlers = new Set<Handler>()

/** Installs a handler for exceptions that nothing else catches. When no run is in progress, they are passed to `last`. */
export function catchCrashes(last: Handler): void {
  process.on('uncaughtException', (error) => {
    for (const handler of handlers.size === 0 ? [last] : handlers) handler(error)
  })
}

/** How long a run may take to end after an uncaught exception, in ms. The exception may have broken a promise that then never settles. */
const GRACE_MS = 2000

/**
 * Waits until a run is over and meanwhile catches exceptions in timers and event handlers, so that measurements can still be written. The first such
 * exception calls `stop`. Resolves with the first error, caught here or rejected by `finished`; undefined without an error.
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
