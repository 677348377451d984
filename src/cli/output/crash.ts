/** Handles exceptions thrown in timers and event handlers: they are bugs of burn and must end it with exit 5, never 1. */

type Handler = (error: unknown) => void

/** Those of the runs that are under way: which of several an exception belongs to, nobody knows. */
const handlers = new Set<Handler>()

/** Installs a handler for exceptions that nothing else catches. Those that occur while no run is under way are passed to `last`. */
export function catchCrashes(last: Handler): void {
  process.on('uncaughtException', (error) => {
    for (const handler of handlers.size === 0 ? [last] : handlers) handler(error)
  })
}

/** How long a run may take to end after an uncaught exception, in ms; a promise it broke may never settle. */
const GRACE_MS = 2000

/**
 * Waits for a run, and catches exceptions in timers and event handlers meanwhile, so that measurements can still be written. The first such
 * exception calls `stop`. Resolves with the first error, whether caught so or rejected by `finished`; undefined if there is none.
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
