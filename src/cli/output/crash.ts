/** What is thrown where nobody waits for it (a timer, a socket's event) is a bug all the same: it must end with exit 5, never with 1. */

type Handler = (error: unknown) => void

let handler: Handler | undefined

/** Installs the net; `last` is called for what happens outside a run. */
export function catchCrashes(last: Handler): void {
  process.on('uncaughtException', (error) => (handler ?? last)(error))
}

/** How long a run may take to end by itself after a crash; what it broke may never settle. */
const GRACE_MS = 2000

/**
 * Waits for a run that takes crashes on itself, so that what it has measured can still be written. `stop` is called at the first crash.
 * Resolves with what broke, from within or from outside; undefined when nothing did.
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
  // After a crash the handler stays: what is broken may go on breaking while the result is written.
  if (!crash) handler = undefined
  return crash ?? broken
}
