import { after, now } from '../../clock.ts'

/**
 * Calls `callback` every `everyMs` ms, counted from the time `startedAt` on the monotonic clock. A late call does not delay later ones; a call that
 * is not made before the next one is due is left out. Returns a function that stops the calls.
 */
export function onTimetable(startedAt: number, everyMs: number, callback: () => void): () => void {
  let end = (): void => {}
  let turn = 0
  const next = () => {
    // A timer may fire a little early. Its turn then counts as done and is not repeated.
    turn = Math.max(turn + 1, Math.floor((now() - startedAt) / everyMs) + 1)
    end = after(Math.max(0, startedAt + turn * everyMs - now()), () => {
      next()
      callback()
    })
  }
  next()
  return () => end()
}
